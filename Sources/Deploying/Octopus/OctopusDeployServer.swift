import Core
import Foundation
import Octopus

/// Octopus Server as the deployment server.
///
/// Calls and fields: https://octopus.com/docs/octopus-rest-api.
public struct OctopusDeployServer: DeployServer {
    /// The prompted variable of a project that tells hosts how long to watch a release, in seconds.
    public static let bakeVariable = "Nante.Bake"
    /// The target tag of hosts that spread the requests.
    public static let balancerTag = "load-balancer"
    let calls: OctopusCalls

    /// The space of an endpoint.
    public init(_ endpoint: OctopusEndpoint, context: Context) async throws {
        calls = try await OctopusCalls(endpoint, context: context)
    }

    /// The application's project, the environment and its hosts.
    public func place(app: String, environment: String) async throws -> DeployPlace {
        async let projects = calls.list("/projects/all", as: Project.self)
        async let environments = calls.list("/environments/all", as: DeploymentEnvironment.self)
        async let machines = calls.list("/machines/all", as: Machine.self)
        let project = try Self.named(
            app, in: try await projects, "project", next: "nante octopus project apply octopus.yml")
        let place = try Self.named(
            environment, in: try await environments, "environment", next: "nante apply --environment \(environment)")
        let here = try await machines.filter { $0.environmentIds.contains(place.id) && !$0.isDisabled }
        return DeployPlace(
            app: project.name, projectId: project.id, environment: place.name, environmentId: place.id,
            hosts: here.filter { !$0.isBalancer }.compactMap(\.target),
            balancers: here.filter(\.isBalancer).compactMap(\.target))
    }

    private static func named<Item: NamedResource>(
        _ name: String, in all: [Item], _ kind: String, next: String
    ) throws -> Item {
        if let found = all.first(where: { $0.name.lowercased() == name.lowercased() }) { return found }
        let known = all.map(\.name).joined(separator: ", ")
        throw Failure(
            .usage, "Octopus has no \(kind) \(name)", why: all.isEmpty ? "it has none" : "it has: \(known)",
            next: [next])
    }

    /// The release of a version, or the newest one.
    public func release(_ version: String?, of place: DeployPlace) async throws -> ReleaseFacts {
        let path = "/projects/\(place.projectId.percentEncoded)/releases"
        let found: Release?
        if let version {
            found = try await calls.find("\(path)/\(version.percentEncoded)")
        } else {
            found = try await calls.list("\(path)?take=1", as: Release.self).first
        }
        guard let found else {
            throw Failure(
                .usage, "\(place.app) has no release\(version.map { " \($0)" } ?? "")",
                next: ["nante octopus release create --project \(place.app) --version \(version ?? "VERSION")"])
        }
        return try await facts(of: found)
    }

    private func facts(of release: Release) async throws -> ReleaseFacts {
        let defects: [Defect] = try await calls.list("/releases/\(release.id.percentEncoded)/defects")
        return ReleaseFacts(
            id: release.id, version: release.version, notes: release.releaseNotes ?? "",
            isCondemned: defects.contains { $0.status == "Unresolved" })
    }

    /// The latest deployments to the place, newest first.
    public func history(of place: DeployPlace) async throws -> [DeploymentFacts] {
        let filter = "projects=\(place.projectId.percentEncoded)&environments=\(place.environmentId.percentEncoded)"
        let deployments = try await calls.list("/deployments?\(filter)&take=20", as: Deployment.self)
        guard !deployments.isEmpty else { return [] }
        async let states = states(of: deployments.map(\.taskId))
        async let releases = releases(of: deployments.map(\.releaseId))
        let (known, all) = try await (states, releases)
        return deployments.compactMap { deployment in
            guard let release = all[deployment.releaseId], let state = known[deployment.taskId] else { return nil }
            return DeploymentFacts(
                id: deployment.id, taskId: deployment.taskId, release: release, state: state,
                created: deployment.created.flatMap { Date(iso8601: $0) })
        }.sorted { ($0.created ?? .distantPast) > ($1.created ?? .distantPast) }
    }

    func states(of tasks: [String]) async throws -> [String: TaskState] {
        let ids = tasks.map(\.percentEncoded).joined(separator: ",")
        let found = try await calls.list("/tasks?ids=\(ids)&take=\(tasks.count)", as: ServerTask.self)
        return Dictionary(found.map { ($0.id, $0.state) }) { $1 }
    }

    private func releases(of ids: [String]) async throws -> [String: ReleaseFacts] {
        try await withThrowingTaskGroup(of: ReleaseFacts?.self) { group in
            for id in Set(ids) {
                group.addTask {
                    // A release may be deleted by retention while its deployments are still told of.
                    guard let release: Release = try await calls.find("/releases/\(id.percentEncoded)") else {
                        return nil
                    }
                    return try await facts(of: release)
                }
            }
            var all: [String: ReleaseFacts] = [:]
            for try await facts in group { if let facts { all[facts.id] = facts } }
            return all
        }
    }

    /// Asks for a deployment by the executions API (server 2022.3 and later).
    public func deploy(
        _ release: ReleaseFacts, to place: DeployPlace, bake: Duration?
    ) async throws -> DeploymentFacts {
        let command = CreateDeploymentCommand.make { command in
            command.spaceId = calls.spaceId
            command.spaceIdOrName = calls.spaceId
            command.projectName = place.app
            command.releaseVersion = release.version
            command.environmentNames = [place.environment]
            if let bake { command.variables = [Self.bakeVariable: JSONValue.text(of: bake.seconds)] }
        }
        let json = try await calls.post("/deployments/create/untenanted/v1", command.json)
        guard let made = try CreateDeploymentAnswer(json: json).deploymentServerTasks.first else {
            throw Failure(.failed, "Octopus made no deployment of \(place.app) \(release.version)")
        }
        return DeploymentFacts(
            id: made.deploymentId, taskId: made.serverTaskId, release: release, state: .queued)
    }

