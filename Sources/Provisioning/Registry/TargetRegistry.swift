import Core

/// A deployment target that nante registers.
public struct Target: Sendable, Hashable {
    /// Its name, that of the host.
    public var name: String
    /// Its address.
    public var host: String
    /// The port of its SSH server.
    public var port: Int
    /// Fingerprint of its host key, "SHA256:…".
    public var fingerprint: String
    /// Its target tags, sorted.
    public var roles: [String]

    /// A target.
    public init(name: String, host: String, port: Int = 22, fingerprint: String, roles: [String]) {
        self.name = name
        self.host = host
        self.port = port
        self.fingerprint = fingerprint
        self.roles = roles.sorted()
    }

    /// What differs from another, in words.
    func differences(from wanted: Target) -> [String] {
        var lines: [String] = []
        if host != wanted.host || port != wanted.port {
            lines.append("address \(host):\(port) becomes \(wanted.host):\(wanted.port)")
        }
        if fingerprint != wanted.fingerprint { lines.append("host key") }
        if roles != wanted.roles {
            lines.append("roles \(roles.joined(separator: ",")) become \(wanted.roles.joined(separator: ","))")
        }
        return lines
    }
}

/// The key that deployments log in with.
public struct DeployKey: Sendable, Hashable {
    /// The user.
    public var user: String
    /// The private key's text; a secret.
    public var privateKey: String
    /// The public key's line.
    public var publicKey: String
    /// Fingerprint of the key, which tells whether the registry has this one.
    public var fingerprint: String

    /// A key.
    public init(user: String, privateKey: String, publicKey: String, fingerprint: String) {
        self.user = user
        self.privateKey = privateKey
        self.publicKey = publicKey
        self.fingerprint = fingerprint
    }
}

/// What the registry has of an environment.
public struct RegistryState: Sendable, Hashable {
    /// How the account for deployments stands.
    public enum Account: String, Sendable, Hashable { case missing, otherKey, current }
    /// The environment is there.
    public var hasEnvironment: Bool
    /// How the account for deployments stands.
    public var account: Account
    /// The targets that nante registered in the environment: those of its account.
    public var targets: [Target]
    /// Names of targets that are somebody else's, in this environment or another.
    public var foreign: Set<String>

    /// A state.
    public init(hasEnvironment: Bool, account: Account, targets: [Target], foreign: Set<String>) {
        self.hasEnvironment = hasEnvironment
        self.account = account
        self.targets = targets
        self.foreign = foreign
    }
}

/// Where deployment targets are registered.
///
/// Every call may be repeated after it was cut off.
public protocol TargetRegistry: Sendable {
    /// What it has of an environment.
    func state(environment: String, key: DeployKey) async throws -> RegistryState
    /// Makes environment and account where they are missing, and gives the account the key.
    func prepare(environment: String, key: DeployKey) async throws
    /// Registers a target, or brings it to this.
    func register(_ target: Target, environment: String) async throws
    /// Takes a target away; one that is not there is fine.
    func remove(_ name: String, environment: String) async throws
}
