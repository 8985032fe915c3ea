import Core
import Foundation
import Synchronization

/// An action, a step or a check of a deployment that did not work, in one sentence.
struct ActionFault: Error, Sendable {
    let message: String
}

/// Runs a deployment: its steps in order, each on its machines.
struct DeploymentRun: Sendable {
    let plan: DeploymentPlan
    let log: TaskLog
    let targets: TargetSessions
    let packages: PackageFiles
    let context: Core.Context
    let state = DeploymentState()

    /// What a deployment with a failed step says.
    static let failed = """
        The deployment failed because one or more steps failed. Please see the deployment log for details.
        """
    /// How many machines of a step run at once unless something says otherwise.
    static let parallel = 10

    /// Runs it to its end.
    ///
    /// - Throws: `CancellationError` when it was asked to stop.
    func run() async throws -> TaskOutcome {
        let root = log.node(plan.taskDescription)
        hideSecrets()
        do {
            let machines = try await prepare(root)
            for group in ProcessModel.groups(plan.steps) {
                try await run(group, machines, root)
                try Task.checkCancellation()
            }
        } catch let fault as ActionFault {
            state.fail(fault.message)
            root.write(.fatal, fault.message)
            root.status(.failed)
            return .failed(fault.message)
        }
        guard state.error == nil else {
            root.write(.fatal, DeploymentRun.failed)
            root.status(.failed)
            return .failed(DeploymentRun.failed)
        }
        root.status(log.hasWarnings ? .warned : .success)
        return .success(warnings: log.hasWarnings)
    }

    private func hideSecrets() {
        let all = DeploymentVariables(plan: plan).dictionary()
        for secret in all.secrets { log.hide(secret) }
        for variable in plan.variables where variable.isSensitive { log.hide(variable.value) }
    }

    // MARK: Before the steps

    private func prepare(_ root: LogNode) async throws -> Set<DeploymentMachine> {
        let steps = plan.steps.filter { !plan.actions(of: $0).isEmpty }
        let wanted = Set(steps.flatMap { plan.machines(of: $0) })
        let policy = plan.project.body["ProjectConnectivityPolicy"] ?? .emptyObject
        let roles = Set(steps.flatMap(\.roles)).sorted()
        if wanted.isEmpty, !roles.isEmpty, policy["AllowDeploymentsToNoTargets"]?.bool != true {
            throw ActionFault(
                message: "There are no enabled deployment targets in \(plan.environment.name) with the roles "
                    + roles.joined(separator: ", ") + ".")
        }
        try acquire(steps, root)
        return try await reachable(wanted, policy, root)
    }

    private func acquire(_ steps: [ProcessStep], _ root: LogNode) throws {
        let uses = steps.flatMap { plan.actions(of: $0) }.flatMap { action in action.packages.map { (action, $0) } }
        guard !uses.isEmpty else { return }
        let node = root.child("Acquire packages")
        for (action, use) in uses {
            let key = DeploymentPlan.packageKey(action.name, use.name)
            guard let package = plan.packages[key], packages.exists(package) else {
                node.write(.fatal, "The package \(use.package) of the action \(action.name) is not in the feed.")
                node.status(.failed)
                throw ActionFault(
                    message: "The package \(use.package) that the release selects is not in the built-in feed "
                        + "any more. Upload it again, or make a new release.")
            }
            node.write(.info, "Package \(package.package) version \(package.version) from the built-in feed")
            node.write(.verbose, "SHA256 \(package.sha256), \(package.size) bytes")
        }
        node.status(.success)
    }

    private func reachable(
        _ machines: Set<DeploymentMachine>, _ policy: JSONValue, _ root: LogNode
    ) async throws -> Set<DeploymentMachine> {
        var chosen = machines
        if policy["ExcludeUnhealthyTargets"]?.bool == true {
            for machine in machines where ["Unhealthy", "Unavailable"].contains(machine.health) {
                root.write(.warning, "\(machine.name) is \(machine.health.lowercased()) and is left out.")
                chosen.remove(machine)
            }
        }
        guard policy["SkipMachineBehavior"]?.string == "SkipUnavailableMachines" else { return chosen }
        for machine in chosen.sorted(by: { $0.name < $1.name }) {
            do { _ = try await targets.shell(machine) } catch let failure as Failure {
                root.write(.warning, "\(machine.name) is not available and is skipped: \(failure.oneLine)")
                chosen.remove(machine)
            }
        }
        return chosen
    }

