import Core
import Foundation
import OrderedCollections

extension StepRun {
    /// Does what the step is for.
    func perform(
        _ environment: StepEnvironment, _ evaluator: Evaluator, _ control: Cancellation, _ log: StepLog
    ) async throws -> End {
        switch step.action {
        case .run(let script): return try await run(script, environment, evaluator, control, log)
        case .uses(let use): return try await uses(use, environment, evaluator, control, log)
        case .wait, .waitAll, .cancel, .parallel:
            throw Failure(.usage, "parallel and background steps are not supported yet", where: "\(step.place)")
        }
    }

    /// Runs a script in its shell.
    private func run(
        _ script: Step.Script, _ environment: StepEnvironment, _ evaluator: Evaluator, _ control: Cancellation,
        _ log: StepLog
    ) async throws -> End {
        let text = try script.run.text(evaluator)
        let defaults = scope.call == nil ? job.defaults : [:]
        let shell = try Shell.named(
            try script.shell?.text(evaluator) ?? defaults["shell"], hasBash: services.hasBash)
        let folder = try script.workingDirectory?.text(evaluator) ?? defaults["working-directory"] ?? ""
        let file = job.folders.temporary.appending(path: services.context.random.hex(bytes: 8) + shell.suffix)
        try services.context.files.scratch(Data(shell.script(text).utf8), to: file, mode: 0o700)
        defer { try? services.context.files.remove(file) }
        let command = Command(
            shell.program, shell.arguments(script: file),
            workingDirectory: job.folders.workspace.appending(path: folder),
            grace: Command.Grace(interrupt: .milliseconds(7500), terminate: .milliseconds(2500)), keep: 0)
        var end = try await run(command, environment, control, log)
        if end.conclusion == .failure {
            end.script = services.context.mask.apply(
                text.split(separator: "\n").prefix(5).joined(separator: "\n"))
        }
        return end
    }

    /// Runs a program as the work of the step, with its files for commands.
    private func run(
        _ command: Command, _ environment: StepEnvironment, _ control: Cancellation, _ log: StepLog
    ) async throws -> End {
        let files = try CommandFiles(folder: job.folders.temporary, context: services.context)
        var environment = environment
        environment.runner = job.runnerVariables(scope, action: step.id, files: files)
        var command = command
        command.environment = .exact(environment.variables)
        let ready = command
        let processes = services.context.processes
        let task = Task.detached { try await processes.run(ready) { log.take($0) } }
        let place = control.onCancel { _ in task.cancel() }
        defer { control.forget(place) }
        let outcome = await task.result
        var end = End(conclusion: .success)
        switch outcome {
        case .success(let result):
            end.exitCode = Int(result.code)
            if !result.succeeded {
                end.conclusion = .failure
                end.message = "Process completed with exit code \(result.code)."
            }
        case .failure(is CancellationError): end.conclusion = .cancelled
        case .failure(let error):
            _ = files.collect()
            throw error
        }
        take(files.collect(), log, &end)
        return end
    }

    /// Adds what the step wrote to its files, and what it asked for by commands, to how it ended.
    private func take(_ content: CommandFiles.Content, _ log: StepLog, _ end: inout End) {
        let effects = log.effects
        end.outputs = effects.outputs.merging(content.outputs) { $1 }
        end.environment = effects.environment.merging(content.environment) { $1 }
        end.path = effects.path + content.path
        for issue in content.issues { log.annotate(Annotation(.error, issue)) }
        if let summary = content.summary {
            let file = services.folder.appending(path: "logs/\(Workbench.safe(job.key))/\(number).summary.md")
            try? services.context.files.scratch(Data(summary.utf8), to: file, mode: 0o644)
        }
        guard let fault = content.errors.first ?? effects.faults.first else { return }
        for error in content.errors.dropFirst() { log.annotate(Annotation(.error, error)) }
        if end.conclusion == .success {
            end.conclusion = .failure
            end.message = fault
        } else {
            log.annotate(Annotation(.error, fault))
        }
    }

