import Core
import Hummingbird
import ServiceLifecycle

/// Proxmox VE 9, one node whose guests are the lab's hosts.
///
/// Source of paths, parameters and answers: the API description of pve-docs, PVE 9.1.
public struct ProxmoxService: LabService {
    /// Its name.
    public static let name = "proxmox"
    /// Its name for people.
    public static let title = "Proxmox"
    /// One before 8006's place in the lab's row of ports.
    public static let port = 18006
    /// Its clients insist on TLS.
    public static let tls = true
    /// As the real API's.
    public static let serverHeader: String? = "pve-api-daemon/3.0"
    /// The token that the lab's own clients use.
    public static let tokenID = "nante@pve!lab"
    /// The steps of its schema.
    public static let migrations = ProxmoxSchema.migrations

    let server: ProxmoxServer

    /// Makes the service.
    public init(environment: LabEnvironment) throws { server = ProxmoxServer(environment: environment) }

    /// Ends the tasks of an earlier process and takes away what they left half made.
    public func start() async throws { try await server.mend() }

    /// Adds all routes.
    public func addRoutes(to router: Router<LabRequestContext>) {
        let routes = ProxmoxRoutes(server: server, router: router)
        routes.addAccess()
        routes.addNodes()
        routes.addTasks()
        routes.addPools()
        routes.addStorages()
        routes.addContainers()
        routes.addMachines()
    }

    /// Gives tasks a while to end when the lab does.
    public func run() async throws {
        try await gracefulShutdown()
        await server.tasks.drain(.seconds(5))
    }

    /// Counts.
    public func facts() async throws -> JSONValue {
        let views = try await server.views()
        let guests = views.filter { !$0.guest.isTemplate }
        return [
            "guests": .int(guests.count), "running": .int(guests.filter(\.isRunning).count),
            "tasks": .int(try await server.tasks.list(limit: 10_000).count), "active": .int(await server.tasks.active),
        ]
    }

    /// Errors as Proxmox VE words them.
    public func answer(to error: any Error) -> Response? {
        switch error {
        case let fault as ProxmoxFault: fault.response
        case let fault as PropertyString.Fault: ProxmoxFault.refused(fault.message).response
        case let fault as MultipartReader.Fault: ProxmoxFault.refused(fault.message).response
        case let failure as Failure:
            ProxmoxFault.refused(
                ([failure.what] + failure.details.filter { $0.label == "why" }.map(\.text)).joined(separator: ": ")
            ).response
        default: nil
        }
    }

    /// The form of every other error.
    public func unserved(_ call: String) -> (body: String, type: String) {
        let value: JSONValue = ["data": .null, "message": .string("the lab does not serve \(call)\n")]
        return (value.text(), "application/json;charset=UTF-8")
    }
}
