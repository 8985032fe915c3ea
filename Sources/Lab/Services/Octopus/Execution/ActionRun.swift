import Core
import Foundation
import Synchronization

/// The variables of a running action; conventions and scripts add to them for those that follow.
final class ActionVariables: Sendable {
    private let inner: Mutex<VariableTable>

    init(_ variables: VariableTable) { inner = Mutex(variables) }

    /// The variables now.
    var now: VariableTable { inner.withLock { $0 } }

    /// Sets one.
    func set(_ name: String, _ value: String, isSensitive: Bool = false) {
        inner.withLock { $0.set(name, value, isSensitive: isSensitive) }
    }
}

/// One action on one machine.
struct ActionRun: Sendable {
    let run: DeploymentRun
    let step: ProcessStep
    let action: ProcessAction
    let machine: DeploymentMachine
    let shell: RemoteShell
    let node: LogNode
    let variables: ActionVariables

    /// How long a script may take unless the action says otherwise.
    static let longest = Duration.seconds(1800)

    /// Does what the action's type asks for.
    ///
    /// - Throws: ``ActionFault`` when it did not work.
    func perform() async throws {
        switch action.type {
        case "Octopus.Script": try await script()
        case "Octopus.TentaclePackage": try await PackageDeployment(action: self).run()
        default:
            throw ActionFault(message: "The lab does not run actions of the type \(action.type).")
        }
    }

    /// The deadline of one script.
    var deadline: Duration {
        let minutes = action.property("Octopus.Action.ExecutionTimeout.Minutes")
        return Double(minutes).flatMap { $0 > 0 ? .seconds($0 * 60) : nil } ?? ActionRun.longest
    }

    private func script() async throws {
        try checkServer()
        let parameters = variables.now.value("Octopus.Action.Script.ScriptParameters") ?? ""
        let id = run.context.random.hex(bytes: 6)
        let work = "\"$HOME/.octopus/\(RemotePaths.instance)/Work/\(id)\""
        let source = action.property("Octopus.Action.Script.ScriptSource")
        switch source {
        case "", "Inline":
            let syntax = action.property("Octopus.Action.Script.Syntax")
            guard syntax.isEmpty || syntax.sameText("Bash") else {
                throw ActionFault(message: "The lab runs Bash scripts only; the script of this action is \(syntax).")
            }
            let raw = action.property("Octopus.Action.Script.ScriptBody")
            let (body, faults) = variables.now.expand(raw, isLenient: true)
            for fault in faults { node.write(.verbose, fault) }
            try await runScript(
                BashScript(
                    id: id, directory: work, name: "Script.sh", content: body, parameters: parameters,
                    variables: variables.now.evaluated, modules: modules),
                removing: work)
        case "Package":
            let file = variables.now.value("Octopus.Action.Script.ScriptFileName") ?? ""
            guard RemotePaths.isBelow(file), file.lowercased().hasSuffix(".sh") else {
                throw ActionFault(message: "The script '\(file)' of the package can't be run by the lab.")
            }
            let deployment = PackageDeployment(action: self)
            let place = try await deployment.extract(into: work)
            let folder = file.contains("/") ? "/" + file.parentPath : ""
            try await runScript(
                BashScript(
                    id: id, directory: RemotePaths.quote(place + folder), name: file.lastPathComponent, content: nil,
                    parameters: parameters, variables: variables.now.evaluated, modules: modules),
                removing: work)
        default:
            throw ActionFault(message: "The lab does not run scripts from the source \(source).")
        }
    }

    private func checkServer() throws {
        if action.flag("Octopus.Action.RunOnServer") {
            throw ActionFault(message: "The lab runs scripts on deployment targets only, not on the server.")
        }
    }

    /// Script modules of included library sets.
    var modules: [BashScript.Variable] {
        let all = variables.now
        return all.names.compactMap { full in
            guard full.lowercased().hasPrefix("octopus.script.module["), full.hasSuffix("]") else { return nil }
            let name = String(full.dropFirst("Octopus.Script.Module[".count).dropLast())
            guard all.value("Octopus.Script.Module.Language[\(name)]")?.sameText("Bash") == true,
                RemotePaths.isName(name)
            else { return nil }
            return BashScript.Variable(name: name + ".sh", value: all.raw(full) ?? "")
        }
    }

    private func runScript(_ script: BashScript, removing work: String) async throws {
        do { try await runScript(script) } catch {
            await forget(work)
            throw error
        }
        await forget(work)
    }

    /// Removes a work folder; that it can't be reached any more is no fault of the action.
    private func forget(_ work: String) async {
        guard !Task.isCancelled else { return }
        _ = try? await shell.run("rm -rf -- \(work)", deadline: .seconds(30)) { _ in }
    }

    /// Runs a script and takes what it told the server.
    ///
    /// - Throws: ``ActionFault`` when it failed.
    func runScript(_ script: BashScript) async throws {
        let output = ScriptOutput(node: node)
        let limit = deadline
        let ending = try await shell.run(script.text, deadline: limit) { output.take($0) }
        let told = output.told
        take(told.variables)
        switch ending {
        case .deadline:
            throw ActionFault(message: "The script did not end within \(limit.short) and was ended.")
        case .exited(0):
            if told.hasErrors, variables.now.flag("Octopus.Action.FailScriptOnErrorOutput") {
                throw ActionFault(message: "The script wrote to its error output, which is set to be a failure.")
            }
        case .exited(let code):
            throw ActionFault(message: told.message ?? "The remote script failed with exit code \(code)")
        }
    }

    /// Keeps output variables for this action's next scripts and for later steps.
    func take(_ told: [ScriptOutput.Told.Variable]) {
        for variable in told {
            variables.set(variable.name, variable.value, isSensitive: variable.isSensitive)
        }
        let outputs = told.map { variable in
            OutputVariable(
                action: action.name, machine: machine.name, name: variable.name, value: variable.value,
                isSensitive: variable.isSensitive)
        }
        for output in outputs {
            let names = [
                "Octopus.Action.Output.\(output.name)", "Octopus.Action[\(action.name)].Output.\(output.name)",
            ]
            for name in names { variables.set(name, output.value, isSensitive: output.isSensitive) }
        }
        run.state.add(outputs)
    }
}
