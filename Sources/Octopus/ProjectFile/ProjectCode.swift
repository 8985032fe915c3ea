import Core

/// Projects as code: reads what is live into a file, and makes live what a file says.
public struct ProjectCode: Sendable {
    let client: OctopusClient

    /// The projects of a client's space.
    public init(_ client: OctopusClient) { self.client = client }

    /// What is live, with the ids behind it.
    struct Live {
        var names = ProjectNames()
        var project: Project?
        var group: ProjectGroup?
        var lifecycle: Lifecycle?
        var process = DeploymentProcess()
        var variables = VariableSet()
        var file: ProjectFile?

        /// The names of the lifecycle and the group that the project has.
        var used: (lifecycle: String?, group: String?) {
            guard project != nil else { return (nil, nil) }
            return (lifecycle?.name, group?.name)
        }
    }

    /// The file of a live project.
    public func export(_ name: String) async throws -> ProjectFile {
        let live = try await load(name)
        guard let file = live.file else {
            let all = try await client.all(Project.self)
            _ = try all.requireNamed(name)
            return ProjectFile()
        }
        return file
    }

    /// What a file would change.
    public func changes(_ file: ProjectFile) async throws -> [ProjectChange] {
        let live = try await load(file.project.name, like: file)
        return ProjectDiff(wanted: try ready(file), live: live.file, used: live.used).changes
    }

    /// Makes live what a file says; only what differs is touched.
    ///
    /// - Parameter resendsSecrets: values of sensitive variables, which the server never gives back, are sent again.
    /// - Returns: what was changed, empty where nothing was.
    public func apply(_ file: ProjectFile, resendsSecrets: Bool = false) async throws -> [ProjectChange] {
        let file = try ready(file)
        let live = try await load(file.project.name, like: file)
        var changes = ProjectDiff(wanted: file, live: live.file, used: live.used).changes
        let secrets = (file.variables ?? []).filter { $0.type == "Sensitive" && $0.value != nil }
        if resendsSecrets {
            changes += secrets.map {
                .init(kind: .changed, what: "variable \($0.title)", details: ["the value, again"])
            }
        }
        if changes.isEmpty { return [] }
        try await ProjectApply(client: client, file: file, live: live, resendsSecrets: resendsSecrets).run()
        return changes
    }

    /// The file with the values that the environment holds; checks what can be checked without the server.
    func ready(_ file: ProjectFile) throws -> ProjectFile {
        guard file.version == 1 else {
            throw Failure(.usage, "version \(file.version) of octopus.yml is not known", next: ["Version: 1"])
        }
        guard !file.project.name.isEmpty else { throw Failure(.usage, "octopus.yml names no project: Project: Name") }
        return try file.with { file in
            file.variables = try file.variables?.map { variable in
                guard let source = variable.valueFrom else {
                    guard variable.type == "Sensitive", variable.value != nil else { return variable }
                    throw Failure(
                        .usage, "the secret \(variable.name) stands in the file",
                        why: "a sensitive variable takes ValueFrom, the name of an environment variable")
                }
                let value = client.context.environment[source]
                if variable.type == "Sensitive", let value { client.context.mask.add(value) }
                if value == nil, variable.type != "Sensitive" {
                    throw Failure(
                        .missing, "the environment variable \(source) is not set",
                        why: "the variable \(variable.name) takes its value from it")
                }
                return variable.with { $0.value = value }
            }
        }
    }

    /// Reads what is live of a project; environments, lifecycle and group also where only the file names them.
    func load(_ name: String, like file: ProjectFile? = nil) async throws -> Live {
        async let environments = client.all(DeploymentEnvironment.self)
        async let lifecycles = client.all(Lifecycle.self)
        async let groups = client.all(ProjectGroup.self)
        async let feeds = client.all(Feed.self)
        async let machines = client.all(Machine.self)
        var live = Live()
        live.project = try await client.all(Project.self).named(name)
        live.names.environments = try await environments
        live.names.lifecycles = try await lifecycles
        live.names.groups = try await groups
        live.names.feeds = try await feeds
        live.names.machines = try await machines
        if let project = live.project {
            async let process = client.process(of: project)
            async let variables = client.variables(of: project)
            live.names.channels = try await client.channels(of: project)
            live.process = try await process
            live.variables = try await variables
            live.names.actions = live.process.steps.flatMap(\.actions)
            live.group = live.names.groups.first { $0.id == project.projectGroupId }
            live.lifecycle = live.names.lifecycles.first { $0.id == project.lifecycleId }
        }
        live.file = self.file(of: live, like: file)
        return live
    }

    private func file(of live: Live, like wanted: ProjectFile?) -> ProjectFile? {
        let export = ProjectExport(names: live.names)
        // Where the file names another lifecycle or group than the project has, that one is compared with.
        let lifecycle = wanted?.lifecycle.map { live.names.lifecycles.named($0.name) } ?? live.lifecycle
        let group = wanted?.projectGroup.map { live.names.groups.named($0.name) } ?? live.group
        guard live.project != nil || wanted != nil else { return nil }
        return .make {
            $0.lifecycle = lifecycle.map(export.lifecycle)
            $0.projectGroup = group.map(export.group)
            if let project = live.project {
                $0.project = export.project(project)
                $0.channels = live.names.channels.map(export.channel)
                $0.variables = live.variables.variables.map(export.variable)
                $0.deploymentProcess = export.process(live.process)
            }
            let used = $0.environmentsUsed
            $0.environments = live.names.environments.filter { environment in
                wanted == nil ? used.contains(environment.name) : true
            }.map(export.environment)
        }
    }
}

extension ProjectFile {
    /// The environments that phases, variables and actions name.
    var environmentsUsed: Set<String> {
        let phases = (lifecycle?.phases ?? []).flatMap { $0.automaticDeploymentTargets + $0.optionalDeploymentTargets }
        let scopes = (variables ?? []).flatMap(\.scope.environment)
        let actions = (deploymentProcess?.steps ?? []).flatMap(\.actions).flatMap {
            $0.environments + $0.excludedEnvironments
        }
        return Set(phases + scopes + actions)
    }
}
