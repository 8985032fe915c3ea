import Core

/// The version of a tentacle.
public struct TentacleVersion: WireModel {
    /// The version.
    public var version: String?
    /// Not upgraded by the server.
    public var upgradeLocked: Bool = false
    /// A newer one is better.
    public var upgradeSuggested: Bool = false
    /// A newer one is needed.
    public var upgradeRequired: Bool = false
    /// A newer one is there.
    public var upgradeAvailable: Bool = false

    /// The fields in the order they are written.
    public static let fields: [WireField<TentacleVersion>] = [
        .init("Version", \.version), .init("UpgradeLocked", \.upgradeLocked),
        .init("UpgradeSuggested", \.upgradeSuggested), .init("UpgradeRequired", \.upgradeRequired),
        .init("UpgradeAvailable", \.upgradeAvailable),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How a target is reached; which fields count depends on the style.
public struct Endpoint: WireResource {
    /// No identity.
    public var id: String = ""
    /// Ssh, None (cloud region), TentaclePassive, TentacleActive and others.
    public var communicationStyle: CommunicationStyle = .none
    /// Ssh: the account that logs in.
    public var accountId: String?
    /// Ssh: name or address.
    public var host: String?
    /// Ssh: the port.
    public var port: Int?
    /// Ssh: the host key's fingerprint.
    public var fingerprint: String?
    /// Ssh: such as linux-x64; empty is mono.
    public var dotNetCorePlatform: String?
    /// Ssh: `ssh://host:port/`; tentacles: https or poll.
    public var uri: String?
    /// A proxy on the way.
    public var proxyId: String?
    /// Tentacles: of the certificate.
    public var thumbprint: String?
    /// Tentacles: the version.
    public var tentacleVersionDetails: TentacleVersion?
    /// Tentacles: such as sha256RSA.
    public var certificateSignatureAlgorithm: String?
    /// None: where its steps run.
    public var defaultWorkerPoolId: String?
    /// Always null.
    public var lastModifiedOn: String?
    /// Always null.
    public var lastModifiedBy: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Endpoint>] = [
        .init("Id", \.id, .omit), .init("CommunicationStyle", \.communicationStyle),
        .init("AccountId", \.accountId, .omit), .init("Host", \.host, .omit), .init("Port", \.port, .omit),
        .init("Fingerprint", \.fingerprint, .omit), .init("DotNetCorePlatform", \.dotNetCorePlatform, .omit),
        .init("Uri", \.uri), .init("ProxyId", \.proxyId), .init("Thumbprint", \.thumbprint),
        .init("TentacleVersionDetails", \.tentacleVersionDetails, .omit),
        .init("CertificateSignatureAlgorithm", \.certificateSignatureAlgorithm, .omit),
        .init("DefaultWorkerPoolId", \.defaultWorkerPoolId, .omit), .init("LastModifiedOn", \.lastModifiedOn),
        .init("LastModifiedBy", \.lastModifiedBy), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A deployment target.
public struct Machine: NamedResource {
    /// Such as `Machines-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The name in addresses.
    public var slug: String?
    /// Its environments.
    public var environmentIds: [String] = []
    /// Its target tags.
    public var roles: [String] = []
    /// Untenanted, TenantedOrUntenanted or Tenanted.
    public var tenantedDeploymentParticipation: String = "Untenanted"
    /// Its tenants.
    public var tenantIds: [String] = []
    /// Tags of tenants.
    public var tenantTags: [String] = []
    /// Takes no part in deployments.
    public var isDisabled: Bool = false
    /// The policy; null is the default one.
    public var machinePolicyId: String?
    /// How it is reached.
    public var endpoint: Endpoint = Endpoint()
    /// Tentacles: of the certificate.
    public var thumbprint: String?
    /// The endpoint's address.
    public var uri: String?
    /// What the last health check found.
    public var healthStatus: HealthStatus = .unknown
    /// The same in a sentence.
    public var statusSummary: String?
    /// The helper on the target is the newest.
    public var hasLatestCalamari: Bool = false
    /// A task is working on it.
    public var isInProcess: Bool = false
    /// It is not checked when it is registered.
    public var skipInitialHealthCheck: Bool = false
    /// Such as Debian GNU/Linux 12.
    public var operatingSystem: String?
    /// Such as Bash.
    public var shellName: String?
    /// The shell's version.
    public var shellVersion: String?
    /// Such as x86_64.
    public var architecture: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Machine>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Slug", \.slug, .omit), .init("EnvironmentIds", \.environmentIds), .init("Roles", \.roles),
        .init("TenantedDeploymentParticipation", \.tenantedDeploymentParticipation), .init("TenantIds", \.tenantIds),
        .init("TenantTags", \.tenantTags), .init("IsDisabled", \.isDisabled),
        .init("MachinePolicyId", \.machinePolicyId), .init("Endpoint", \.endpoint), .init("Thumbprint", \.thumbprint),
        .init("Uri", \.uri), .init("HealthStatus", \.healthStatus), .init("StatusSummary", \.statusSummary),
        .init("HasLatestCalamari", \.hasLatestCalamari), .init("IsInProcess", \.isInProcess),
        .init("SkipInitialHealthCheck", \.skipInitialHealthCheck), .init("OperatingSystem", \.operatingSystem),
        .init("ShellName", \.shellName), .init("ShellVersion", \.shellVersion), .init("Architecture", \.architecture),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What the last health check of a target said.
public struct MachineConnection: WireResource {
    /// No identity.
    public var id: String = ""
    /// The target.
    public var machineId: String = ""
    /// Such as Online.
    public var status: String = ""
    /// When, ISO 8601.
    public var lastChecked: String?
    /// Of tentacles.
    public var currentTentacleVersion: String?
    /// Its lines.
    public var logs: [ActivityLogElement] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<MachineConnection>] = [
        .init("Id", \.id, .omit), .init("MachineId", \.machineId), .init("Status", \.status),
        .init("LastChecked", \.lastChecked), .init("CurrentTentacleVersion", \.currentTentacleVersion),
        .init("Logs", \.logs), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
