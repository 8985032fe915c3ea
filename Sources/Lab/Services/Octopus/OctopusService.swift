import Core
import Foundation
import Hummingbird
import ServiceLifecycle

/// The lab's Octopus Server: the REST API, and deployments over SSH.
struct OctopusService: LabService {
    static let name = "octopus"
    static let title = "Octopus"
    static let port = 18080
    static let migrations = [LabMigration("octopus 1 resources, tasks, logs", apply: OctopusSchema.first)]

    let server: OctopusServer

    init(environment: LabEnvironment) throws {
        let folder = environment.home.path.appending(path: "octopus")
        let connector = try SSHConnector(folder: folder.appending(path: "run"), context: environment.context)
        let addresses = environment.addresses
        server = OctopusServer(
            context: environment.context, database: environment.database, folder: folder,
            apiKey: environment.keys.octopusKey, connector: connector,
            url: { addresses.url(OctopusService.name) ?? "" })
    }

    /// A service over given parts, for tests.
    init(server: OctopusServer) { self.server = server }

    func start() async throws { try await server.recover() }

    func addRoutes(to router: Router<LabRequestContext>) {
        router.add(middleware: OctopusDispatch(server: server, routes: OctopusRoutes.all))
    }

    func run() async throws {
        // Ended at once on a shutdown: what runs is left as it is, and the next start says so.
        try? await cancelWhenGracefulShutdown { await server.queue.run() }
    }

    func facts() async throws -> JSONValue {
        try await server.database.read { db in
            var facts = JSONValue.emptyObject
            for kind in [DocumentKind.project, .environment, .machine, .release, .deployment] {
                let count = try Document.all(db, kind).count
                facts.set(kind.folder, .number(Double(count)))
            }
            facts.set("openTasks", .number(Double(try ServerTask.open(db).count)))
            return facts
        }
    }

    func answer(to error: any Error) -> Response? {
        switch error {
        case let fault as OctopusFault: return fault.response
        case let error as HTTPError:
            return .json(
                ["ErrorMessage": .string(error.body ?? error.status.reasonPhrase), "Errors": .array([])],
                status: error.status)
        default:
            let words = "The lab failed to answer; see nante lab logs."
            server.context.terminal.say("octopus: \(error)")
            return .json(["ErrorMessage": .string(words), "Errors": .array([])], status: .internalServerError)
        }
    }

    func unserved(_ call: String) -> (body: String, type: String) {
        let words = "The lab does not serve \(call)."
        return (JSONValue.object(["ErrorMessage": .string(words), "Errors": .array([])]).text(), "application/json")
    }
}