    /// Uses an action: one that nante does itself, or a composite one.
    private func uses(
        _ use: Step.Use, _ environment: StepEnvironment, _ evaluator: Evaluator, _ control: Cancellation,
        _ log: StepLog
    ) async throws -> End {
        let with = try use.with?.texts(evaluator) ?? [:]
        if case .repository(let owner, let name, let path, _) = use.reference, path.isEmpty,
            services.finder.library["\(owner)/\(name)".lowercased()] == nil,
            let native = NativeAction.named("\(owner)/\(name)")
        {
            let call = NativeAction.Call(
                services: services, job: job, with: with, environment: environment.variables, log: log)
            return try await native.run(call)
        }
        let found = try await locate(use)
        let action = try await definition(found)
        guard case .composite(let steps) = action.runs else {
            throw Failure(
                .usage, "\(use.text) is not a composite action", where: "\(use.place)",
                why: "actions in JavaScript or a container can't run here; supported: \(NativeAction.list)")
        }
        return try await composite(action, steps, found, with, environment, evaluator, control, log)
    }

    /// Where an action's files are.
    struct Found: Sendable {
        var origin: Origin
        var folder: String
        var name: String
    }

    private func locate(_ use: Step.Use) async throws -> Found {
        let current = scope.call?.origin ?? job.scope.loaded.origin
        switch use.reference {
        case .workspace(let path):
            let folder = job.folders.workspace.appending(path: Origin.clean(path))
            return Found(origin: services.own, folder: folder, name: use.text)
        case .own(let path):
            let folder = try await current.folder().appending(path: Origin.clean(path))
            return Found(origin: current, folder: folder, name: use.text)
        case .repository(let owner, let name, let path, let ref):
            let origin: Origin
            do { origin = try await services.finder.find("\(owner)/\(name)", ref: ref) } catch let failure as Failure {
                throw failure.adding("supported", NativeAction.list)
            }
            let folder = try await origin.folder().appending(path: Origin.clean(path))
            return Found(origin: origin, folder: folder, name: use.text)
        case .docker:
            throw Failure(
                .usage, "\(use.text): actions in containers can't run here", where: "\(use.place)",
                why: "supported: \(NativeAction.list)")
        }
    }

    private func definition(_ found: Found) async throws -> ActionDefinition {
        let files = services.context.files
        for name in ["action.yml", "action.yaml"] {
            let path = found.folder.appending(path: name)
            guard files.exists(path) else { continue }
            return try ActionParser.parse(text: try files.readText(path), file: path)
        }
        var why = "looked for action.yml and action.yaml in \(found.folder)"
        if found.name.hasPrefix("./") { why += "; ./ is read from the workspace, so it needs a checkout before it" }
        throw Failure(.usage, "there is no action \(found.name)", why: why)
    }

    private func composite(
        _ action: ActionDefinition, _ steps: [Step], _ found: Found, _ with: OrderedDictionary<String, String>,
        _ environment: StepEnvironment, _ evaluator: Evaluator, _ control: Cancellation, _ log: StepLog
    ) async throws -> End {
        let depth = (scope.call?.depth ?? 0) + 1
        guard depth <= 9 else { throw Failure(.usage, "\(found.name): actions nest more than 9 deep") }
        var inputs: OrderedDictionary<String, String> = [:]
        for (name, input) in action.inputs {
            let given = with.first { $0.key.lowercased() == name.lowercased() }?.value
            inputs[name] = try given ?? input.fallback?.text(evaluator) ?? ""
        }
        let unknown = with.keys.filter { key in !action.inputs.keys.contains { $0.lowercased() == key.lowercased() } }
        if !unknown.isEmpty {
            let known = action.inputs.keys.joined(separator: "', '")
            log.annotate(
                Annotation(
                    .warning,
                    "Unexpected input(s) '\(unknown.joined(separator: "', '"))', valid inputs are ['\(known)']"))
        }
        let call = StepScope.Call(
            inputs: .texts(inputs), outer: environment.outer.merging(environment.step) { $1 }, folder: found.folder,
            origin: found.origin, depth: depth)
        let inner = StepScope(call: call, status: Status())
        await job.runSteps(steps, inner, prefix: number + ".", control: control)
        var end = End(conclusion: inner.status.value)
        var around = environment
        around.global = job.variables.environment
        around.outer = call.outer
        around.step = [:]
        let after = job.evaluator(inner, around, action: step.id)
        for (name, output) in action.outputs { end.outputs[name] = try output.value?.text(after) ?? "" }
        if end.conclusion == .failure { end.message = "a step of \(found.name) failed" }
        return end
    }
}
