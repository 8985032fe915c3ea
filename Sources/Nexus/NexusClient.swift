import Core
import Foundation

/// A client of Sonatype Nexus Repository 3 (REST v1 and the content addresses of raw repositories).
///
/// Every failure says which server, which call and what to do. Calls whose repetition changes nothing are repeated
/// when the connection breaks or the server is busy.
public struct NexusClient: Sendable {
    /// The server and the credentials.
    public let endpoint: NexusEndpoint
    let context: Context
    let retry: Retry
    let observe: (@Sendable (Set<String>) -> Void)?

    /// A client.
    ///
    /// - Parameter observe: is told what is odd in answers: members that no model knows.
    public init(
        _ endpoint: NexusEndpoint, context: Context, retry: Retry = Retry(),
        observe: (@Sendable (Set<String>) -> Void)? = nil
    ) {
        var tidy = endpoint
        while tidy.url.hasSuffix("/") { tidy.url.removeLast() }
        self.endpoint = tidy
        self.context = context
        self.retry = retry
        self.observe = observe
        context.mask.add(endpoint.password)
    }

    /// Whether the server serves and takes changes.
    public func status() async throws -> NexusStatus {
        let readable = try await call(request("GET", "/service/rest/v1/status"), doing: "ask for its status")
        let writable = try await call(request("GET", "/service/rest/v1/status/writable"), doing: "ask for its status")
        return NexusStatus(
            server: readable.header("Server"), available: readable.status == 200, writable: writable.status == 200)
    }

    /// All repositories that the user sees.
    public func repositories() async throws -> [NexusRepository] {
        let answer = try await call(request("GET", "/service/rest/v1/repositories"), doing: "list repositories")
        return try decode([NexusRepository].self, answer, doing: "list repositories")
    }

    /// Deletes a repository with all in it.
    public func deleteRepository(_ name: NexusName) async throws -> NexusChange {
        let doing = "delete the repository \(name)"
        let answer = try await call(request("DELETE", "/service/rest/v1/repositories/\(name)"), doing: doing)
        if answer.status == 404 { return .absent }
        try expect(answer, [204], doing: doing)
        return .deleted
    }

    /// A raw hosted repository; nil when there is none of the name.
    public func rawRepository(_ name: NexusName) async throws -> NexusRawRepository? {
        let doing = "read the repository \(name)"
        let answer = try await call(
            request("GET", "/service/rest/v1/repositories/raw/hosted/\(name)"), doing: doing)
        if answer.status == 404 { return nil }
        return try decode(NexusRawRepository.self, answer, doing: doing)
    }

    /// Makes sure that a raw hosted repository exists with a write policy; other settings of an existing one stay.
    public func ensureRawRepository(
        _ name: NexusName, writePolicy: NexusRawRepository.WritePolicy
    ) async throws -> NexusChange {
        if var found = try await rawRepository(name) {
            if found.storage.writePolicy == writePolicy, found.online { return .unchanged }
            found.storage.writePolicy = writePolicy
            found.online = true
            try await send(found, "PUT", "/service/rest/v1/repositories/raw/hosted/\(name)", [204, 200])
            return .updated
        }
        let wanted = NexusRawRepository(name: "\(name)", writePolicy: writePolicy)
        do { try await send(wanted, "POST", "/service/rest/v1/repositories/raw/hosted", [201, 200]) } catch {
            // Another may have made it in between; then it is there as wanted.
            guard try await rawRepository(name)?.storage.writePolicy == writePolicy else { throw error }
            return .unchanged
        }
        return .created
    }

    /// All files of a repository, page by page.
    public func assets(in repository: NexusName) async throws -> [NexusAsset] {
        let doing = "list the files of \(repository)"
        var all: [NexusAsset] = []
        var token: String?
        var seen: Set<String> = []
        repeat {
            var path = "/service/rest/v1/assets?repository=\(repository)"
            if let token { path += "&continuationToken=\(token.percentEncoded)" }
            let answer = try await call(request("GET", path), doing: doing)
            if answer.status == 404 || answer.status == 422 { throw noRepository(repository) }
            let page = try decode(NexusPage<NexusAsset>.self, answer, doing: doing)
            all += page.items
            token = page.continuationToken
            if let token, !seen.insert(token).inserted {
                throw badAnswer(answer, doing: doing, why: "it gives the same continuation token again")
            }
        } while token != nil
        return all
    }

    private func send(_ body: NexusRawRepository, _ method: String, _ path: String, _ codes: [Int]) async throws {
        var call = request(method, path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        call.headers.append(("Content-Type", "application/json"))
        call.body = .data(try encoder.encode(body))
        let doing = "\(method == "POST" ? "make" : "change") the repository \(body.name)"
        try expect(try await self.call(call, doing: doing), codes, doing: doing)
    }
}
