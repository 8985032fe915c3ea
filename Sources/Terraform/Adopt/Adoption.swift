import Core
import OrderedCollections

/// Takes the machines of today's library over: the old addresses are forgotten, the new ones imported.
///
/// Everything happens in a trial workspace with a state of its own; the store's state is exchanged in one step at the
/// end. Cut off anywhere before, the old state is as it was, and all of it can be done again.
public struct Adoption: Sendable {
    /// What the trial's name adds to the application's.
    public static let trialSuffix = ".adopt"
    /// What is taken over.
    public let today: TodayState
    let trial: TerraformStack
    let real: TerraformStack
    let context: Context

    /// An adoption.
    ///
    /// - Parameters:
    ///   - trial: a workspace without a store, made by `trialProgram` and with the variables of `today`.
    ///   - real: the workspace of the application.
    public init(_ today: TodayState, trial: TerraformStack, real: TerraformStack, context: Context) {
        self.today = today
        self.trial = trial
        self.real = real
        self.context = context
    }

    /// The configuration of the trial: that of nante, with import blocks.
    public static func trialProgram(_ today: TodayState, of program: TerraformProgram = .embedded) -> TerraformProgram {
        program.adding("adopt.tf", today.imports)
    }

    /// Plans; nothing is changed.
    public func plan() async throws -> TerraformPlan {
        // What an earlier trial left would be taken for imported.
        try context.files.remove(trial.folder)
        return try await trial.plan()
    }

    /// Why the plan must not be applied; nil where it may.
    ///
    /// Nothing that exists is destroyed or made anew, nothing new is made, and every machine is imported.
    public static func refusal(of plan: TerraformPlan, for today: TodayState) -> Failure? {
        let bad = plan.resources.filter { $0.action.isDestructive || $0.action == .create }
        guard !bad.isEmpty else { return nil }
        let details = bad.prefix(8).map { change in
            let why = change.action == .create ? "it is not there" : change.because
            return Failure.Detail(change.action.rawValue, "\(change.machineName ?? change.address): \(why)")
        }
        let paths = Set(bad.flatMap(\.replacePaths))
        return Failure(
            .refused, "\(today.app) is not adopted, since the plan would destroy, replace or make a machine",
            details: details, next: hints(paths))
    }

    /// Which variable keeps a machine from being replaced.
    static func hints(_ paths: Set<String>) -> [String] {
        let known: KeyValuePairs<String, String> = [
            "node_name": "--var proxmox_target_node=NODE", "unprivileged": "--var lxc_unprivileged=true|false",
            "disk[0].datastore_id": "--var proxmox_storage=STORAGE", "disk[0].size": "--var vm_disk_gb=SIZE (as it is)",
            "features[0].nesting": "--var lxc_nesting=true|false", "initialization[0].hostname": "--var hostnames=…",
        ]
        let found = known.filter { entry in paths.contains { $0.hasPrefix(entry.key) } }.map(\.value)
        return found.isEmpty ? ["nante proxmox vms", "nante terraform adopt … --var NAME=VALUE"] : found
    }

    /// Does it: imports into the trial's state, keeps the old state, exchanges it for the new one.
    ///
    /// - Returns: where the old state is kept.
    public func apply(_ plan: TerraformPlan) async throws -> String {
        try await trial.apply(plan)
        let backup = real.path("backup/\(today.app)-serial-\(today.state.serial).tfstate")
        try context.files.write(today.state.document.text(indent: 2) + "\n", to: backup, mode: 0o600)
        try await real.prepare()
        let current = try await real.state()
        let isOld = current.lineage == today.state.lineage && current.serial == today.state.serial
        guard isOld || current.resources.isEmpty else {
            throw Failure(
                .refused, "the state of \(today.app) is another one by now", why: "its serial is \(current.serial)",
                next: ["nante terraform adopt --app \(today.app)"])
        }
        let adopted = try Adoption.adopted(from: try await trial.state(), over: isOld ? today.state : current)
        let file = "adopted.tfstate"
        try context.files.write(adopted.text() + "\n", to: real.path(file), mode: 0o600)
        try await real.push(file)
        try context.files.remove(real.path(file))
        try context.files.remove(trial.folder)
        return backup
    }

    /// The trial's state as the successor of another.
    static func adopted(from trial: TerraformState, over old: TerraformState) throws -> JSONValue {
        guard var members = trial.document.object, !trial.resources.isEmpty else {
            throw Failure(.failed, "nothing was imported", why: "the trial's state is empty")
        }
        if !old.lineage.isEmpty { members["lineage"] = .string(old.lineage) }
        members["serial"] = .number(Double(max(old.serial, 0) + 1))
        return .object(members)
    }
}
