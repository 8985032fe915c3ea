import Core

/// A deployment of a release to an environment.
public struct Deployment: WireResource {
    /// Such as `Deployments-1`.
    public var id: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The release.
    public var releaseId: String = ""
    /// The environment.
    public var environmentId: String = ""
    /// The channel.
    public var channelId: String?
    /// The project.
    public var projectId: String = ""
    /// The tenant.
    public var tenantId: String?
    /// The task that does it.
    public var taskId: String = ""
    /// Such as "Deploy to dev".
    public var name: String = ""
    /// For people.
    public var comments: String?
    /// When it was asked for, ISO 8601.
    public var created: String?
    /// Who asked.
    public var deployedBy: String?
    /// Who asked.
    public var deployedById: String?
    /// The process as it was.
    public var deploymentProcessId: String?
    /// The variables as they are.
    public var manifestVariableSetId: String?
    /// Values of prompted variables by the variables' ids.
    public var formValues: [String: String] = [:]
    /// Ids of actions to skip.
    public var skipActions: [String] = []
    /// Only these targets; empty is all.
    public var specificMachineIds: [String] = []
    /// Not these targets.
    public var excludedMachineIds: [String] = []
    /// The targets that it went to.
    public var deployedToMachineIds: [String] = []
    /// Packages are fetched anew.
    public var forcePackageDownload: Bool = false
    /// Packages that a target has are installed again.
    public var forcePackageRedeployment: Bool = false
    /// A failing step asks a person.
    public var useGuidedFailure: Bool = false
    /// Some step failed.
    public var failureEncountered: Bool = false
    /// When to start, ISO 8601.
    public var queueTime: String?
    /// When not to start any more, ISO 8601.
    public var queueTimeExpiry: String?
    /// Releases since the last deployment.
    public var changes: [JSONValue] = []
    /// The same for people.
    public var changesMarkdown: String?
    /// Such as LifecycleDefault.
    public var priority: String?
    /// How long the packages stay on the targets.
    public var tentacleRetentionPeriod: RetentionPeriod?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Deployment>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId, .omit), .init("ReleaseId", \.releaseId),
        .init("EnvironmentId", \.environmentId), .init("ChannelId", \.channelId, .omit),
        .init("ProjectId", \.projectId, .omit), .init("TenantId", \.tenantId), .init("TaskId", \.taskId, .omit),
        .init("Name", \.name, .omit), .init("Comments", \.comments), .init("Created", \.created, .omit),
        .init("DeployedBy", \.deployedBy, .omit), .init("DeployedById", \.deployedById, .omit),
        .init("DeploymentProcessId", \.deploymentProcessId, .omit),
        .init("ManifestVariableSetId", \.manifestVariableSetId), .init("FormValues", \.formValues),
        .init("SkipActions", \.skipActions), .init("SpecificMachineIds", \.specificMachineIds),
        .init("ExcludedMachineIds", \.excludedMachineIds), .init("DeployedToMachineIds", \.deployedToMachineIds),
        .init("ForcePackageDownload", \.forcePackageDownload),
        .init("ForcePackageRedeployment", \.forcePackageRedeployment), .init("UseGuidedFailure", \.useGuidedFailure),
        .init("FailureEncountered", \.failureEncountered), .init("QueueTime", \.queueTime),
        .init("QueueTimeExpiry", \.queueTimeExpiry), .init("Changes", \.changes),
        .init("ChangesMarkdown", \.changesMarkdown), .init("Priority", \.priority, .omit),
        .init("TentacleRetentionPeriod", \.tentacleRetentionPeriod, .omit), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The body of `POST deployments/create/untenanted/v1`.
