import Core

/// The version of a package in a release.
public struct SelectedPackage: WireModel {
    /// The action.
    public var actionName: String = ""
    /// The reference; empty is the main package.
    public var packageReferenceName: String? = ""
    /// The step.
    public var stepName: String?
    /// The version.
    public var version: String = ""

    /// The fields in the order they are written.
    public static let fields: [WireField<SelectedPackage>] = [
        .init("ActionName", \.actionName), .init("PackageReferenceName", \.packageReferenceName),
        .init("StepName", \.stepName, .omit), .init("Version", \.version),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A release: a version of a project, with all it needs fixed.
public struct Release: WireResource {
    /// Such as `Releases-1`.
    public var id: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The project.
    public var projectId: String = ""
    /// The channel.
    public var channelId: String?
    /// The version.
    public var version: String = ""
    /// For people, Markdown.
    public var releaseNotes: String?
    /// When it was made, ISO 8601.
    public var assembled: String?
    /// The packages' versions.
    public var selectedPackages: [SelectedPackage] = []
    /// Commits of git repositories.
    public var selectedGitResources: [JSONValue] = []
    /// What built the packages.
    public var buildInformation: [JSONValue] = []
    /// The channel's rules were not asked.
    public var ignoreChannelRules: Bool = false
    /// The process as it was.
    public var projectDeploymentProcessSnapshotId: String?
    /// The variables as they were.
    public var projectVariableSetSnapshotId: String?
    /// Library sets as they were.
    public var libraryVariableSetSnapshotIds: [String] = []
    /// The commit of a project in git.
    public var versionControlReference: JSONValue?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Release>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId, .omit), .init("ProjectId", \.projectId),
        .init("ChannelId", \.channelId, .omit), .init("Version", \.version), .init("ReleaseNotes", \.releaseNotes),
        .init("Assembled", \.assembled, .omit), .init("SelectedPackages", \.selectedPackages),
        .init("SelectedGitResources", \.selectedGitResources), .init("BuildInformation", \.buildInformation),
        .init("IgnoreChannelRules", \.ignoreChannelRules),
        .init("ProjectDeploymentProcessSnapshotId", \.projectDeploymentProcessSnapshotId, .omit),
        .init("ProjectVariableSetSnapshotId", \.projectVariableSetSnapshotId, .omit),
        .init("LibraryVariableSetSnapshotIds", \.libraryVariableSetSnapshotIds),
        .init("VersionControlReference", \.versionControlReference), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The body of `POST releases/create/v1`.
public struct CreateReleaseCommand: WireModel {
    /// The space.
    public var spaceId: String = ""
    /// The space again.
    public var spaceIdOrName: String = ""
    /// Name, id or slug.
    public var projectName: String = ""
    /// The version; left out, the server finds it.
    public var releaseVersion: String?
    /// The channel's name.
    public var channelName: String?
    /// The version of every package.
    public var packageVersion: String?
    /// `ID:VERSION`, `STEP:ID:VERSION` or `*:VERSION`.
    public var packages: [String] = []
    /// For people.
    public var releaseNotes: String?
    /// A branch or tag.
    public var gitRef: String?
    /// A commit.
    public var gitCommit: String?
    /// A release of that version is fine.
    public var ignoreIfAlreadyExists: Bool = false
    /// The channel's rules are not asked.
    public var ignoreChannelRules: Bool = false
    /// The prerelease tag of packages.
    public var packagePrerelease: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<CreateReleaseCommand>] = [
        .init("spaceId", \.spaceId), .init("spaceIdOrName", \.spaceIdOrName), .init("projectName", \.projectName),
        .init("releaseVersion", \.releaseVersion, .omit), .init("channelName", \.channelName, .omit),
        .init("packageVersion", \.packageVersion, .omit), .init("packages", \.packages, .omit),
        .init("releaseNotes", \.releaseNotes, .omit), .init("gitRef", \.gitRef, .omit),
        .init("gitCommit", \.gitCommit, .omit), .init("ignoreIfAlreadyExists", \.ignoreIfAlreadyExists),
        .init("ignoreChannelRules", \.ignoreChannelRules), .init("packagePrerelease", \.packagePrerelease, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The answer of `POST releases/create/v1`.
public struct CreateReleaseAnswer: WireModel {
    /// The release.
    public var releaseId: String = ""
    /// Its version.
    public var releaseVersion: String = ""
    /// Environments that it is deployed to by itself.
    public var automaticallyDeployedEnvironments: [String] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<CreateReleaseAnswer>] = [
        .init("ReleaseId", \.releaseId), .init("ReleaseVersion", \.releaseVersion),
        .init("AutomaticallyDeployedEnvironments", \.automaticallyDeployedEnvironments, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
