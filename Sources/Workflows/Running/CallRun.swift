import Core
import OrderedCollections

/// A job that calls a reusable workflow: binds inputs and secrets, runs its jobs, evaluates its outputs.
struct CallRun: Sendable {
    let legs: LegsRun
    let call: CallJob
    let contexts: JobContexts
    let key: String
    let name: String

    func run(_ cancellation: Cancellation) async throws -> JobOutcome {
        let services = legs.services
        let start = services.context.time.elapsed()
        guard let loaded = legs.scope.loaded.calls[legs.job.id], let trigger = loaded.workflow.triggers.call else {
            throw TemplateFault(place: call.place, message: "the called workflow was not read")
        }
        let caller = contexts.evaluator()
        let plain = JobContexts(
            github: contexts.github, inputs: .object([]), variables: contexts.variables, secrets: .null)
        let inputs = try CallInputs.bind(trigger, with: call.with, caller: caller, callee: plain.evaluator())
        let scope = WorkflowScope(
            loaded: loaded, inputs: inputs, secrets: try secrets(caller, trigger, services), key: key + "/",
            name: name + " / ", cancellation: cancellation)
        let outcomes = await JobsRun(services: services, scope: scope, selected: nil).run()
        var outcome = JobOutcome(result: CallRun.result(outcomes.values.map(\.result)))
        var after = plain
        after.inputs = inputs
        let evaluator = after.evaluator([("jobs", .object(outcomes.map { ($0.key, $0.value.value) }))])
        for (name, output) in trigger.outputs {
            let value = try output.value.text(evaluator)
            if !value.isEmpty { outcome.outputs[name] = value }
        }
        services.journal.write(
            .jobFinished(
                JobRecord(
                    job: key, name: name, result: outcome.result,
                    milliseconds: (services.context.time.elapsed() - start).milliseconds,
                    message: cancellation.cause?.words, outputs: outcome.outputs)))
        return outcome
    }

    /// The result of a workflow: any failure, else any cancellation; all skipped is skipped.
    static func result(_ results: [Conclusion]) -> Conclusion {
        if results.contains(.failure) { return .failure }
        if results.contains(.cancelled) { return .cancelled }
        return results.allSatisfy { $0 == .skipped } && !results.isEmpty ? .skipped : .success
    }

    /// What the callee sees: the named secrets, or all; GITHUB_TOKEN always.
    private func secrets(
        _ caller: Evaluator, _ trigger: CallTrigger, _ services: RunServices
    ) throws -> OrderedDictionary<String, String> {
        var kept: OrderedDictionary<String, String> = ["GITHUB_TOKEN": services.facts.token]
        switch call.secrets {
        case .inherit: kept.merge(legs.scope.secrets) { $1 }
        case .named(let templates):
            for (name, template) in templates {
                let declared = trigger.secrets.keys.first { $0.lowercased() == name.lowercased() } ?? name
                kept[declared] = try template.text(caller)
            }
        }
        return kept
    }
}
