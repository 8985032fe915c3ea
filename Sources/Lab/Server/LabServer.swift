import Core
import Foundation
import Hummingbird
import Logging
import NIOSSL
import ServiceLifecycle

/// All services of a lab in one process, until a graceful shutdown.
public final class LabServer: Service {
    private let environment: LabEnvironment
    private let services: [any LabService]
    private let unserved = UnservedCalls()
    private let ports: [String: Int]
    private let onBridge: Bool
    private let ready: @Sendable (LabEnvironment) async throws -> Void

    /// Opens the lab's data and makes its services; nothing listens yet.
    ///
    /// - Parameters:
    ///   - services: the services to serve.
    ///   - ports: the port that each is tried on first, by name; 0 takes any free one. Those of the last start, then
    ///     the services' own, where it says nothing.
    ///   - machine: what the services use of the machine; nil is this one.
    ///   - onBridge: listen on the bridge too, as soon as it is there.
    ///   - ready: called once when every service listens.
    public init(
        context: Core.Context, home: LabHome, network: LabNetwork, services: [any LabService.Type],
        ports: [String: Int] = [:], machine: LabMachine? = nil, onBridge: Bool = true,
        ready: @escaping @Sendable (LabEnvironment) async throws -> Void
    ) throws {
        try context.files.makeDirectory(home.path)
        let keys = try LabKeys.load(home: home, context: context)
        let database = try LabDatabase(path: home.database, migrations: services.flatMap { $0.migrations })
        let environment = LabEnvironment(
            context: context, home: home, database: database, keys: keys, network: network, machine: machine)
        self.environment = environment
        self.services = try services.map { try $0.init(environment: environment) }
        self.ports = ports.merging(keys.ports) { given, _ in given }
        self.onBridge = onBridge
        self.ready = ready
    }

    /// Serves until the graceful shutdown; the database is closed then.
    public func run() async throws {
        let environment = environment
        var tls: TLSConfiguration?
        if services.contains(where: { type(of: $0).tls }) {
            tls = try LabAuthority(
                home: environment.home, network: environment.network, context: environment.context
            ).configuration()
        }
        for service in services { try await service.start() }
        var parts: [ServiceGroupConfiguration.ServiceConfiguration] = []
        for service in services {
            let kind = type(of: service)
            let listener = LabListener(
                responder: router(service).buildResponder(), service: kind.name, serverHeader: kind.serverHeader,
                environment: environment, tls: kind.tls ? tls : nil)
            parts.append(.init(service: LoopbackListener(listener: listener, port: ports[kind.name] ?? kind.port)))
            if onBridge { parts.append(.init(service: BridgeListener(listener: listener))) }
            parts.append(.init(service: Work(body: service.run)))
        }
        let announcement = Work { [environment, services, ready] in
            while environment.addresses.all.count < services.count {
                try await environment.context.time.sleep(for: .milliseconds(10))
            }
            try await ready(environment)
        }
        parts.append(
            .init(
                service: announcement, successTerminationBehavior: .ignore,
                failureTerminationBehavior: .cancelGroup))
        var configuration = ServiceGroupConfiguration(services: parts, logger: LabListener.silent)
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        defer { try? environment.database.close() }
        try await ServiceGroup(configuration: configuration).run()
    }

    private func router(_ service: any LabService) -> Router<LabRequestContext> {
        let router = Router(context: LabRequestContext.self, options: type(of: service).routing)
        router.add(
            middleware: FrontMiddleware(service: service, unserved: unserved, context: environment.context))
        ControlRoutes(environment: environment, services: services, unserved: unserved).add(to: router)
        service.addRoutes(to: router)
        return router
    }
}

/// A piece of work as a service.
private struct Work: Service {
    let body: @Sendable () async throws -> Void
    func run() async throws { try await body() }
}
