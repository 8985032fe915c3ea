import Core

/// A script of a health check.
public struct ScriptPolicy: WireModel {
    /// InheritFromDefault, Inline or OnlyConnectivity.
    public var runType: String = "InheritFromDefault"
    /// The script.
    public var scriptBody: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<ScriptPolicy>] = [
        .init("RunType", \.runType), .init("ScriptBody", \.scriptBody),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How and how often targets are checked.
public struct HealthCheckPolicy: WireModel {
    /// RunScript or OnlyConnectivity.
    public var healthCheckType: String = "RunScript"
    /// A time span.
    public var healthCheckInterval: String? = "01:00:00"
    /// Instead of the interval.
    public var healthCheckCron: String?
    /// Of the cron expression.
    public var healthCheckCronTimezone: String? = "UTC"
    /// On Linux.
    public var bashHealthCheckPolicy: ScriptPolicy = ScriptPolicy()
    /// On Windows.
    public var powerShellHealthCheckPolicy: ScriptPolicy = ScriptPolicy()

    /// The fields in the order they are written.
    public static let fields: [WireField<HealthCheckPolicy>] = [
        .init("HealthCheckType", \.healthCheckType), .init("HealthCheckInterval", \.healthCheckInterval),
        .init("HealthCheckCron", \.healthCheckCron), .init("HealthCheckCronTimezone", \.healthCheckCronTimezone),
        .init("BashHealthCheckPolicy", \.bashHealthCheckPolicy),
        .init("PowerShellHealthCheckPolicy", \.powerShellHealthCheckPolicy),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What an unreachable target means to a health check.
public struct ConnectivityBehavior: WireModel {
    /// ExpectedToBeOnline or MayBeOfflineAndCanBeSkipped.
    public var machineConnectivityBehavior: String = "ExpectedToBeOnline"

    /// The fields in the order they are written.
    public static let fields: [WireField<ConnectivityBehavior>] = [
        .init("MachineConnectivityBehavior", \.machineConnectivityBehavior)
    ]

    /// All fields at their defaults.
    public init() {}
}

/// Whether unreachable targets are removed.
public struct CleanupPolicy: WireModel {
    /// DoNotDelete or DeleteUnavailableMachines.
    public var deleteMachinesBehavior: String = "DoNotDelete"
    /// After how long.
    public var deleteMachinesElapsedTimeSpan: String? = "00:00:00"

    /// The fields in the order they are written.
    public static let fields: [WireField<CleanupPolicy>] = [
        .init("DeleteMachinesBehavior", \.deleteMachinesBehavior),
        .init("DeleteMachinesElapsedTimeSpan", \.deleteMachinesElapsedTimeSpan),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How helpers on targets are kept new.
public struct UpdatePolicy: WireModel {
    /// UpdateOnDeployment, UpdateOnNewMachine or UpdateAlways.
    public var calamariUpdateBehavior: String = "UpdateOnDeployment"
    /// NeverUpdate or Update.
    public var tentacleUpdateBehavior: String = "NeverUpdate"
    /// The account for that.
    public var tentacleUpdateAccountId: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<UpdatePolicy>] = [
        .init("CalamariUpdateBehavior", \.calamariUpdateBehavior),
        .init("TentacleUpdateBehavior", \.tentacleUpdateBehavior),
        .init("TentacleUpdateAccountId", \.tentacleUpdateAccountId),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How targets are checked, connected to and cleaned up.
public struct MachinePolicy: NamedResource {
    /// Such as `MachinePolicies-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// For people.
    public var description: String?
    /// The policy of targets that name none.
    public var isDefault: Bool = false
    /// The check.
    public var machineHealthCheckPolicy: HealthCheckPolicy = HealthCheckPolicy()
    /// What unreachable means.
    public var machineConnectivityPolicy: ConnectivityBehavior = ConnectivityBehavior()
    /// Removal.
    public var machineCleanupPolicy: CleanupPolicy = CleanupPolicy()
    /// Updates.
    public var machineUpdatePolicy: UpdatePolicy = UpdatePolicy()
    /// A time span.
    public var connectionConnectTimeout: String? = "00:01:00"
    /// How often connecting is tried.
    public var connectionRetryCountLimit: Int = 5
    /// A time span.
    public var connectionRetrySleepInterval: String? = "00:00:01"
    /// A time span.
    public var connectionRetryTimeLimit: String? = "00:05:00"
    /// A time span.
    public var pollingRequestQueueTimeout: String? = "00:02:00"
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<MachinePolicy>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Description", \.description), .init("IsDefault", \.isDefault),
        .init("MachineHealthCheckPolicy", \.machineHealthCheckPolicy),
        .init("MachineConnectivityPolicy", \.machineConnectivityPolicy),
        .init("MachineCleanupPolicy", \.machineCleanupPolicy), .init("MachineUpdatePolicy", \.machineUpdatePolicy),
        .init("ConnectionConnectTimeout", \.connectionConnectTimeout),
        .init("ConnectionRetryCountLimit", \.connectionRetryCountLimit),
        .init("ConnectionRetrySleepInterval", \.connectionRetrySleepInterval),
        .init("ConnectionRetryTimeLimit", \.connectionRetryTimeLimit),
        .init("PollingRequestQueueTimeout", \.pollingRequestQueueTimeout), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
