import Core

/// A package that an action uses.
public struct PackageReference: NamedResource {
    /// A UUID.
    public var id: String = ""
    /// Empty for the main package.
    public var name: String = ""
    /// The package.
    public var packageId: String = ""
    /// The feed's id; `feeds-builtin` is the built-in one of the default space only.
    public var feedId: String = "feeds-builtin"
    /// A fixed version.
    public var version: String?
    /// Server, ExecutionTarget or NotAcquired.
    public var acquisitionLocation: String = "Server"
    /// Such as SelectionMode.
    public var properties: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<PackageReference>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("PackageId", \.packageId), .init("FeedId", \.feedId),
        .init("Version", \.version, .omit), .init("AcquisitionLocation", \.acquisitionLocation),
        .init("Properties", \.properties),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What a step does.
public struct DeploymentAction: NamedResource {
    /// A UUID.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The name in addresses.
    public var slug: String?
    /// Such as `Octopus.Script` or `Octopus.TentaclePackage`.
    public var actionType: String = ""
    /// For people.
    public var notes: String?
    /// Passed over.
    public var isDisabled: Bool = false
    /// May not be skipped.
    public var isRequired: Bool = false
    /// Its package may give the release's version.
    public var canBeUsedForProjectVersioning: Bool = false
    /// Where it runs when not on targets.
    public var workerPoolId: String?
    /// A variable that names the pool.
    public var workerPoolVariable: String?
    /// The container that it runs in.
    public var container: JSONValue?
    /// Only there; empty is everywhere.
    public var environments: [String] = []
    /// Not there.
    public var excludedEnvironments: [String] = []
    /// Only releases of these; empty is all.
    public var channels: [String] = []
    /// Only tenants with these.
    public var tenantTags: [String] = []
    /// Success or Variable.
    public var condition: String = "Success"
    /// The packages.
    public var packages: [PackageReference] = []
    /// Git repositories.
    public var gitDependencies: [JSONValue] = []
    /// Settings of the action's type.
    public var properties: [String: PropertyValue] = [:]
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DeploymentAction>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Slug", \.slug, .omit),
        .init("ActionType", \.actionType), .init("Notes", \.notes), .init("IsDisabled", \.isDisabled),
        .init("IsRequired", \.isRequired), .init("CanBeUsedForProjectVersioning", \.canBeUsedForProjectVersioning),
        .init("WorkerPoolId", \.workerPoolId), .init("WorkerPoolVariable", \.workerPoolVariable),
        .init("Container", \.container, .omit), .init("Environments", \.environments),
        .init("ExcludedEnvironments", \.excludedEnvironments), .init("Channels", \.channels),
        .init("TenantTags", \.tenantTags), .init("Condition", \.condition), .init("Packages", \.packages),
        .init("GitDependencies", \.gitDependencies, .omit), .init("Properties", \.properties),
        .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A step: where and when its actions run.
public struct DeploymentStep: NamedResource {
    /// A UUID.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// LetOctopusDecide, BeforePackageAcquisition or AfterPackageAcquisition.
    public var packageRequirement: String = "LetOctopusDecide"
    /// Success, Failure, Always or Variable.
    public var condition: String = "Success"
    /// StartAfterPrevious or StartWithPrevious.
    public var startTrigger: String = "StartAfterPrevious"
    /// Such as `Octopus.Action.TargetRoles` and `Octopus.Action.MaxParallelism`.
    public var properties: [String: PropertyValue] = [:]
    /// In order; more than one is a rolling step's children.
    public var actions: [DeploymentAction] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<DeploymentStep>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("PackageRequirement", \.packageRequirement),
        .init("Condition", \.condition), .init("StartTrigger", \.startTrigger), .init("Properties", \.properties),
        .init("Actions", \.actions),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The steps of a project's deployment.
public struct DeploymentProcess: WireResource {
    /// Such as `deploymentprocess-Projects-1`.
    public var id: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The project.
    public var projectId: String = ""
    /// Counts changes; an update must carry the latest.
    public var version: Int = 0
    /// The newest snapshot.
    public var lastSnapshotId: String?
    /// In order.
    public var steps: [DeploymentStep] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DeploymentProcess>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId, .omit), .init("ProjectId", \.projectId),
        .init("Version", \.version), .init("LastSnapshotId", \.lastSnapshotId), .init("Steps", \.steps),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A package that a new release needs a version of.
public struct ReleaseTemplatePackage: WireModel {
    /// The action.
    public var actionName: String = ""
    /// The step.
    public var stepName: String = ""
    /// The reference; empty is the main package.
    public var packageReferenceName: String?
    /// The package.
    public var packageId: String = ""
    /// The feed's id; `feeds-builtin` is the built-in one of the default space only.
    public var feedId: String = ""
    /// The feed's name.
    public var feedName: String?
    /// Id and feed hold no variables.
    public var isResolvable: Bool = true
    /// What the newest release has.
    public var versionSelectedLastRelease: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<ReleaseTemplatePackage>] = [
        .init("ActionName", \.actionName), .init("StepName", \.stepName),
        .init("PackageReferenceName", \.packageReferenceName), .init("PackageId", \.packageId),
        .init("FeedId", \.feedId), .init("FeedName", \.feedName), .init("IsResolvable", \.isResolvable),
        .init("VersionSelectedLastRelease", \.versionSelectedLastRelease),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What a new release needs.
public struct ReleaseTemplate: WireModel {
    /// The process.
    public var deploymentProcessId: String = ""
    /// The newest release.
    public var lastReleaseVersion: String?
    /// What its version would be.
    public var nextVersionIncrement: String?
    /// The action whose package gives the version.
    public var versioningPackageStepName: String?
    /// That action's reference.
    public var versioningPackageReferenceName: String?
    /// The packages.
    public var packages: [ReleaseTemplatePackage] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<ReleaseTemplate>] = [
        .init("DeploymentProcessId", \.deploymentProcessId), .init("LastReleaseVersion", \.lastReleaseVersion),
        .init("NextVersionIncrement", \.nextVersionIncrement),
        .init("VersioningPackageStepName", \.versioningPackageStepName),
        .init("VersioningPackageReferenceName", \.versioningPackageReferenceName), .init("Packages", \.packages),
        .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
