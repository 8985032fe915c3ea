import Core

/// Makes live what a file says, in the order in which things need one another.
struct ProjectApply {
    let client: OctopusClient
    let file: ProjectFile
    private(set) var live: ProjectCode.Live
    let resendsSecrets: Bool

    init(client: OctopusClient, file: ProjectFile, live: ProjectCode.Live, resendsSecrets: Bool) {
        self.client = client
        self.file = file
        self.live = live
        self.resendsSecrets = resendsSecrets
    }

    func run() async throws {
        var work = self
        try await work.environments()
        try work.checkEnvironments()
        try await work.lifecycle()
        try await work.group()
        try await work.project()
        try await work.channels()
        try await work.process()
        try await work.variables()
    }

    private mutating func environments() async throws {
        for item in file.environments {
            func fill(_ environment: inout DeploymentEnvironment) {
                environment.name = item.name
                if environment.description ?? "" != item.description { environment.description = item.description }
                environment.useGuidedFailure = item.useGuidedFailure
                environment.allowDynamicInfrastructure = item.allowDynamicInfrastructure
            }
            if let old = live.names.environments.named(item.name) {
                _ = try await client.change(old, fill)
            } else {
                live.names.environments.append(try await client.create(DeploymentEnvironment.make(fill)))
            }
        }
    }

    private func checkEnvironments() throws {
        for name in file.environmentsUsed.sorted() where live.names.environments.named(name) == nil {
            throw Failure(
                .usage, "octopus.yml uses the environment \(name), which Octopus does not have",
                why: "it has: \(live.names.environments.map(\.name).joined(separator: ", "))",
                next: ["list it under Environments, then it is made", "nante octopus environment create \(name)"])
        }
    }

    private mutating func lifecycle() async throws {
        guard let wanted = file.lifecycle else { return }
        let names = live.names
        func fill(_ lifecycle: inout Lifecycle) throws {
            lifecycle.name = wanted.name
            if lifecycle.description ?? "" != wanted.description { lifecycle.description = wanted.description }
            lifecycle.releaseRetentionPolicy = wanted.releaseRetentionPolicy
            lifecycle.tentacleRetentionPolicy = wanted.tentacleRetentionPolicy
            let old = lifecycle.phases
            lifecycle.phases = try (wanted.phases ?? []).map { phase in
                try (old.first { $0.name == phase.name } ?? Phase()).with {
                    $0.name = phase.name
                    $0.automaticDeploymentTargets = try phase.automaticDeploymentTargets.map {
                        try names.id($0, in: names.environments)
                    }
                    $0.optionalDeploymentTargets = try phase.optionalDeploymentTargets.map {
                        try names.id($0, in: names.environments)
                    }
                    $0.minimumEnvironmentsBeforePromotion = phase.minimumEnvironmentsBeforePromotion
                    $0.isOptionalPhase = phase.isOptionalPhase
                    $0.releaseRetentionPolicy = phase.releaseRetentionPolicy
                    $0.tentacleRetentionPolicy = phase.tentacleRetentionPolicy
                }
            }
        }
        if let old = names.lifecycles.named(wanted.name) {
            live.lifecycle = wanted.phases == nil ? old : try await client.change(old, fill).item
        } else {
            let made = try await client.create(try Lifecycle.make(fill))
            live.lifecycle = made
            live.names.lifecycles.append(made)
        }
    }

    private mutating func group() async throws {
        guard let wanted = file.projectGroup else { return }
        func fill(_ group: inout ProjectGroup) {
            group.name = wanted.name
            if !wanted.description.isEmpty { group.description = wanted.description }
        }
        if let old = live.names.groups.named(wanted.name) {
            live.group = try await client.change(old, fill).item
        } else {
            live.group = try await client.create(ProjectGroup.make(fill))
        }
    }

    private mutating func project() async throws {
        let wanted = file.project
        let lifecycle =
            live.lifecycle ?? live.names.lifecycles.named("Default Lifecycle") ?? live.names.lifecycles.first
        let group = live.group ?? live.names.groups.named("Default Project Group") ?? live.names.groups.first
        guard let lifecycle, let group else {
            throw Failure(
                .usage, "the project \(wanted.name) needs a lifecycle and a project group",
                next: ["name them in octopus.yml: Lifecycle, ProjectGroup"])
        }
        func fill(_ project: inout Project) {
            project.name = wanted.name
            project.lifecycleId = lifecycle.id
            project.projectGroupId = group.id
            if project.description ?? "" != wanted.description { project.description = wanted.description }
            project.isDisabled = wanted.isDisabled
            project.discreteChannelRelease = wanted.discreteChannelRelease
            project.defaultToSkipIfAlreadyInstalled = wanted.defaultToSkipIfAlreadyInstalled
            project.tenantedDeploymentMode = wanted.tenantedDeploymentMode
            project.defaultGuidedFailureMode = wanted.defaultGuidedFailureMode
            project.projectConnectivityPolicy = wanted.projectConnectivityPolicy
            project.forcePackageDownload = wanted.forcePackageDownload
            if project.releaseNotesTemplate ?? "" != wanted.releaseNotesTemplate {
                project.releaseNotesTemplate = wanted.releaseNotesTemplate
            }
            if project.deploymentChangesTemplate ?? "" != wanted.deploymentChangesTemplate {
                project.deploymentChangesTemplate = wanted.deploymentChangesTemplate
            }
            if project.versioningStrategy?.template ?? VersioningStrategy.usual != wanted.versioningTemplate {
                project.versioningStrategy = VersioningStrategy.make { $0.template = wanted.versioningTemplate }
            }
        }
        if let old = live.project {
            live.project = try await client.change(old, fill).item
        } else {
            let made = try await client.create(Project.make(fill))
            live.project = made
            live.names.channels = try await client.channels(of: made)
        }
    }

