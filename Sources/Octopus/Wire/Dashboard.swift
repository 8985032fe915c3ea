import Core

/// The latest deployment of a project to an environment.
public struct DashboardItem: WireResource {
    /// The deployment.
    public var id: String = ""
    /// The project.
    public var projectId: String = ""
    /// The environment.
    public var environmentId: String = ""
    /// The release.
    public var releaseId: String = ""
    /// Its version.
    public var releaseVersion: String = ""
    /// The deployment.
    public var deploymentId: String = ""
    /// Its task.
    public var taskId: String = ""
    /// The tenant.
    public var tenantId: String?
    /// The channel.
    public var channelId: String?
    /// How far the task is.
    public var state: TaskState = .queued
    /// When it was asked for, ISO 8601.
    public var created: String?
    /// When it was asked for, ISO 8601.
    public var queueTime: String?
    /// When it started, ISO 8601.
    public var startTime: String?
    /// When it ended, ISO 8601.
    public var completedTime: String?
    /// How long it took, in words.
    public var duration: String?
    /// Why it failed.
    public var errorMessage: String?
    /// It is the latest.
    public var isCurrent: Bool = true
    /// It is the one before.
    public var isPrevious: Bool = false
    /// It has ended.
    public var isCompleted: Bool = false
    /// It waits for a person.
    public var hasPendingInterruptions: Bool = false
    /// Its log holds warnings or errors.
    public var hasWarningsOrErrors: Bool = false
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DashboardItem>] = [
        .init("Id", \.id, .omit), .init("ProjectId", \.projectId), .init("EnvironmentId", \.environmentId),
        .init("ReleaseId", \.releaseId), .init("ReleaseVersion", \.releaseVersion),
        .init("DeploymentId", \.deploymentId), .init("TaskId", \.taskId), .init("TenantId", \.tenantId),
        .init("ChannelId", \.channelId), .init("State", \.state), .init("Created", \.created, .omit),
        .init("QueueTime", \.queueTime, .omit), .init("StartTime", \.startTime, .omit),
        .init("CompletedTime", \.completedTime), .init("Duration", \.duration), .init("ErrorMessage", \.errorMessage),
        .init("IsCurrent", \.isCurrent), .init("IsPrevious", \.isPrevious), .init("IsCompleted", \.isCompleted),
        .init("HasPendingInterruptions", \.hasPendingInterruptions),
        .init("HasWarningsOrErrors", \.hasWarningsOrErrors), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A project on the dashboard.
public struct DashboardProject: NamedResource {
    /// The project.
    public var id: String = ""
    /// Its name.
    public var name: String = ""
    /// Its name in addresses.
    public var slug: String?
    /// No release, no deployment.
    public var isDisabled: Bool = false
    /// Its group.
    public var projectGroupId: String = ""
    /// Environments of its lifecycle.
    public var environmentIds: [String] = []
    /// Untenanted, TenantedOrUntenanted or Tenanted.
    public var tenantedDeploymentMode: String = "Untenanted"
    /// It may be deployed without a tenant.
    public var canPerformUntenantedDeployment: Bool = true
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DashboardProject>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Slug", \.slug, .omit),
        .init("IsDisabled", \.isDisabled), .init("ProjectGroupId", \.projectGroupId),
        .init("EnvironmentIds", \.environmentIds), .init("TenantedDeploymentMode", \.tenantedDeploymentMode),
        .init("CanPerformUntenantedDeployment", \.canPerformUntenantedDeployment), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A project group on the dashboard.
public struct DashboardGroup: NamedResource {
    /// The group.
    public var id: String = ""
    /// Its name.
    public var name: String = ""
    /// Environments of its projects.
    public var environmentIds: [String] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DashboardGroup>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("EnvironmentIds", \.environmentIds),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// An environment on the dashboard.
public struct DashboardEnvironment: NamedResource {
    /// The environment.
    public var id: String = ""
    /// Its name.
    public var name: String = ""
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DashboardEnvironment>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What is deployed where.
public struct Dashboard: WireModel {
    /// The projects.
    public var projects: [DashboardProject] = []
    /// Their groups.
    public var projectGroups: [DashboardGroup] = []
    /// The environments.
    public var environments: [DashboardEnvironment] = []
    /// The tenants.
    public var tenants: [JSONValue] = []
    /// The latest deployments.
    public var items: [DashboardItem] = []
    /// The ones before.
    public var previousItems: [DashboardItem] = []
    /// How many projects are shown.
    public var projectLimit: Int?
    /// Not all is shown.
    public var isFiltered: Bool = false
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Dashboard>] = [
        .init("Projects", \.projects), .init("ProjectGroups", \.projectGroups), .init("Environments", \.environments),
        .init("Tenants", \.tenants), .init("Items", \.items), .init("PreviousItems", \.previousItems),
        .init("ProjectLimit", \.projectLimit, .omit), .init("IsFiltered", \.isFiltered),
        .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A release and where it is deployed.
public struct ReleaseProgress: WireModel {
    /// The release.
    public var release: Release = Release()
    /// Its channel.
    public var channel: Channel?
    /// Its deployments by environment.
    public var deployments: [String: [DashboardItem]] = [:]
    /// Environments that it may go to next.
    public var nextDeployments: [String] = []
    /// It may not go further.
    public var hasUnresolvedDefect: Bool = false
    /// How long it is kept.
    public var releaseRetentionPeriod: RetentionPeriod?
    /// How long its packages stay on targets.
    public var tentacleRetentionPeriod: RetentionPeriod?

    /// The fields in the order they are written.
    public static let fields: [WireField<ReleaseProgress>] = [
        .init("Release", \.release), .init("Channel", \.channel), .init("Deployments", \.deployments),
        .init("NextDeployments", \.nextDeployments), .init("HasUnresolvedDefect", \.hasUnresolvedDefect),
        .init("ReleaseRetentionPeriod", \.releaseRetentionPeriod, .omit),
        .init("TentacleRetentionPeriod", \.tentacleRetentionPeriod, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The answer of `GET progression/{project}`: releases with their deployments.
public struct Progression: WireModel {
    /// The environments.
    public var environments: [NamedReference] = []
    /// Environments by channel.
    public var channelEnvironments: [String: [NamedReference]] = [:]
    /// Newest first.
    public var releases: [ReleaseProgress] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Progression>] = [
        .init("Environments", \.environments), .init("ChannelEnvironments", \.channelEnvironments),
        .init("Releases", \.releases), .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
