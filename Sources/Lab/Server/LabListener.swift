import Core
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// Serves one service's routes on an address.
struct LabListener: Sendable {
    let responder: RouterResponder<LabRequestContext>
    let service: String
    let serverHeader: String?
    let environment: LabEnvironment
    /// The service's certificate; nil serves plain HTTP.
    let tls: TLSConfiguration?

    /// Hummingbird's own messages say nothing that the lab does not say itself.
    static let silent = Logger(label: "lab") { _ in SwiftLogNoOpLogHandler() }

    /// Idle connections, and requests whose bytes stop coming, are closed after this time.
    static let idle = TimeAmount.seconds(90)
    /// Connections at once on one address; further ones wait.
    static let connections = 2048

    /// Serves until the graceful shutdown; `listening` gets the port.
    func serve(_ host: String, _ port: Int, listening: @escaping @Sendable (Int) -> Void) async throws {
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ReasonInstaller(), ContinueInstaller()], idleTimeout: LabListener.idle))
        let application = Application(
            responder: responder,
            server: try tls.map { try .tls(plain, tlsConfiguration: $0) } ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: serverHeader,
                availableConnectionsDelegate: .maximum(LabListener.connections, logger: LabListener.silent)),
            onServerRunning: { channel in listening(channel.localAddress?.port ?? port) },
            logger: LabListener.silent)
        try await application.run()
    }
}

/// Listens on loopback: on the wanted port, or the next free one.
struct LoopbackListener: Service {
    let listener: LabListener
    let port: Int

    /// How many ports are tried.
    static let tries = 200

    func run() async throws {
        for next in port..<(port + LoopbackListener.tries) {
            do {
                try await listener.serve("127.0.0.1", next) { port in
                    listener.environment.addresses.set(listener.service, port: port)
                }
                return
            } catch let error as IOError where error.errnoCode == EADDRINUSE && next > 0 {
                continue
            }
        }
        throw Failure(
            .missing, "no free port for \(listener.service)",
            why: "\(port) to \(port + LoopbackListener.tries - 1) are taken")
    }
}

/// Listens on the bridge, on the same port as on loopback, as soon as the bridge is there.
struct BridgeListener: Service {
    let listener: LabListener

    func run() async throws {
        let environment = listener.environment
        try? await cancelWhenGracefulShutdown {
            while true {
                if environment.network.exists, environment.addresses.port(listener.service) != nil { return }
                try await environment.context.time.sleep(for: .milliseconds(200))
            }
        }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled,
            let port = environment.addresses.port(listener.service)
        else { return try await gracefulShutdown() }
        do { try await listener.serve(environment.network.gateway, port) { _ in } } catch {
            environment.context.terminal.say(
                "\(listener.service) can't listen on \(environment.network.gateway):\(port): \(error)")
            try await gracefulShutdown()
        }
    }
}
