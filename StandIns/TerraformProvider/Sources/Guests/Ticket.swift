import AsyncHTTPClient
import NIOCore
import Values

/// A login by user and password: the ticket that the server gave, kept until it is refused.
package actor Ticket {
    /// What a request carries.
    struct Proof: Sendable, Hashable {
        /// The value of the cookie.
        var cookie: String
        /// What a change has to bring besides.
        var prevention: String
    }

    private var login: Task<Proof, any Error>?
    private var last: Proof?

    package init() {}

    /// The ticket, made at the first call.
    ///
    /// - Parameter refused: one that the server no longer takes; it is made anew unless somebody did already.
    func proof(
        instead refused: Proof? = nil, _ make: @escaping @Sendable () async throws -> Proof
    ) async throws -> Proof {
        if let last, last != refused { return last }
        if let login { return try await login.value }
        let task = Task { try await make() }
        login = task
        defer { login = nil }
        let fresh = try await task.value
        last = fresh
        return fresh
    }
}

extension Server {
    /// Logs in.
    @Sendable func logIn(_ user: String, _ password: String) async throws -> Ticket.Proof {
        let call = "POST access/ticket"
        var request = HTTPClientRequest(url: access.endpoint + "/access/ticket")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: Self.encoded(["username": user, "password": password])))
        let data = try await exchange(request, call)
        guard data["NeedTFA"].int ?? 0 == 0 else {
            throw ServerTrouble(
                call: call, status: 401, message: "\(user) has a second factor, which the stand-in does not know")
        }
        guard let cookie = data["ticket"].string, let prevention = data["CSRFPreventionToken"].string else {
            throw ServerTrouble(call: call, status: 401, message: "the server gave no ticket")
        }
        return Ticket.Proof(cookie: cookie, prevention: prevention)
    }
}
