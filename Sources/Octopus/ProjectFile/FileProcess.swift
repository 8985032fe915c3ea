import Core

/// A package that an action uses.
public struct FilePackage: WireModel {
    /// What files call the built-in feed of the space, whatever its id is there.
    public static let builtIn = "feeds-builtin"
    /// Empty for the main package.
    public var name: String = ""
    /// The package.
    public var packageId: String = ""
    /// The feed's name; `feeds-builtin` is the space's built-in one.
    public var feed: String = FilePackage.builtIn
    /// A fixed version.
    public var version: String?
    /// Server, ExecutionTarget or NotAcquired.
    public var acquisitionLocation: String = "Server"
    /// Such as SelectionMode.
    public var properties: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<FilePackage>] = [
        .init("Name", \.name), .init("PackageId", \.packageId), .init("Feed", \.feed),
        .init("Version", \.version, .omit), .init("AcquisitionLocation", \.acquisitionLocation),
        .init("Properties", \.properties, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What a step does.
public struct FileAction: WireModel {
    /// The name.
    public var name: String = ""
    /// Such as `Octopus.Script` or `Octopus.TentaclePackage`.
    public var actionType: String = ""
    /// For people.
    public var notes: String = ""
    /// Passed over.
    public var isDisabled: Bool = false
    /// May not be skipped.
    public var isRequired: Bool = false
    /// Its package may give the release's version.
    public var canBeUsedForProjectVersioning: Bool = false
    /// Where it runs when not on targets: a pool's id.
    public var workerPool: String?
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
    /// Settings of the action's type.
    public var properties: [String: PropertyValue] = [:]
    /// The packages.
    public var packages: [FilePackage] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<FileAction>] = [
        .init("Name", \.name), .init("ActionType", \.actionType), .init("Notes", \.notes),
        .init("IsDisabled", \.isDisabled), .init("IsRequired", \.isRequired),
        .init("CanBeUsedForProjectVersioning", \.canBeUsedForProjectVersioning),
        .init("WorkerPool", \.workerPool, .omit), .init("WorkerPoolVariable", \.workerPoolVariable, .omit),
        .init("Container", \.container, .omit), .init("Environments", \.environments, .omit),
        .init("ExcludedEnvironments", \.excludedEnvironments, .omit), .init("Channels", \.channels, .omit),
        .init("TenantTags", \.tenantTags, .omit), .init("Condition", \.condition),
        .init("Properties", \.properties, .omit), .init("Packages", \.packages, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A step: where and when its actions run.
public struct FileStep: WireModel {
    /// The name.
    public var name: String = ""
    /// Success, Failure, Always or Variable.
    public var condition: String = "Success"
    /// StartAfterPrevious or StartWithPrevious.
    public var startTrigger: String = "StartAfterPrevious"
    /// LetOctopusDecide, BeforePackageAcquisition or AfterPackageAcquisition.
    public var packageRequirement: String = "LetOctopusDecide"
    /// Such as `Octopus.Action.TargetRoles` and `Octopus.Action.MaxParallelism`.
    public var properties: [String: PropertyValue] = [:]
    /// In order; more than one is a rolling step's children.
    public var actions: [FileAction] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<FileStep>] = [
        .init("Name", \.name), .init("Condition", \.condition), .init("StartTrigger", \.startTrigger),
        .init("PackageRequirement", \.packageRequirement), .init("Properties", \.properties, .omit),
        .init("Actions", \.actions, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The steps of a deployment.
public struct FileProcess: WireModel {
    /// In order.
    public var steps: [FileStep] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<FileProcess>] = [
        .init("Steps", \.steps, .omit)
    ]

    /// All fields at their defaults.
    public init() {}
}
