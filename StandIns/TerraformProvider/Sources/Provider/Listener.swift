import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Planning

/// Serves the provider on a unix socket.
package struct Listener: Sendable {
    /// The largest message, in bytes: a state with everything in it stays far below.
    private static let largest = 64 << 20

    private let server: GRPCServer<HTTP2ServerTransport.Posix>
    private let path: String
    private let session: Session

    /// Makes a server for the socket at a path, with the environment as the provider's settings.
    package init(path: String, environment: [String: String]) throws {
        self.path = path
        let transport = HTTP2ServerTransport.Posix(
            address: .unixDomainSocket(path: path), transportSecurity: .plaintext,
            config: .defaults { $0.rpc.maxRequestPayloadSize = Self.largest })
        session = Session(environment: environment)
        let service = Service(catalogue: try .recorded(), session: session)
        server = GRPCServer(transport: transport, services: [service, Controller()])
    }

    /// Serves until ``stop()``; tells once that it listens.
    package func run(listening: @escaping @Sendable (String) -> Void) async throws {
        do { try await serve(listening) } catch {
            await session.close()
            throw error
        }
        await session.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    private func serve(_ listening: @escaping @Sendable (String) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            _ = try await server.listeningAddress
            listening(reattachment)
            try await group.waitForAll()
        }
    }

    /// Ends at once: what is under way is Terraform's to take up again.
    package func stop() { server.beginGracefulShutdown() }

    /// The value of this provider in `TF_REATTACH_PROVIDERS`.
    private var reattachment: String {
        let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let address = "{\"Network\":\"unix\",\"String\":\"\(escaped)\"}"
        let pid = ProcessInfo.processInfo.processIdentifier
        return "{\"Protocol\":\"grpc\",\"ProtocolVersion\":6,\"Pid\":\(pid),\"Test\":true,\"Addr\":\(address)}"
    }
}
