import Core
import Synchronization
import Terraform

/// The workspace of an environment in the real terraform.
///
/// A plan is kept from the survey to the apply, where nothing else was asked in between: terraform itself refuses it
/// when the state moved on.
public final class TerraformMachines: MachineStack {
    private struct Kept {
        var variables: JSONValue
        var isDestroy: Bool
        var stack: TerraformStack
        var plan: TerraformPlan
    }
    private let make: @Sendable (JSONValue) async throws -> TerraformStack
    private let folder: String
    private let context: Context
    private let kept = Mutex<Kept?>(nil)

    /// A workspace.
    ///
    /// - Parameters:
    ///   - folder: the folder of the workspace.
    ///   - make: gives the workspace for some variables; its folder's lock goes with the value.
    public init(folder: String, context: Context, make: @escaping @Sendable (JSONValue) async throws -> TerraformStack)
    {
        self.folder = folder
        self.context = context
        self.make = make
    }

    /// Plans, or gives the plan of the same question again.
    public func plan(_ variables: JSONValue, destroy: Bool) async throws -> MachinePlan {
        let same = kept.withLock { kept -> TerraformPlan? in
            guard kept?.variables == variables, kept?.isDestroy == destroy else { return nil }
            return kept?.plan
        }
        if let same { return TerraformMachines.machines(same) }
        // The folder's lock is let go before it is taken anew.
        kept.withLock { $0 = nil }
        let stack = try await make(variables)
        let plan = try await stack.plan(destroy: destroy)
        kept.withLock { $0 = Kept(variables: variables, isDestroy: destroy, stack: stack, plan: plan) }
        return TerraformMachines.machines(plan)
    }

    /// Does what was planned last.
    public func apply(_ plan: MachinePlan, tell: @escaping @Sendable (String) -> Void) async throws {
        guard let current = kept.withLock({ $0 }), TerraformMachines.machines(current.plan) == plan else {
            throw Failure(.failed, "this is not the plan that was made last", next: ["run it again"])
        }
        defer { kept.withLock { $0 = nil } }
        try await current.stack.apply(current.plan)
    }

    /// The hosts in the state, as the output `inventory` tells.
    public func machines() async throws -> [String: StateMachine] {
        kept.withLock { $0 = nil }
        let state = try await make(.null).state()
        var machines: [String: StateMachine] = [:]
        for machine in KnownMachines(state).machines {
            guard let address = IPv4Address(machine.address) else { continue }
            machines[machine.key] = StateMachine(
                address: address, vmid: machine.vmID, kind: machine.kind.rawValue)
        }
        return machines
    }

    /// Removes the folder of the workspace.
    public func forget() async throws {
        try context.files.remove(folder)
        kept.withLock { $0 = nil }
    }

    /// What a plan does to each host; a host that changes its kind goes as one resource and comes as another.
    static func machines(_ plan: TerraformPlan) -> MachinePlan {
        var changes: [String: MachineChange] = [:]
        for change in plan.changes {
            guard change.isMachine, let key = change.key, let action = action(change.action) else { continue }
            let other = changes[key]
            if let other, other.action != action {
                changes[key] = MachineChange(.replace, other.details + change.words)
            } else {
                changes[key] = MachineChange(action, (other?.details ?? []) + change.words)
            }
        }
        return MachinePlan(changes: changes, isEmpty: plan.isEmpty)
    }

    private static func action(_ action: TerraformAction) -> MachineChange.Action? {
        switch action {
        case .create: .create
        case .update: .change
        case .replace: .replace
        case .delete: .remove
        case .read, .forget, .noop: nil
        }
    }
}
