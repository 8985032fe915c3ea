import Core

/// A live project as a file.
struct ProjectExport {
    let names: ProjectNames

    func environment(_ item: DeploymentEnvironment) -> FileEnvironment {
        .make {
            $0.name = item.name
            $0.description = item.description ?? ""
            $0.useGuidedFailure = item.useGuidedFailure
            $0.allowDynamicInfrastructure = item.allowDynamicInfrastructure
        }
    }

    func lifecycle(_ item: Lifecycle) -> FileLifecycle {
        .make {
            $0.name = item.name
            $0.description = item.description ?? ""
            $0.phases = item.phases.map { phase in
                .make {
                    $0.name = phase.name
                    $0.automaticDeploymentTargets = phase.automaticDeploymentTargets.map {
                        names.name($0, in: names.environments)
                    }
                    $0.optionalDeploymentTargets = phase.optionalDeploymentTargets.map {
                        names.name($0, in: names.environments)
                    }
                    $0.minimumEnvironmentsBeforePromotion = phase.minimumEnvironmentsBeforePromotion
                    $0.isOptionalPhase = phase.isOptionalPhase
                    $0.releaseRetentionPolicy = phase.releaseRetentionPolicy
                    $0.tentacleRetentionPolicy = phase.tentacleRetentionPolicy
                }
            }
            $0.releaseRetentionPolicy = item.releaseRetentionPolicy
            $0.tentacleRetentionPolicy = item.tentacleRetentionPolicy
        }
    }

    func group(_ item: ProjectGroup) -> FileProjectGroup {
        .make {
            $0.name = item.name
            $0.description = item.description ?? ""
        }
    }

    func project(_ item: Project) -> FileProject {
        .make {
            $0.name = item.name
            $0.description = item.description ?? ""
            $0.isDisabled = item.isDisabled
            $0.discreteChannelRelease = item.discreteChannelRelease
            $0.defaultToSkipIfAlreadyInstalled = item.defaultToSkipIfAlreadyInstalled
            $0.tenantedDeploymentMode = item.tenantedDeploymentMode
            $0.defaultGuidedFailureMode = item.defaultGuidedFailureMode
            $0.projectConnectivityPolicy = item.projectConnectivityPolicy
            $0.releaseNotesTemplate = item.releaseNotesTemplate ?? ""
            $0.deploymentChangesTemplate = item.deploymentChangesTemplate ?? ""
            $0.versioningTemplate = item.versioningStrategy?.template ?? VersioningStrategy.usual
            $0.forcePackageDownload = item.forcePackageDownload
        }
    }

    func channel(_ item: Channel) -> FileChannel {
        .make {
            $0.name = item.name
            $0.description = item.description ?? ""
            $0.lifecycle = item.lifecycleId.map { names.name($0, in: names.lifecycles) }
            $0.isDefault = item.isDefault
            $0.tenantTags = item.tenantTags
            $0.rules = item.rules.map { rule in
                .make {
                    $0.versionRange = rule.versionRange.flatMap { $0.isEmpty ? nil : $0 }
                    $0.tag = rule.tag.flatMap { $0.isEmpty ? nil : $0 }
                    $0.actionPackages = rule.actionPackages
                }
            }
        }
    }

    func variable(_ item: Variable) -> FileVariable {
        .make {
            $0.name = item.name
            $0.value = item.isSensitive ? nil : item.value ?? ""
            $0.description = item.description ?? ""
            $0.type = item.isSensitive ? "Sensitive" : item.type
            $0.isEditable = item.isEditable
            $0.scope = names.named(item.scope)
            $0.prompt = item.prompt
        }
    }

    func process(_ item: DeploymentProcess) -> FileProcess {
        .make { file in
            file.steps = item.steps.map { step in
                .make {
                    $0.name = step.name
                    $0.condition = step.condition
                    $0.startTrigger = step.startTrigger
                    $0.packageRequirement = step.packageRequirement
                    $0.properties = step.properties
                    $0.actions = step.actions.map(action)
                }
            }
        }
    }

    private func action(_ item: DeploymentAction) -> FileAction {
        .make {
            $0.name = item.name
            $0.actionType = item.actionType
            $0.notes = item.notes ?? ""
            $0.isDisabled = item.isDisabled
            $0.isRequired = item.isRequired
            $0.canBeUsedForProjectVersioning = item.canBeUsedForProjectVersioning
            $0.workerPool = item.workerPoolId.flatMap { $0.isEmpty ? nil : $0 }
            $0.workerPoolVariable = item.workerPoolVariable.flatMap { $0.isEmpty ? nil : $0 }
            // An empty container is how the server says that there is none.
            $0.container = item.container.flatMap { $0["Image"]?.string ?? "" == "" ? nil : $0 }
            $0.environments = item.environments.map { names.name($0, in: names.environments) }
            $0.excludedEnvironments = item.excludedEnvironments.map { names.name($0, in: names.environments) }
            $0.channels = item.channels.map { names.name($0, in: names.channels) }
            $0.tenantTags = item.tenantTags
            $0.condition = item.condition
            $0.packages = item.packages.map(package)
            $0.properties = MirroredPackage.removed(from: item.properties, packages: item.packages)
        }
    }

    private func package(_ item: PackageReference) -> FilePackage {
        .make {
            $0.name = item.name
            $0.packageId = item.packageId
            $0.feed = names.feedName(item.feedId)
            $0.version = item.version.flatMap { $0.isEmpty ? nil : $0 }
            $0.acquisitionLocation = item.acquisitionLocation
            $0.properties = item.properties == FilePackage.usual ? [:] : item.properties
        }
    }
}

extension FilePackage {
    /// What a server adds to a package reference that says nothing.
    static let usual = ["SelectionMode": "immediate"]
}

/// The settings of an action that say its main package once more, as servers keep them for old clients.
enum MirroredPackage {
    private static let id = "Octopus.Action.Package.PackageId"
    private static let feed = "Octopus.Action.Package.FeedId"
    private static let place = "Octopus.Action.Package.DownloadOnTentacle"

    /// Settings without the mirror, where it says what the main package says.
    static func removed(
        from properties: [String: PropertyValue], packages: [PackageReference]
    ) -> [String: PropertyValue] {
        guard let main = packages.first(where: { $0.name.isEmpty }) else { return properties }
        var out = properties
        for (name, value) in mirror(of: main) where out[name] == value { out[name] = nil }
        return out
    }

    /// Settings with the mirror.
    static func added(
        to properties: [String: PropertyValue], packages: [PackageReference]
    ) -> [String: PropertyValue] {
        guard let main = packages.first(where: { $0.name.isEmpty }) else { return properties }
        return properties.merging(mirror(of: main)) { own, _ in own }
    }

    private static func mirror(of main: PackageReference) -> [String: PropertyValue] {
        [
            id: .text(main.packageId), feed: .text(main.feedId),
            place: main.acquisitionLocation == "ExecutionTarget" ? "True" : "False",
        ]
    }
}
