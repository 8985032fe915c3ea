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
    /// The user that configures it: root, or one that may become root by sudo.
    public var user = "root"
    /// Its id in Proxmox VE; nil where it was made otherwise.
    public var vmid: Int?
    /// It may not be removed.
    public var isProtected = false

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

/// The hosts that are there, and what would become of those that are wanted.
public struct HostSurvey: Sendable {
    /// All hosts that the maker knows, also those of others.
    public var hosts: [MadeHost]
    /// What the maker would do to each host; nil where it can't tell, and the planner compares by itself.
    public var changes: [String: MachineChange]?

    /// A survey.
    public init(hosts: [MadeHost], changes: [String: MachineChange]? = nil) {
        self.hosts = hosts
        self.changes = changes
    }
}

/// Makes and removes the hosts of one environment.
///
/// Every call may be repeated after it was cut off.
public protocol HostMaker: Sendable {
    /// All hosts that it knows, also those of others.
    func hosts() async throws -> [MadeHost]
    /// All hosts, and what would become of them.
    func survey(_ wanted: [DesiredHost]) async throws -> HostSurvey
    /// Makes hosts, starts those that do not run and changes those that are to be other, all at once.
    ///
    /// - Parameters:
    ///   - all: every host of the environment that is wanted, also those that stay as they are.
    ///   - replacing: names of hosts that may be destroyed and made anew.
    /// - Returns: the hosts, in the order of the wishes, each reachable over SSH.
    func make(
        _ wishes: [DesiredHost], of all: [DesiredHost], replacing: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost]
    /// Removes hosts with all that is on them; one that is not there is fine.
    ///
    /// - Parameter keeping: the hosts that stay.
    func remove(_ names: [String], keeping: [DesiredHost]) async throws
    /// What is kept of the environment beside its hosts, and goes with the last of them.
    func leftovers() async throws -> [String]
    /// A client that logs into a host, as root or as one that may become root by sudo.
    func root(of host: MadeHost) throws -> SSHClient
    /// Holds the environment for one apply; another one waits, and says for whom.
    func lock(_ environment: String, waiting: @escaping @Sendable (String) -> Void) async throws -> any Sendable
}

extension HostMaker {
    /// The hosts; what differs is for the planner to see.
    public func survey(_ wanted: [DesiredHost]) async throws -> HostSurvey { HostSurvey(hosts: try await hosts()) }
    /// Nothing.
    public func leftovers() async throws -> [String] { [] }
}
