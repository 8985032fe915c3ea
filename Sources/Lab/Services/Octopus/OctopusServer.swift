import Core
import Crypto
import Foundation
import GRDB
import Hummingbird

/// The parts of the Octopus service that its routes and tasks share.
struct OctopusServer: Sendable {
    let context: Core.Context
    let database: LabDatabase
    let packages: PackageFiles
    let connector: any TargetConnector
    /// The key of its one user.
    let apiKey: String
    /// The address for people, known once it listens.
    let url: @Sendable () -> String
    let queue: TaskQueue

    /// The identifier of the installation: the same as long as its key is.
    var installation: String {
        let hex = Array(SHA256.hash(data: Data("installation \(apiKey)".utf8)).hex)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }

    /// The id of the space that paths without one mean.
    static let defaultSpace = "Spaces-1"
    /// The version that it says it is: the newest whose wire form is recorded.
    static let version = "2024.4.7189"
    /// The id of the one user.
    static let userId = "Users-1"
    /// The name of the one user.
    static let userName = "nante"
    /// The name of the one server node.
    static let node = "OctopusServerNodes-lab"

    /// A request holds the key: in its header field, as a bearer token, or in the query.
    func isAllowed(_ request: Request) -> Bool {
        let field = request.headers.first { ["x-octopus-apikey", "x-nuget-apikey"].contains($0.name.canonicalName) }
        if let field { return field.value.equalsInConstantTime(apiKey) }
        if let bearer = request.headers[.authorization], bearer.lowercased().hasPrefix("bearer ") {
            return String(bearer.dropFirst(7)).equalsInConstantTime(apiKey)
        }
        for parameter in request.uri.queryParameters where parameter.key.lowercased() == "apikey" {
            return String(parameter.value).equalsInConstantTime(apiKey)
        }
        return false
    }

    /// The id of a space as it is stored.
    func space(_ id: String) async throws -> String {
        if id == OctopusServer.defaultSpace { return id }
        guard let space = try await database.read({ try Document.find($0, .space, id) }) else {
            throw OctopusFault.missing(.space, id)
        }
        return space.id
    }
}

extension OctopusServer {
    /// A server whose tasks really run.
    init(
        context: Core.Context, database: LabDatabase, folder: String, apiKey: String,
        connector: any TargetConnector, url: @escaping @Sendable () -> String
    ) {
        let packages = PackageFiles(folder: folder.appending(path: "packages"), context: context)
        let worker = TaskWorker(
            context: context, database: database, packages: packages, connector: connector, url: url)
        self.init(
            context: context, database: database, packages: packages, connector: connector, apiKey: apiKey, url: url,
            queue: TaskQueue(database: database, context: context) { try await worker.run($0, $1) })
    }

    /// Puts in order what an earlier process left: tasks that were running, files that nothing refers to.
    func recover() async throws {
        let now = context.time.now()
        let hashes = try await database.write { db in
            try Seeds.plant(db, now: now)
            try TaskQueue.recover(db, now: now)
            return Set(try String.fetchAll(db, sql: "SELECT sha256 FROM octopus_package"))
        }
        try packages.sweep(keeping: hashes)
    }
}

/// Does the work of tasks.
struct TaskWorker: Sendable {
    let context: Core.Context
    let database: LabDatabase
    let packages: PackageFiles
    let connector: any TargetConnector
    let url: @Sendable () -> String

    /// Runs a task to its end.
    func run(_ task: ServerTask, _ log: TaskLog) async throws -> TaskOutcome {
        let sessions = TargetSessions(connector: connector, task: "\(task.number)")
        do {
            let outcome =
                switch task.name {
                case "Deploy": try await deploy(task, log, sessions)
                case "Health": try await check(task, log, sessions)
                default: TaskOutcome.failed("The lab does not run tasks of the kind \(task.name).")
                }
            await sessions.close()
            return outcome
        } catch {
            // Detached, so that the connections are closed also when this task is cancelled.
            await Task.detached { await sessions.close() }.value
            throw error
        }
    }

    private func deploy(_ task: ServerTask, _ log: TaskLog, _ sessions: TargetSessions) async throws -> TaskOutcome {
        let url = url()
        let plan = try await database.read { try DeploymentPlan.load($0, task, serverUrl: url) }
        return try await DeploymentRun(plan: plan, log: log, targets: sessions, packages: packages, context: context)
            .run()
    }

    private func check(_ task: ServerTask, _ log: TaskLog, _ sessions: TargetSessions) async throws -> TaskOutcome {
        let subjects = try await database.read { db in
            try MachineResources.selected(db, task).map { try HealthRun.Subject(db, $0) }
        }
        let limit = task.arguments.member("MachineTimeout")?.string.flatMap(TimeSpan.read) ?? .seconds(60)
        let (database, context) = (database, context)
        return try await HealthRun(
            subjects: subjects, description: task.description, log: log, targets: sessions, context: context,
            limit: limit
        ) { id, finding in
            let now = context.time.now()
            try await database.write { db in try MachineResources.store(db, id, finding, now) }
        }.run()
    }
}

/// Durations as .NET writes them: "1.02:03:04.5" is a day, two hours, three minutes, 4.5 seconds.
enum TimeSpan {
    /// Reads a duration; nil for anything else.
    static func read(_ text: String) -> Duration? {
        guard let match = text.wholeMatch(of: #/(?:(\d{1,4})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?/#) else {
            return nil
        }
        let days = match.1.flatMap { Int($0) } ?? 0
        let (hours, minutes, seconds) = (Int(match.2) ?? 0, Int(match.3) ?? 0, Int(match.4) ?? 0)
        return .seconds(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    }
}