public struct CreateDeploymentCommand: WireModel {
    /// The space.
    public var spaceId: String = ""
    /// The space again.
    public var spaceIdOrName: String = ""
    /// Name, id or slug.
    public var projectName: String = ""
    /// The release's version.
    public var releaseVersion: String = ""
    /// Names of environments.
    public var environmentNames: [String] = []
    /// Packages that a target has are installed again.
    public var forcePackageRedeployment: Bool = false
    /// The variables are fixed anew first.
    public var updateVariableSnapshot: Bool = false
    /// Packages are fetched anew.
    public var forcePackageDownload: Bool = false
    /// Only these targets.
    public var specificMachineNames: [String] = []
    /// Not these targets.
    public var excludedMachineNames: [String] = []
    /// Steps to skip.
    public var skipStepNames: [String] = []
    /// A failing step asks a person.
    public var useGuidedFailure: Bool?
    /// When to start, ISO 8601.
    public var runAt: String?
    /// When not to start any more, ISO 8601.
    public var noRunAfter: String?
    /// Values of prompted variables by name.
    public var variables: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<CreateDeploymentCommand>] = [
        .init("spaceId", \.spaceId), .init("spaceIdOrName", \.spaceIdOrName), .init("projectName", \.projectName),
        .init("releaseVersion", \.releaseVersion), .init("environmentNames", \.environmentNames),
        .init("forcePackageRedeployment", \.forcePackageRedeployment),
        .init("updateVariableSnapshot", \.updateVariableSnapshot),
        .init("forcePackageDownload", \.forcePackageDownload),
        .init("specificMachineNames", \.specificMachineNames, .omit),
        .init("excludedMachineNames", \.excludedMachineNames, .omit), .init("skipStepNames", \.skipStepNames, .omit),
        .init("useGuidedFailure", \.useGuidedFailure, .omit), .init("runAt", \.runAt, .omit),
        .init("noRunAfter", \.noRunAfter, .omit), .init("variables", \.variables, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A deployment and its task.
public struct DeploymentServerTask: WireModel {
    /// The deployment.
    public var deploymentId: String = ""
    /// The task.
    public var serverTaskId: String = ""

    /// The fields in the order they are written.
    public static let fields: [WireField<DeploymentServerTask>] = [
        .init("DeploymentId", \.deploymentId), .init("ServerTaskId", \.serverTaskId),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The answer of `POST deployments/create/untenanted/v1`.
public struct CreateDeploymentAnswer: WireModel {
    /// One an environment.
    public var deploymentServerTasks: [DeploymentServerTask] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<CreateDeploymentAnswer>] = [
        .init("DeploymentServerTasks", \.deploymentServerTasks)
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A deployment in a phase with its task.
public struct PhaseDeployment: WireModel {
    /// The task.
    public var task: ServerTask?
    /// The deployment.
    public var deployment: Deployment?

    /// The fields in the order they are written.
    public static let fields: [WireField<PhaseDeployment>] = [
        .init("Task", \.task), .init("Deployment", \.deployment),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How far a release is in a phase.
public struct PhaseProgression: WireResource {
    /// The phase.
    public var id: String = ""
    /// Its name.
    public var name: String = ""
    /// An earlier phase holds it back.
    public var blocked: Bool = false
    /// Pending, Current or Complete.
    public var progress: String = "Pending"
    /// The deployments.
    public var deployments: [PhaseDeployment] = []
    /// Environments that a release is deployed to by itself.
    public var automaticDeploymentTargets: [String] = []
    /// Environments that a release may be deployed to.
    public var optionalDeploymentTargets: [String] = []
    /// How many must have succeeded.
    public var minimumEnvironmentsBeforePromotion: Int = 0
    /// The phase may be passed over.
    public var isOptionalPhase: Bool = false

    /// The fields in the order they are written.
    public static let fields: [WireField<PhaseProgression>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Blocked", \.blocked), .init("Progress", \.progress),
        .init("Deployments", \.deployments), .init("AutomaticDeploymentTargets", \.automaticDeploymentTargets),
        .init("OptionalDeploymentTargets", \.optionalDeploymentTargets),
        .init("MinimumEnvironmentsBeforePromotion", \.minimumEnvironmentsBeforePromotion),
        .init("IsOptionalPhase", \.isOptionalPhase),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How far a release is on its way: `GET releases/{id}/progression`.
public struct ReleaseLifecycleProgress: WireModel {
    /// In order.
    public var phases: [PhaseProgression] = []
    /// Environments that it may go to next.
    public var nextDeployments: [String] = []
    /// How many of those are needed.
    public var nextDeploymentsMinimumRequired: Int = 0
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<ReleaseLifecycleProgress>] = [
        .init("Phases", \.phases), .init("NextDeployments", \.nextDeployments),
        .init("NextDeploymentsMinimumRequired", \.nextDeploymentsMinimumRequired), .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
