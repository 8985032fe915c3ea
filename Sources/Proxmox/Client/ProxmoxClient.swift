import Core
import Foundation

/// A client of Proxmox VE's API, by token.
///
/// Every failure says which server, which call and what to do. What only reads is repeated when the connection
/// breaks or the server is busy, as long as `patience` lasts; what changes something never is.
/// Source of paths and parameters: https://pve.proxmox.com/pve-docs/api-viewer/ (PVE 9.1).
public struct ProxmoxClient: Sendable {
    /// The server and the token.
    public let endpoint: ProxmoxEndpoint
    let context: Context
    let retry: Retry
    let timeout: Duration
    let patience: Duration
    let observe: (@Sendable (ProxmoxExchange) -> Void)?

    /// A client.
    ///
    /// - Parameters:
    ///   - timeout: the longest that one answer may take.
    ///   - patience: the longest that a call with its repetitions may take.
    ///   - observe: is told every exchange, for reports and tests.
    public init(
        _ endpoint: ProxmoxEndpoint, context: Context, retry: Retry = Retry(attempts: 4),
        timeout: Duration = .seconds(30), patience: Duration = .seconds(60),
        observe: (@Sendable (ProxmoxExchange) -> Void)? = nil
    ) {
        var tidy = endpoint
        while tidy.url.hasSuffix("/") { tidy.url.removeLast() }
        if tidy.url.hasSuffix("/api2/json") { tidy.url.removeLast("/api2/json".count) }
        self.endpoint = tidy
        self.context = context
        self.retry = retry
        self.timeout = timeout
        self.patience = patience
        self.observe = observe
        context.mask.add(endpoint.tokenSecret)
    }

    /// What is sent there nobody else reads: TLS, or this machine itself, as with a tunnel.
    static func isSecret(_ url: String) -> Bool {
        guard !url.lowercased().hasPrefix("https://") else { return true }
        return ["127.0.0.1", "::1", "[::1]", "localhost"].contains(URL(string: url)?.host() ?? "")
    }

    var trouble: ProxmoxTrouble { ProxmoxTrouble(endpoint: endpoint) }

    /// Sends a call and reads its answer.
    func ask<Value>(
        _ call: ProxmoxCall, read: (inout ProxmoxReader) throws(ProxmoxFault) -> Value
    ) async throws -> Value {
        do { return try await attempt(call, read: read) } catch let refusal as ProxmoxRefusal {
            throw trouble.failure(refusal, call)
        }
    }

    /// As `ask`, but nil for what is not there.
    func askIfAny<Value>(
        _ call: ProxmoxCall, read: (inout ProxmoxReader) throws(ProxmoxFault) -> Value
    ) async throws -> Value? {
        do { return try await attempt(call, read: read) } catch let refusal as ProxmoxRefusal {
            if refusal.isAbsent { return nil }
            throw trouble.failure(refusal, call)
        }
    }

    func attempt<Value>(
        _ call: ProxmoxCall, read: (inout ProxmoxReader) throws(ProxmoxFault) -> Value
    ) async throws -> Value {
        let answer = try await exchange(call)
        guard answer.isSuccess else {
            tell(call, answer, notes: [])
            throw ProxmoxRefusal(answer)
        }
        let place = "\(call.method) \(endpoint.url)\(call.path)"
        guard !answer.isHTML, let body = try? JSONValue.parse(answer.body), body.object?["data"] != nil else {
            tell(call, answer, notes: ["the answer is not {\"data\": …}"])
            throw trouble.notProxmox(place, "its answer is not {\"data\": …}", answer.text)
        }
        var reader = ProxmoxReader(body["data"] ?? .null)
        do {
            let value = try read(&reader)
            tell(call, answer, notes: reader.unknown.map { "\($0) is not known" })
            return value
        } catch {
            tell(call, answer, notes: ["\(error)"])
            throw Failure(
                .missing, "the answer of Proxmox to the request to \(call.doing) can't be read", where: place,
                why: "\(error)", next: ["nante doctor --live, and send its report to the project"])
        }
    }

