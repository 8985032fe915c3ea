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
    private var tickets: [Access: Ticket] = [:]
    private let identifiers = Identifiers()
    private let stop = Stop()

    package init(environment: [String: String]) { self.environment = environment }

    func configure(_ config: Value) {
        self.config = config
        stop.ask(false)
    }

    /// The server that is configured; the configuration is looked at only now, as a plan may not need one.
    func server() throws -> Server {
        let access = try Access(config: config, environment: environment)
        let client = try clients[access] ?? Server.client(access)
        clients[access] = client
        let ticket = tickets[access] ?? Ticket()
        tickets[access] = ticket
        return Server(access, client: client, ticket: ticket, identifiers: identifiers, stop: stop)
    }

    /// Does something unless Terraform asked to stop.
    nonisolated func run<Done: Sendable>(_ work: @Sendable () async throws -> Done) async throws -> Done {
        guard !stop.isAsked else { throw Problem("Terraform asked to stop") }
        return try await work()
    }

    /// Ends what waits.
    nonisolated func end() { stop.ask(true) }

    /// Closes connections.
    package func close() async {
        for client in clients.values { try? await client.shutdown() }
        clients = [:]
    }
}
