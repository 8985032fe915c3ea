import Core
import SSH

/// A host that a maker has.
public struct MadeHost: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its address.
    public var address: String
    /// Its public host key (type and base64), known without asking the host.
    public var hostKey: String
    /// It runs.
    public var isRunning: Bool
    /// Processor cores.
    public var cores: Int
    /// Memory in MiB.
    public var memory: Int
    /// Target tags.
    public var targets: [String]
    /// It belongs to this environment of this repository.
    public var isOurs: Bool
    /// Whom it belongs to, for people.
    public var owner: String

    /// A host.
    public init(
        name: String, address: String, hostKey: String, isRunning: Bool, cores: Int, memory: Int, targets: [String],
        isOurs: Bool, owner: String
    ) {
        self.name = name
        self.address = address
        self.hostKey = hostKey
        self.isRunning = isRunning
        self.cores = cores
        self.memory = memory
        self.targets = targets
        self.isOurs = isOurs
        self.owner = owner
    }
}

/// Makes and removes the hosts of one environment: the lab on this machine, later Terraform.
///
/// Every call may be repeated after it was cut off.
public protocol HostMaker: Sendable {
    /// All hosts that it knows, also those of others.
    func hosts() async throws -> [MadeHost]
    /// Makes hosts, starts those that do not run and changes those that are to be other, all at once.
    ///
    /// - Returns: the hosts, in the order of the wishes, each reachable over SSH.
    func make(_ wishes: [DesiredHost], tell: @escaping @Sendable (String) -> Void) async throws -> [MadeHost]
    /// Removes hosts with all that is on them; one that is not there is fine.
    func remove(_ names: [String]) async throws
    /// A client that logs into a host as root.
    func root(of host: MadeHost) throws -> SSHClient
    /// Holds the environment for one apply; another one waits, and says for whom.
    func lock(_ environment: String, waiting: @escaping @Sendable (String) -> Void) async throws -> any Sendable
}
