import Core

/// A project as code: `octopus.yml`, with the API's member names, and names where the API has ids.
public struct ProjectFile: WireModel {
    /// The version of the format, always 1.
    public var version: Int = 1
    /// Environments that are made where they are missing.
    public var environments: [FileEnvironment] = []
    /// The project's lifecycle.
    public var lifecycle: FileLifecycle?
    /// The project's group.
    public var projectGroup: FileProjectGroup?
    /// The project.
    public var project: FileProject = FileProject()
    /// Its channels; left out, they are left alone.
    public var channels: [FileChannel]?
    /// Its variables; left out, they are left alone.
    public var variables: [FileVariable]?
    /// Its steps; left out, they are left alone.
    public var deploymentProcess: FileProcess?

    /// The fields in the order they are written.
    public static let fields: [WireField<ProjectFile>] = [
        .init("Version", \.version), .init("Environments", \.environments, .omit),
        .init("Lifecycle", \.lifecycle, .omit), .init("ProjectGroup", \.projectGroup, .omit),
        .init("Project", \.project), .init("Channels", \.channels, .omit), .init("Variables", \.variables, .omit),
        .init("DeploymentProcess", \.deploymentProcess, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// An environment.
public struct FileEnvironment: WireModel {
    /// The name.
    public var name: String = ""
    /// For people.
    public var description: String = ""
    /// A failing step asks a person.
    public var useGuidedFailure: Bool = false
    /// Scripts may register and remove targets.
    public var allowDynamicInfrastructure: Bool = false

    /// The fields in the order they are written.
    public static let fields: [WireField<FileEnvironment>] = [
        .init("Name", \.name), .init("Description", \.description), .init("UseGuidedFailure", \.useGuidedFailure),
        .init("AllowDynamicInfrastructure", \.allowDynamicInfrastructure),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A phase of a lifecycle.
public struct FilePhase: WireModel {
    /// The name.
    public var name: String = ""
    /// Environments that a release is deployed to by itself.
    public var automaticDeploymentTargets: [String] = []
    /// Environments that a release may be deployed to.
    public var optionalDeploymentTargets: [String] = []
    /// How many must have succeeded before the next phase; 0 is all.
    public var minimumEnvironmentsBeforePromotion: Int = 0
    /// The phase may be passed over.
    public var isOptionalPhase: Bool = false
    /// Overrides the lifecycle's.
    public var releaseRetentionPolicy: RetentionPeriod?
    /// Overrides the lifecycle's.
    public var tentacleRetentionPolicy: RetentionPeriod?

    /// The fields in the order they are written.
    public static let fields: [WireField<FilePhase>] = [
        .init("Name", \.name), .init("AutomaticDeploymentTargets", \.automaticDeploymentTargets, .omit),
        .init("OptionalDeploymentTargets", \.optionalDeploymentTargets, .omit),
        .init("MinimumEnvironmentsBeforePromotion", \.minimumEnvironmentsBeforePromotion),
        .init("IsOptionalPhase", \.isOptionalPhase), .init("ReleaseRetentionPolicy", \.releaseRetentionPolicy, .omit),
        .init("TentacleRetentionPolicy", \.tentacleRetentionPolicy, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A lifecycle.
public struct FileLifecycle: WireModel {
    /// The name.
    public var name: String = ""
    /// For people.
    public var description: String = ""
    /// In order; left out, an existing lifecycle is left alone.
    public var phases: [FilePhase]?
    /// How long releases are kept.
    public var releaseRetentionPolicy: RetentionPeriod = RetentionPeriod()
    /// How long packages are kept on targets.
    public var tentacleRetentionPolicy: RetentionPeriod = RetentionPeriod()

    /// The fields in the order they are written.
    public static let fields: [WireField<FileLifecycle>] = [
        .init("Name", \.name), .init("Description", \.description), .init("Phases", \.phases, .omit),
        .init("ReleaseRetentionPolicy", \.releaseRetentionPolicy),
        .init("TentacleRetentionPolicy", \.tentacleRetentionPolicy),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A group of projects.
public struct FileProjectGroup: WireModel {
    /// The name.
    public var name: String = ""
    /// For people.
    public var description: String = ""

    /// The fields in the order they are written.
    public static let fields: [WireField<FileProjectGroup>] = [
        .init("Name", \.name), .init("Description", \.description),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The project's own settings.
public struct FileProject: WireModel {
    /// The name.
    public var name: String = ""
    /// For people.
    public var description: String = ""
    /// No release, no deployment.
    public var isDisabled: Bool = false
    /// Channels are shown apart.
    public var discreteChannelRelease: Bool = false
    /// Packages that a target has are not installed again.
    public var defaultToSkipIfAlreadyInstalled: Bool = false
    /// Untenanted, TenantedOrUntenanted or Tenanted.
    public var tenantedDeploymentMode: String = "Untenanted"
    /// EnvironmentDefault, Off or On.
    public var defaultGuidedFailureMode: String = "EnvironmentDefault"
    /// What to do about targets that do not answer.
    public var projectConnectivityPolicy: ConnectivityPolicy = ConnectivityPolicy()
    /// A template of the notes.
    public var releaseNotesTemplate: String = ""
    /// A template of the list of changes.
    public var deploymentChangesTemplate: String = ""
    /// How the next version is found.
    public var versioningTemplate: String = VersioningStrategy.usual
    /// Packages are fetched anew each time.
    public var forcePackageDownload: Bool = false

    /// The fields in the order they are written.
    public static let fields: [WireField<FileProject>] = [
        .init("Name", \.name), .init("Description", \.description), .init("IsDisabled", \.isDisabled),
        .init("DiscreteChannelRelease", \.discreteChannelRelease),
        .init("DefaultToSkipIfAlreadyInstalled", \.defaultToSkipIfAlreadyInstalled),
        .init("TenantedDeploymentMode", \.tenantedDeploymentMode),
        .init("DefaultGuidedFailureMode", \.defaultGuidedFailureMode),
        .init("ProjectConnectivityPolicy", \.projectConnectivityPolicy),
        .init("ReleaseNotesTemplate", \.releaseNotesTemplate),
        .init("DeploymentChangesTemplate", \.deploymentChangesTemplate),
        .init("VersioningTemplate", \.versioningTemplate), .init("ForcePackageDownload", \.forcePackageDownload),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A channel.
public struct FileChannel: WireModel {
    /// The name.
    public var name: String = ""
    /// For people.
    public var description: String = ""
    /// The lifecycle's name; left out, the project's.
    public var lifecycle: String?
    /// The channel of releases that name none.
    public var isDefault: Bool = false
    /// Which package versions it takes.
    public var rules: [FileChannelRule] = []
    /// Tenants that it is for.
    public var tenantTags: [String] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<FileChannel>] = [
        .init("Name", \.name), .init("Description", \.description), .init("Lifecycle", \.lifecycle, .omit),
        .init("IsDefault", \.isDefault), .init("Rules", \.rules, .omit), .init("TenantTags", \.tenantTags, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// Which package versions a channel takes.
public struct FileChannelRule: WireModel {
    /// A NuGet version range.
    public var versionRange: String?
    /// A pattern of the prerelease part.
    public var tag: String?
    /// The packages that it is about.
    public var actionPackages: [ActionPackage] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<FileChannelRule>] = [
        .init("VersionRange", \.versionRange, .omit), .init("Tag", \.tag, .omit),
        .init("ActionPackages", \.actionPackages, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A variable with one value.
public struct FileVariable: WireModel {
    /// The name.
    public var name: String = ""
    /// The value; a secret never stands in the file.
    public var value: String?
    /// The environment variable of nante that holds the value.
    public var valueFrom: String?
    /// For people.
    public var description: String = ""
    /// String, Sensitive and others.
    public var type: String = "String"
    /// Users may change it.
    public var isEditable: Bool = true
    /// Names of what it counts for: Environment, Role, Machine, Action, Channel.
    public var scope: VariableScope = VariableScope()
    /// What is asked when a deployment starts.
    public var prompt: VariablePrompt?

    /// The fields in the order they are written.
    public static let fields: [WireField<FileVariable>] = [
        .init("Name", \.name), .init("Value", \.value, .omit), .init("ValueFrom", \.valueFrom, .omit),
        .init("Description", \.description), .init("Type", \.type), .init("IsEditable", \.isEditable),
        .init("Scope", \.scope), .init("Prompt", \.prompt, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
