import Core
import Foundation

/// One step on one machine: its actions in order, until one fails.
struct MachineRun: Sendable {
    let run: DeploymentRun
    let step: ProcessStep
    let actions: [ProcessAction]
    let machine: DeploymentMachine

    /// Runs the actions.
    ///
    /// - Returns: what failed, in the words of the step's log; nil when nothing did.
    func run(_ stepNode: LogNode) async throws -> String? {
        let node = stepNode.child(machine.name)
        return try await run.targets.alone(on: machine) { try await runAll(node) }
    }

    private func runAll(_ node: LogNode) async throws -> String? {
        if case .variable(let expression) = step.condition, !variables(nil).isTrue(expression) {
            node.write(.info, "Skipped, since the condition of the step is not true here.")
            node.status(.skipped)
            return nil
        }
        for action in actions {
            let part = actions.count == 1 ? node : node.child(action.name)
            if let expression = action.expression, !variables(action).isTrue(expression) {
                part.write(.info, "Skipped, since the condition of the action is not true here.")
                part.status(.skipped)
                continue
            }
            if let fault = try await perform(action, part) {
                let message = "Activity \(action.name) on \(machine.name) failed with error '\(fault)'."
                part.status(.failed)
                if actions.count > 1 { node.status(.failed) }
                return message
            }
            if actions.count > 1 { part.status(.success) }
        }
        node.status(.success)
        return nil
    }

    private func variables(_ action: ProcessAction?) -> VariableTable {
        DeploymentVariables(plan: run.plan).dictionary(
            step: step, action: action, machine: machine, outputs: run.state.outputs, error: run.state.error)
    }

    /// Runs an action.
    ///
    /// - Returns: its fault; nil when it worked.
    private func perform(_ action: ProcessAction, _ node: LogNode) async throws -> String? {
        let variables = variables(action)
        for secret in variables.secrets { node.hide(secret) }
        do {
            let shell = try await run.targets.shell(machine)
            let work = ActionRun(
                run: run, step: step, action: action, machine: machine, shell: shell, node: node,
                variables: ActionVariables(variables))
            try await work.perform()
            return nil
        } catch let fault as ActionFault {
            node.write(.fatal, fault.message)
            node.write(.fatal, "The action \(action.name) on \(machine.name) failed")
            return fault.message
        } catch let failure as Failure {
            for line in failure.description.split(separator: "\n") { node.write(.error, String(line)) }
            node.write(.fatal, "The action \(action.name) on \(machine.name) failed")
            return failure.oneLine
        }
    }
}