    // MARK: Steps

    private func run(_ group: [ProcessStep], _ machines: Set<DeploymentMachine>, _ root: LogNode) async throws {
        if group.count == 1 { return try await run(group[0], machines, root) }
        // Whether a step of the group runs is decided before any of them does.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for step in group { tasks.addTask { try await run(step, machines, root) } }
            try await tasks.waitForAll()
        }
    }

    private func run(_ step: ProcessStep, _ machines: Set<DeploymentMachine>, _ root: LogNode) async throws {
        let actions = plan.actions(of: step)
        let node = root.child("Step \(step.number): \(step.name)", status: .pending)
        if let reason = skipReason(step, actions) {
            node.write(.info, reason)
            node.status(.skipped)
            return
        }
        guard !step.roles.isEmpty else {
            node.status(.running)
            return fail(step, node, "The lab runs steps on deployment targets only, not on the server.")
        }
        let chosen = plan.machines(of: step).filter { machines.contains($0) }
        if chosen.isEmpty {
            let roles = step.roles.joined(separator: ", ")
            node.write(.warning, "Skipping this step as no machines were found in the roles: \(roles)")
            node.status(.skipped)
            return
        }
        node.status(.running)
        let faults = try await roll(step, actions, chosen, node)
        if let first = faults.first {
            fail(step, node, first)
        } else {
            node.status(log.any(below: node.id, .warned) ? .warned : .success)
        }
    }

    private func skipReason(_ step: ProcessStep, _ actions: [ProcessAction]) -> String? {
        if actions.isEmpty { return "No action of this step is meant for this environment and channel." }
        switch step.condition {
        case .success: return state.error == nil ? nil : "Skipped, since a step before it failed."
        case .failure: return state.error == nil ? "Skipped, since no step before it failed." : nil
        case .always, .variable: return nil
        }
    }

    private func fail(_ step: ProcessStep, _ node: LogNode, _ message: String) {
        node.write(.fatal, "The step failed: \(message)")
        node.status(.failed)
        state.fail(message)
    }

    /// Runs a step over its machines in a sliding window; after a failure no further machine is started.
    private func roll(
        _ step: ProcessStep, _ actions: [ProcessAction], _ machines: [DeploymentMachine], _ node: LogNode
    ) async throws -> [String] {
        let general = DeploymentVariables(plan: plan).dictionary(step: step).value("Octopus.Action.MaxParallelism")
        let window = step.window ?? general.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? DeploymentRun.parallel
        return try await withThrowingTaskGroup(of: String?.self) { tasks in
            var waiting = machines[...]
            var faults: [String] = []
            var running = 0
            while running > 0 || (!waiting.isEmpty && faults.isEmpty) {
                while running < window, faults.isEmpty, let machine = waiting.popFirst() {
                    running += 1
                    tasks.addTask {
                        try await MachineRun(run: self, step: step, actions: actions, machine: machine).run(node)
                    }
                }
                if let fault = try await tasks.next() {
                    running -= 1
                    if let fault { faults.append(fault) }
                }
            }
            for machine in waiting {
                let left = node.child(machine.name, status: .pending)
                left.write(.info, "Not started, since another machine failed.")
                left.status(.skipped)
            }
            return faults
        }
    }
}

/// What the steps of a running deployment know of one another.
final class DeploymentState: Sendable {
    private let inner = Mutex<(error: String?, outputs: [OutputVariable])>((nil, []))

    /// The first thing that failed; nil while nothing has.
    var error: String? { inner.withLock { $0.error } }
    /// The variables that scripts gave out.
    var outputs: [OutputVariable] { inner.withLock { $0.outputs } }

    /// Something failed.
    func fail(_ message: String) { inner.withLock { $0.error = $0.error ?? message } }
    /// A script gave out variables; a later value of a name replaces an earlier one.
    func add(_ outputs: [OutputVariable]) {
        inner.withLock { state in
            for output in outputs {
                state.outputs.removeAll {
                    $0.action == output.action && $0.machine == output.machine && $0.name.sameText(output.name)
                }
                state.outputs.append(output)
            }
        }
    }
}

extension Failure {
    /// The sentence and the reason in one line, for a log.
    var oneLine: String {
        let why = details.first { $0.label == "why" }?.text
        return [what, why].compactMap { $0 }.joined(separator: ": ")
    }
}
