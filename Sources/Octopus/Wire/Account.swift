import Core

/// Credentials; which fields count depends on the kind.
public struct Account: NamedResource {
    /// Such as `Accounts-1`, or `sshkeypair-name` on older servers.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The name in addresses.
    public var slug: String?
    /// For people.
    public var description: String?
    /// SshKeyPair, UsernamePassword, Token and others.
    public var accountType: String = ""
    /// Only there; empty is everywhere.
    public var environmentIds: [String] = []
    /// Untenanted, TenantedOrUntenanted or Tenanted.
    public var tenantedDeploymentParticipation: String = "Untenanted"
    /// Its tenants.
    public var tenantIds: [String] = []
    /// Tags of tenants.
    public var tenantTags: [String] = []
    /// SshKeyPair, UsernamePassword: who logs in.
    public var username: String?
    /// UsernamePassword: the password.
    public var password: SensitiveValue?
    /// SshKeyPair: base64 of the key file's bytes.
    public var privateKeyFile: SensitiveValue?
    /// SshKeyPair: the key's passphrase.
    public var privateKeyPassphrase: SensitiveValue?
    /// Token: the token.
    public var token: SensitiveValue?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Account>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Slug", \.slug, .omit), .init("Description", \.description), .init("AccountType", \.accountType),
        .init("EnvironmentIds", \.environmentIds),
        .init("TenantedDeploymentParticipation", \.tenantedDeploymentParticipation), .init("TenantIds", \.tenantIds),
        .init("TenantTags", \.tenantTags), .init("Username", \.username, .omit), .init("Password", \.password, .omit),
        .init("PrivateKeyFile", \.privateKeyFile, .omit),
        .init("PrivateKeyPassphrase", \.privateKeyPassphrase, .omit), .init("Token", \.token, .omit),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
