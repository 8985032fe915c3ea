import Core

/// What terraform would do to one host.
public struct MachineChange: Sendable, Hashable {
    /// What becomes of it.
    public enum Action: String, Sendable, Hashable { case create, change, replace, remove }
    /// What becomes of it.
    public var action: Action
    /// What differs, in words.
    public var details: [String]

    /// A change.
    public init(_ action: Action, _ details: [String] = []) {
        self.action = action
        self.details = details
    }
}

/// What terraform would do to the hosts of an environment.
public struct MachinePlan: Sendable, Hashable {
    /// By host; those that stay as they are are left out.
    public var changes: [String: MachineChange]
    /// Nothing at all would change, outputs included.
    public var isEmpty: Bool

    /// A plan.
    public init(changes: [String: MachineChange], isEmpty: Bool) {
        self.changes = changes
        self.isEmpty = isEmpty
    }
}

/// A host as the state of terraform has it.
public struct StateMachine: Sendable, Hashable {
    /// Its address.
    public var address: IPv4Address
    /// Its id.
    public var vmid: Int
    /// What it is, `vm` or `lxc`.
    public var kind: String

    /// A host.
    public init(address: IPv4Address, vmid: Int, kind: String) {
        self.address = address
        self.vmid = vmid
        self.kind = kind
    }
}

/// The workspace of an environment in terraform.
public protocol MachineStack: Sendable {
    /// Plans and keeps the plan; what a killed run left is taken up first.
    func plan(_ variables: JSONValue, destroy: Bool) async throws -> MachinePlan
    /// Does what was planned last, which is this plan.
    func apply(_ plan: MachinePlan, tell: @escaping @Sendable (String) -> Void) async throws
    /// The hosts in the state, by name.
    func machines() async throws -> [String: StateMachine]
    /// Removes the folder of the workspace, once all that it had is gone.
    func forget() async throws
}
