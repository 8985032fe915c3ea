import AsyncHTTPClient
import Foundation
import Guests
import Planning
import Values

/// What Terraform configured, and the changes under way.
///
/// Over a unix socket two connections look alike, so the last configuration counts for all of them.
package actor Session {
    private let environment: [String: String]
    private var config = Value.null
    private var clients: [Access: HTTPClient] = [:]
    private var isStopped = false

    package init(environment: [String: String]) { self.environment = environment }

    func configure(_ config: Value) {
        self.config = config
        isStopped = false
    }

    /// The server that is configured; the configuration is looked at only now, as a plan may not need one.
    func server() throws -> Server {
        let access = try Access(config: config, environment: environment)
        if let client = clients[access] { return Server(access, client: client) }
        let client = try Server.client(access)
        clients[access] = client
        return Server(access, client: client)
    }

    /// Does something unless Terraform asked to stop.
    nonisolated func run<Done: Sendable>(_ work: @Sendable () async throws -> Done) async throws -> Done {
        guard await !isStopped else { throw Problem("Terraform asked to stop") }
        return try await work()
    }

    func stop() { isStopped = true }

    /// Closes connections.
    package func close() async {
        for client in clients.values { try? await client.shutdown() }
        clients = [:]
    }
}
