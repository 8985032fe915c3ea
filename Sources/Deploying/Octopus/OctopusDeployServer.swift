import Core
import Octopus

/// Octopus Server as the deployment server.
public struct OctopusDeployServer: DeployServer {
    /// The prompted variable of a project that tells hosts how long to watch a release, in seconds.
    public static let bakeVariable = "Nante.Bake"
    /// The target tag of hosts that spread the requests.
    public static let balancerTag = "load-balancer"
    /// How many deployments are looked back at.
    private static let depth = 20
    let client: OctopusClient

    /// The space of a client.
    public init(_ client: OctopusClient) { self.client = client }

    /// The application's project, the environment and its hosts.
    public func place(app: String, environment: String) async throws -> DeployPlace {
        async let projects = client.all(Project.self)
        async let environments = client.all(DeploymentEnvironment.self)
        async let machines = client.all(Machine.self)
        let project = try await projects.requireNamed(app, next: ["nante octopus project apply octopus.yml"])
        let place = try await environments.requireNamed(
            environment, next: ["nante apply --environment \(environment)"])
        let here = try await machines.filter { $0.environmentIds.contains(place.id) && !$0.isDisabled }
        return DeployPlace(
            app: project.name, projectId: project.id, environment: place.name, environmentId: place.id,
            hosts: here.filter { !$0.isBalancer }.compactMap(\.target),
            balancers: here.filter(\.isBalancer).compactMap(\.target))
    }

    /// The release of a version, or the newest one.
    public func release(_ version: String?, of place: DeployPlace) async throws -> ReleaseFacts {
        let project = Project.make { $0.id = place.projectId }
        let found: Release?
        if let version {
            found = try await client.release(version, of: project)
        } else {
            found = try await client.releases(of: project, limit: 1).first
        }
        guard let found else {
            throw Failure(
                .usage, "\(place.app) has no release\(version.map { " \($0)" } ?? "")",
                next: ["nante octopus release create --project \(place.app) --version \(version ?? "VERSION")"])
        }
        return try await facts(of: found)
    }

    private func facts(of release: Release) async throws -> ReleaseFacts {
        let defects = try await client.defects(ofRelease: release.id)
        return ReleaseFacts(
            id: release.id, version: release.version, notes: release.releaseNotes ?? "",
            isCondemned: defects.contains { $0.status == "Unresolved" })
    }

    /// The latest deployments to the place, newest first.
    public func history(of place: DeployPlace) async throws -> [DeploymentFacts] {
        let deployments = try await client.deployments(
            project: .make { $0.id = place.projectId }, environment: .make { $0.id = place.environmentId },
            limit: Self.depth)
        async let tasks = client.tasks(ids: deployments.map(\.taskId))
        async let releases = releases(of: deployments.map(\.releaseId))
        let states = Dictionary(try await tasks.map { ($0.id, $0.state) }) { $1 }
        let all = try await releases
        return deployments.compactMap { deployment in
            guard let release = all[deployment.releaseId], let state = states[deployment.taskId] else { return nil }
            return DeploymentFacts(
                id: deployment.id, taskId: deployment.taskId, release: release, state: state)
        }
    }

    private func releases(of ids: [String]) async throws -> [String: ReleaseFacts] {
        try await withThrowingTaskGroup(of: ReleaseFacts?.self) { group in
            for id in Set(ids) {
                group.addTask {
                    guard let release = try await client.releaseIfAny(id: id) else { return nil }
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
            command.projectName = place.app
            command.releaseVersion = release.version
            command.environmentNames = [place.environment]
            if let bake { command.variables = [Self.bakeVariable: JSONValue.text(of: bake.seconds)] }
        }
        guard let made = try await client.deploy(command).first else {
            throw Failure(.failed, "Octopus made no deployment of \(place.app) \(release.version)")
        }
        return DeploymentFacts(
            id: made.deploymentId, taskId: made.serverTaskId, release: release, state: .queued)
    }

    /// A task with its log.
    public func task(_ id: String) async throws -> TaskDetails { try await client.taskDetails(id) }

    /// The tasks that a queued one waits for, in words.
    public func ahead(of task: String) async throws -> [String] {
        try await client.tasksAhead(of: task).map { task in
            let deployment = task.arguments["DeploymentId"]?.string ?? task.id
            return task.description.map { "\(deployment) (\($0))" } ?? deployment
        }
    }

    /// Asks for the end of a task.
    public func cancel(_ task: String) async throws { _ = try await client.cancel(task) }

    /// Records a defect: nobody goes back to the release, and Octopus does not promote it.
    public func condemn(_ release: ReleaseFacts, because reason: String) async throws {
        try await client.addDefect(toRelease: release.id, reason)
    }

    /// Resolves the defect.
    public func absolve(_ release: ReleaseFacts) async throws {
        try await client.resolveDefect(ofRelease: release.id)
    }

    /// Names of variables that are not the same in the snapshots of two releases.
    public func variableChanges(from old: ReleaseFacts, to new: ReleaseFacts) async throws -> [String] {
        async let first = client.release(id: old.id)
        async let second = client.release(id: new.id)
        let ids = try await (first.projectVariableSetSnapshotId, second.projectVariableSetSnapshotId)
        guard let before = ids.0, let after = ids.1, before != after else { return [] }
        async let left = client.variableSet(before)
        async let right = client.variableSet(after)
        let (older, newer) = try await (Self.values(of: left), Self.values(of: right))
        return Set(older.keys).union(newer.keys).filter { older[$0] != newer[$0] }.sorted()
    }

    /// The values of each name with their scopes; of a sensitive one only that it is there.
    private static func values(of set: VariableSet) -> [String: Set<String>] {
        var all: [String: Set<String>] = [:]
        for variable in set.variables {
            all[variable.name, default: []].insert((variable.value ?? "") + "\n" + variable.scope.json.text())
        }
        return all
    }
}

extension OctopusDeployServer: DeployOverview {
    /// What is deployed where.
    public func deployed(app: String?, environment: String?) async throws -> [Deployed] {
        async let projects = client.all(Project.self)
        async let environments = client.all(DeploymentEnvironment.self)
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
        return Deployed(
            app: project.name, environment: environment.name, version: good?.release.version,
            unsettled: last.state.isFinal ? nil : "\(last.id) of \(last.release.version) is \(last.state.name)")
    }

    /// The hosts of one environment or all.
    public func hosts(environment: String?) async throws -> [EnvironmentHosts] {
        async let environments = client.all(DeploymentEnvironment.self)
        async let machines = client.all(Machine.self)
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
