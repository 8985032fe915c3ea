import Core

/// What a deployment does about targets that do not answer.
public struct ConnectivityPolicy: WireModel {
    /// None or SkipUnavailableMachines.
    public var skipMachineBehavior: String = "None"
    /// Only targets with these tags may be skipped; empty is all.
    public var targetRoles: [String] = []
    /// A deployment without any target succeeds.
    public var allowDeploymentsToNoTargets: Bool = false
    /// Unhealthy targets are left out.
    public var excludeUnhealthyTargets: Bool = false

    /// The fields in the order they are written.
    public static let fields: [WireField<ConnectivityPolicy>] = [
        .init("SkipMachineBehavior", \.skipMachineBehavior), .init("TargetRoles", \.targetRoles),
        .init("AllowDeploymentsToNoTargets", \.allowDeploymentsToNoTargets),
        .init("ExcludeUnhealthyTargets", \.excludeUnhealthyTargets),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A package of an action, by names.
public struct ActionPackage: WireModel {
    /// The action's name.
    public var deploymentAction: String?
    /// The reference's name; null or empty is the main package.
    public var packageReference: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<ActionPackage>] = [
        .init("DeploymentAction", \.deploymentAction), .init("PackageReference", \.packageReference),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How the next release's version is found.
public struct VersioningStrategy: WireModel {
    /// The template of a new project: the last release's version with the next patch number.
    public static let usual =
        "#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}"
    /// A template of the version.
    public var template: String? = VersioningStrategy.usual
    /// The package whose version it is.
    public var donorPackage: ActionPackage?

    /// The fields in the order they are written.
    public static let fields: [WireField<VersioningStrategy>] = [
        .init("Template", \.template), .init("DonorPackage", \.donorPackage, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A project: one application's way of being deployed.
public struct Project: NamedResource {
    /// Such as `Projects-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The name in addresses.
    public var slug: String?
    /// For people.
    public var description: String?
    /// The group.
    public var projectGroupId: String = ""
    /// The lifecycle of channels that name none.
    public var lifecycleId: String = ""
    /// The process.
    public var deploymentProcessId: String?
    /// The variables.
    public var variableSetId: String?
    /// Library sets whose variables count too.
    public var includedLibraryVariableSetIds: [String] = []
    /// No release, no deployment.
    public var isDisabled: Bool = false
    /// The project's settings live in git.
    public var isVersionControlled: Bool = false
    /// Where the settings live.
    public var persistenceSettings: JSONValue?
    /// Channels are shown apart.
    public var discreteChannelRelease: Bool = false
    /// Packages that a target has are not installed again.
    public var defaultToSkipIfAlreadyInstalled: Bool = false
    /// Untenanted, TenantedOrUntenanted or Tenanted.
    public var tenantedDeploymentMode: String = "Untenanted"
    /// EnvironmentDefault, Off or On.
    public var defaultGuidedFailureMode: String = "EnvironmentDefault"
    /// How the next version is found.
    public var versioningStrategy: VersioningStrategy?
    /// When releases are made by the server.
    public var releaseCreationStrategy: JSONValue?
    /// A pushed package makes a release.
    public var autoCreateRelease: Bool = false
    /// What to do about targets that do not answer.
    public var projectConnectivityPolicy: ConnectivityPolicy = ConnectivityPolicy()
    /// A template of the notes.
    public var releaseNotesTemplate: String?
    /// A template of the list of changes.
    public var deploymentChangesTemplate: String?
    /// Variables of tenants.
    public var templates: [JSONValue] = []
    /// Releases that new targets get.
    public var autoDeployReleaseOverrides: [JSONValue] = []
    /// Packages are fetched anew each time.
    public var forcePackageDownload: Bool = false
    /// The project that this one was copied from.
    public var clonedFromProjectId: String?
    /// The icon's id and colour.
    public var icon: JSONValue?
    /// Settings of extensions.
    public var extensionSettings: [JSONValue] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Project>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Slug", \.slug, .omit), .init("Description", \.description), .init("ProjectGroupId", \.projectGroupId),
        .init("LifecycleId", \.lifecycleId), .init("DeploymentProcessId", \.deploymentProcessId, .omit),
        .init("VariableSetId", \.variableSetId, .omit),
        .init("IncludedLibraryVariableSetIds", \.includedLibraryVariableSetIds), .init("IsDisabled", \.isDisabled),
        .init("IsVersionControlled", \.isVersionControlled),
        .init("PersistenceSettings", \.persistenceSettings, .omit),
        .init("DiscreteChannelRelease", \.discreteChannelRelease),
        .init("DefaultToSkipIfAlreadyInstalled", \.defaultToSkipIfAlreadyInstalled),
        .init("TenantedDeploymentMode", \.tenantedDeploymentMode),
        .init("DefaultGuidedFailureMode", \.defaultGuidedFailureMode),
        .init("VersioningStrategy", \.versioningStrategy),
        .init("ReleaseCreationStrategy", \.releaseCreationStrategy), .init("AutoCreateRelease", \.autoCreateRelease),
        .init("ProjectConnectivityPolicy", \.projectConnectivityPolicy),
        .init("ReleaseNotesTemplate", \.releaseNotesTemplate),
        .init("DeploymentChangesTemplate", \.deploymentChangesTemplate), .init("Templates", \.templates),
        .init("AutoDeployReleaseOverrides", \.autoDeployReleaseOverrides),
        .init("ForcePackageDownload", \.forcePackageDownload), .init("ClonedFromProjectId", \.clonedFromProjectId),
        .init("Icon", \.icon), .init("ExtensionSettings", \.extensionSettings), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// Which package versions a channel takes.
public struct ChannelRule: WireResource {
    /// An id.
    public var id: String = ""
    /// A NuGet version range.
    public var versionRange: String?
    /// A pattern of the prerelease part.
    public var tag: String?
    /// The packages that it is about.
    public var actionPackages: [ActionPackage] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<ChannelRule>] = [
        .init("Id", \.id, .omit), .init("VersionRange", \.versionRange), .init("Tag", \.tag),
        .init("ActionPackages", \.actionPackages),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A channel of a project's releases.
public struct Channel: NamedResource {
    /// Such as `Channels-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The project.
    public var projectId: String = ""
    /// For people.
    public var description: String?
    /// The lifecycle; null is the project's.
    public var lifecycleId: String?
    /// The channel of releases that name none.
    public var isDefault: Bool = false
    /// Which package versions it takes.
    public var rules: [ChannelRule] = []
    /// Tenants that it is for.
    public var tenantTags: [String] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Channel>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("ProjectId", \.projectId), .init("Description", \.description), .init("LifecycleId", \.lifecycleId),
        .init("IsDefault", \.isDefault), .init("Rules", \.rules), .init("TenantTags", \.tenantTags),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