    private mutating func channels() async throws {
        guard let project = live.project, let wanted = file.channels else { return }
        let names = live.names
        for item in wanted {
            func fill(_ channel: inout Channel) throws {
                channel.name = item.name
                channel.projectId = project.id
                if channel.description ?? "" != item.description { channel.description = item.description }
                channel.lifecycleId = try item.lifecycle.map { try names.id($0, in: names.lifecycles) }
                channel.isDefault = item.isDefault
                channel.tenantTags = item.tenantTags
                let old = channel.rules
                channel.rules = item.rules.enumerated().map { index, rule in
                    (old.indices.contains(index) ? old[index] : ChannelRule()).with {
                        if $0.versionRange ?? "" != rule.versionRange ?? "" { $0.versionRange = rule.versionRange }
                        if $0.tag ?? "" != rule.tag ?? "" { $0.tag = rule.tag }
                        $0.actionPackages = rule.actionPackages
                    }
                }
            }
            if let old = names.channels.named(item.name) {
                _ = try await client.change(old, fill)
            } else {
                live.names.channels.append(try await client.create(try Channel.make(fill)))
            }
        }
    }

    private mutating func process() async throws {
        guard let project = live.project, let wanted = file.deploymentProcess else { return }
        let build = ProcessBuild(names: live.names)
        live.process = try await client.changeProcess(of: project) { process in
            let old = process.steps
            process.steps = try wanted.steps.map { step in
                try build.step(step, over: old.first { $0.name == step.name })
            }
        }.item
        live.names.actions = live.process.steps.flatMap(\.actions)
    }

    private func variables() async throws {
        guard let project = live.project, let wanted = file.variables else { return }
        let export = ProjectExport(names: live.names)
        let (names, resends) = (live.names, resendsSecrets)
        _ = try await client.changeVariables(of: project) { set in
            let old = set.variables
            let pairs = VariablePairs(wanted: wanted, live: old.map(export.variable))
            set.variables = try zip(wanted, pairs.places).map { item, place in
                try (place.map { old[$0] } ?? Variable()).with { variable in
                    variable.name = item.name
                    if variable.description ?? "" != item.description { variable.description = item.description }
                    variable.type = item.type
                    variable.isSensitive = item.type == "Sensitive"
                    variable.isEditable = item.isEditable
                    variable.prompt = item.prompt
                    if names.named(variable.scope).sorted != item.scope.sorted {
                        variable.scope = try names.identified(item.scope)
                    }
                    try ProjectApply.setValue(&variable, item, isNew: place == nil, resends: resends)
                }
            }
        }
    }

    private static func setValue(
        _ variable: inout Variable, _ item: FileVariable, isNew: Bool, resends: Bool
    ) throws {
        guard variable.isSensitive else {
            if variable.value ?? "" != item.value ?? "" || isNew { variable.value = item.value ?? "" }
            return
        }
        guard isNew || resends else { return }
        guard let value = item.value else {
            throw Failure(
                .missing, "the secret \(item.name) has no value",
                why: item.valueFrom.map { "the environment variable \($0) is not set" }
                    ?? "octopus.yml does not say where it comes from (ValueFrom)")
        }
        variable.value = value
    }
}

/// Steps of a file as steps of the server, over those that are there.
struct ProcessBuild {
    let names: ProjectNames

    func step(_ wanted: FileStep, over old: DeploymentStep?) throws -> DeploymentStep {
        try (old ?? DeploymentStep()).with { step in
            step.name = wanted.name
            step.condition = wanted.condition
            step.startTrigger = wanted.startTrigger
            step.packageRequirement = wanted.packageRequirement
            step.properties = wanted.properties
            let before = step.actions
            step.actions = try wanted.actions.map { action in
                try self.action(action, over: before.first { $0.name == action.name })
            }
        }
    }

    private func action(_ wanted: FileAction, over old: DeploymentAction?) throws -> DeploymentAction {
        try (old ?? DeploymentAction()).with { action in
            action.name = wanted.name
            action.actionType = wanted.actionType
            if action.notes ?? "" != wanted.notes { action.notes = wanted.notes }
            action.isDisabled = wanted.isDisabled
            action.isRequired = wanted.isRequired
            action.canBeUsedForProjectVersioning = wanted.canBeUsedForProjectVersioning
            if action.workerPoolId ?? "" != wanted.workerPool ?? "" { action.workerPoolId = wanted.workerPool }
            if action.workerPoolVariable ?? "" != wanted.workerPoolVariable ?? "" {
                action.workerPoolVariable = wanted.workerPoolVariable
            }
            if let container = wanted.container { action.container = container }
            action.environments = try wanted.environments.map { try names.id($0, in: names.environments) }
            action.excludedEnvironments = try wanted.excludedEnvironments.map {
                try names.id($0, in: names.environments)
            }
            action.channels = try wanted.channels.map { try names.id($0, in: names.channels) }
            action.tenantTags = wanted.tenantTags
            action.condition = wanted.condition
            let before = action.packages
            action.packages = try wanted.packages.map { package in
                try self.package(package, over: before.first { $0.name == package.name })
            }
            action.properties = MirroredPackage.added(to: wanted.properties, packages: action.packages)
        }
    }

    private func package(_ wanted: FilePackage, over old: PackageReference?) throws -> PackageReference {
        try (old ?? PackageReference()).with { package in
            package.name = wanted.name
            package.packageId = wanted.packageId
            package.feedId = try names.feedId(wanted.feed)
            if package.version ?? "" != wanted.version ?? "" { package.version = wanted.version }
            package.acquisitionLocation = wanted.acquisitionLocation
            package.properties = wanted.properties.isEmpty ? FilePackage.usual : wanted.properties
        }
    }
}