    private func tell(_ call: ProxmoxCall, _ answer: HTTPAnswer, notes: [String]) {
        observe?(
            ProxmoxExchange(
                method: call.method, path: call.path, query: call.method == "GET" ? call.parameters : [],
                form: call.method == "GET" ? [] : call.parameters, status: answer.status, body: answer.body,
                notes: notes))
    }

    /// Sends a call, again where that is safe, until it is answered.
    private func exchange(_ call: ProxmoxCall) async throws -> HTTPAnswer {
        guard ProxmoxClient.isSecret(endpoint.url) else {
            throw Failure(
                .usage, "Proxmox is asked by https only", where: endpoint.url,
                why: "the token would be readable on the way", next: ["PROXMOX_API_URL=https://HOST:8006"])
        }
        let start = context.time.elapsed()
        let isSafe = call.method == "GET"
        func mayRepeat(_ error: any Error) -> Bool {
            guard context.time.elapsed() - start < patience else { return false }
            if error is Busy { return true }
            guard let fault = error as? HTTPFault else { return false }
            return fault.kind == .unreachable || (fault.kind == .unknownOutcome && isSafe)
        }
        do {
            return try await retry(context: context, mayRepeat: mayRepeat) {
                let left = max(.seconds(1), patience - (context.time.elapsed() - start))
                let answer = try await context.http.send(request(call, within: min(timeout, left)))
                if isSafe, [429, 502, 503, 504, 595, 596, 599].contains(answer.status) { throw Busy(answer: answer) }
                return answer
            }
        } catch let busy as Busy {
            return busy.answer
        } catch let fault as HTTPFault {
            throw trouble.failure(fault, call)
        }
    }

    /// An answer that asks to come again.
    private struct Busy: Error { let answer: HTTPAnswer }

    private func request(_ call: ProxmoxCall, within limit: Duration) -> HTTPCall {
        let pairs = call.parameters.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
            .joined(separator: "&")
        // GET and DELETE take their parameters in the query, the others in the body.
        let inQuery = ["GET", "DELETE"].contains(call.method)
        let address = endpoint.url + "/api2/json" + call.path + (inQuery && !pairs.isEmpty ? "?" + pairs : "")
        var request = HTTPCall(call.method, address, timeout: limit, trust: endpoint.caFile)
        request.headers = [
            ("Authorization", "PVEAPIToken=\(endpoint.tokenID)=\(endpoint.tokenSecret)"),
            ("Accept", "application/json"),
        ]
        if !inQuery {
            request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.body = .data(Data(pairs.utf8))
        }
        return request
    }
}

/// A call of Proxmox VE's API.
struct ProxmoxCall: Sendable {
    var method: String
    /// Below /api2/json, with parts encoded.
    var path: String
    var parameters: [(name: String, value: String)] = []
    /// Completes "could not …".
    var doing: String
    /// What the token needs for it.
    var needs: [ProxmoxRight] = []

    init(
        _ method: String, _ parts: [String], _ parameters: [(name: String, value: String)] = [], doing: String,
        needs: [ProxmoxRight] = []
    ) {
        self.method = method
        path = "/" + parts.map(\.percentEncoded).joined(separator: "/")
        self.parameters = parameters
        self.doing = doing
        self.needs = needs
    }
}

/// A call and its answer, for reports and tests; no secret is in it.
public struct ProxmoxExchange: Sendable {
    /// The method.
    public var method: String
    /// The path below /api2/json.
    public var path: String
    /// Parameters in the query.
    public var query: [(name: String, value: String)]
    /// Parameters in the body.
    public var form: [(name: String, value: String)]
    /// The status of the answer.
    public var status: Int
    /// The body of the answer.
    public var body: Data
    /// What is odd in the answer: unknown members, or why it can't be read.
    public var notes: [String]
}