    /// A task with its log.
    public func task(_ id: String) async throws -> TaskDetails {
        try await calls.get("/tasks/\(id.percentEncoded)/details?verbose=true")
    }

    /// The tasks that a queued one waits for, in words.
    public func ahead(of task: String) async throws -> [String] {
        let waiting: [ServerTask] = try await calls.list("/tasks/\(task.percentEncoded)/queued-behind")
        return waiting.map { task in
            let deployment = task.arguments["DeploymentId"]?.string ?? task.id
            return task.description.map { "\(deployment) (\($0))" } ?? deployment
        }
    }

    /// Asks for the end of a task.
    public func cancel(_ task: String) async throws {
        try await calls.post("/tasks/\(task.percentEncoded)/cancel")
    }

    /// Records a defect: nobody goes back to the release, and Octopus does not promote it.
    public func condemn(_ release: ReleaseFacts, because reason: String) async throws {
        // A second defect is refused while one is open; the mark is there then.
        do {
            try await calls.post(
                "/releases/\(release.id.percentEncoded)/defects", .object(["Description": .string(reason)]))
        } catch let failure as Failure where failure.exit == .usage && !failure.isNotFound {}
    }

    /// Resolves the defect.
    public func absolve(_ release: ReleaseFacts) async throws {
        try await calls.post("/releases/\(release.id.percentEncoded)/defects/resolve")
    }

    /// Names of variables that are not the same in the snapshots of two releases.
    public func variableChanges(from old: ReleaseFacts, to new: ReleaseFacts) async throws -> [String] {
        async let first: Release = calls.get("/releases/\(old.id.percentEncoded)")
        async let second: Release = calls.get("/releases/\(new.id.percentEncoded)")
        let ids = try await (first.projectVariableSetSnapshotId, second.projectVariableSetSnapshotId)
        guard let before = ids.0, let after = ids.1, before != after else { return [] }
        async let left: VariableSet = calls.get("/variables/\(before.percentEncoded)")
        async let right: VariableSet = calls.get("/variables/\(after.percentEncoded)")
        let (leftNames, rightNames) = try await (Self.values(of: left), Self.values(of: right))
        return Set(leftNames.keys).union(rightNames.keys).filter { leftNames[$0] != rightNames[$0] }.sorted()
    }

    /// The values of each name with their scopes; of a sensitive one only that it is there.
    private static func values(of set: VariableSet) -> [String: Set<String>] {
        var all: [String: Set<String>] = [:]
        for variable in set.variables {
            let value = variable.json["Value"]?.text() ?? ""
            all[variable.name, default: []].insert(value + (variable.json["Scope"]?.text() ?? ""))
        }
        return all
    }
}

extension OctopusDeployServer: DeployOverview {
    /// What is deployed where.
    public func deployed(app: String?, environment: String?) async throws -> [Deployed] {
        async let projects = calls.list("/projects/all", as: Project.self)
        async let environments = calls.list("/environments/all", as: DeploymentEnvironment.self)
        let wantedProjects = try await projects.filter { app == nil || $0.name == app }
        let wantedPlaces = try await environments.filter { environment == nil || $0.name == environment }
        return try await withThrowingTaskGroup(of: Deployed?.self) { group in
            for project in wantedProjects {
                for place in wantedPlaces {
                    group.addTask { try await self.deployed(project, place) }
                }
            }
            var all: [Deployed] = []
            for try await found in group { if let found { all.append(found) } }
            return all
        }
    }

    private func deployed(_ project: Project, _ environment: DeploymentEnvironment) async throws -> Deployed? {
        let place = DeployPlace(
            app: project.name, projectId: project.id, environment: environment.name, environmentId: environment.id,
            hosts: [], balancers: [])
        let history = try await history(of: place)
        guard let last = history.first else { return nil }
        let good = history.first { $0.state == .success }
        let unsettled = last.state == .success ? nil : "\(last.id) of \(last.release.version) is \(last.state.name)"
        return Deployed(
            app: project.name, environment: environment.name, version: good?.release.version,
            unsettled: last.state.isFinal ? nil : unsettled)
    }

    /// The hosts of one environment or all.
    public func hosts(environment: String?) async throws -> [EnvironmentHosts] {
        async let environments = calls.list("/environments/all", as: DeploymentEnvironment.self)
        async let machines = calls.list("/machines/all", as: Machine.self)
        let all = try await machines
        return try await environments.filter { environment == nil || $0.name == environment }.map { place in
            let here = all.filter { $0.environmentIds.contains(place.id) && !$0.isDisabled && !$0.isBalancer }
            return EnvironmentHosts(environment: place.name, hosts: here.compactMap(\.target))
        }
    }
}

extension Machine {
    fileprivate var isBalancer: Bool { roles.contains { $0.lowercased() == OctopusDeployServer.balancerTag } }

    /// The machine as a host that is reached by SSH; nil where it is reached otherwise.
    fileprivate var target: TargetHost? {
        guard let host = endpoint.host, !host.isEmpty else { return nil }
        return TargetHost(name: name, address: host, port: endpoint.port ?? 22)
    }
}

/// A mark on a release that keeps it from being promoted (`releases/{id}/defects`).
struct Defect: WireModel {
    var id: String = ""
    var status: String = "Unresolved"
    var description: String?

    static let fields: [WireField<Defect>] = [
        .init("Id", \.id, .omit), .init("Status", \.status), .init("Description", \.description),
    ]

    init() {}
}
