import Core
import Terraform

/// A guest of the cluster, ours or another's.
public struct ClusterGuest: Sendable, Hashable {
    /// Its id.
    public var id: Int
    /// What it is.
    public var kind: MachineKind
    /// Its name.
    public var name: String
    /// The node that it is on.
    public var node: String
    /// It runs.
    public var isRunning: Bool
    /// Processor cores.
    public var cores: Int
    /// Memory in MiB.
    public var memory: Int
    /// Its tags.
    public var tags: [String]

    /// A guest.
    public init(
        id: Int, kind: MachineKind, name: String, node: String, isRunning: Bool, cores: Int, memory: Int,
        tags: [String]
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.node = node
        self.isRunning = isRunning
        self.cores = cores
        self.memory = memory
        self.tags = tags
    }

    /// For people: "VM 104 db on pmx".
    public var text: String { "\(kind == .vm ? "VM" : "container") \(id) \(name) on \(node)" }
}

/// What a guest is set to.
public struct GuestSettings: Sendable, Hashable {
    /// Its fixed addresses.
    public var addresses: [IPv4Address]
    /// It can't be removed.
    public var isProtected: Bool
    /// All settings as text, the same for the same settings.
    public var text: String

    /// Settings.
    public init(addresses: [IPv4Address], isProtected: Bool, text: String) {
        self.addresses = addresses
        self.isProtected = isProtected
        self.text = text
    }
}

/// The cluster that machines are made in, asked directly: what terraform's state says may be old.
public protocol MachineCluster: Sendable {
    /// All guests, also those of others.
    func guests() async throws -> [ClusterGuest]
    /// What a guest is set to; nil where it is gone meanwhile.
    func settings(of guest: ClusterGuest) async throws -> GuestSettings?
    /// Starts a guest that does not run, and waits until it does.
    func start(_ guest: ClusterGuest) async throws
}
