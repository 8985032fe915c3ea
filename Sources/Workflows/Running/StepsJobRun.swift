import Core
import Foundation
import OrderedCollections

/// One job, or one leg of its matrix, that runs steps on this machine.
final class StepsJobRun: Sendable {
    let services: RunServices
    let scope: WorkflowScope
    let job: Job
    let work: StepsJob
    let contexts: JobContexts
    /// Its key in the run.
    let key: String
    let name: String
    let cancellation: Cancellation
    let status = Status()
    let folders: JobFolders
    let variables: JobVariables
    let defaults: OrderedDictionary<String, String>
    private let timeout: Duration

    /// A job that is ready to run.
    ///
    /// - Throws: what is wrong with `runs-on`, `env`, `defaults` or a time.
    init(
        services: RunServices, scope: WorkflowScope, job: Job, work: StepsJob, contexts: JobContexts, key: String,
        name: String, cancellation: Cancellation
    ) throws {
        self.services = services
        self.scope = scope
        self.job = job
        self.work = work
        self.contexts = contexts
        self.key = key
        self.name = name
        self.cancellation = cancellation
        let evaluator = contexts.evaluator()
        try StepsJobRun.check(work, evaluator)
        let outer = try scope.workflow.env?.texts(evaluator) ?? [:]
        let inner = try work.env?.texts(evaluator) ?? [:]
        variables = JobVariables(outer.merging(inner) { $1 })
        let withEnv = contexts.evaluator([("env", .texts(variables.environment, caseSensitive: true))])
        // A job's defaults replace the workflow's as a whole, not key by key.
        defaults = try (work.defaults ?? scope.workflow.defaults)?.run?.texts(withEnv) ?? [:]
        let minutes = try work.timeoutMinutes?.number(evaluator) ?? 360
        timeout = .milliseconds(Int64(max(0, min(minutes, 100_000)) * 60_000))
        let current = services.request.workspace == .current ? services.root : nil
        folders = try services.bench.job(key, workspace: current)
    }

    /// Labels mean this machine, but for other systems; containers are not there.
    private static func check(_ work: StepsJob, _ evaluator: Evaluator) throws {
        let value = try work.runsOn.resolve(evaluator)
        for label in labels(value) {
            let system = label.lowercased().split(separator: "-").first.map(String.init) ?? ""
            if system == "windows" || (system == "macos" && RunFacts.system.os != "macOS") {
                throw TemplateFault(
                    place: work.runsOn.place, message: "runs-on: \(label) is not this machine (\(RunFacts.system.os))")
            }
        }
        for (what, template) in [("container", work.container), ("services", work.services)] {
            guard let template, !(try template.resolve(evaluator).isAbsent) else { continue }
            throw TemplateFault(
                place: template.place, message: "\(what): jobs run on this machine itself, not in containers")
        }
    }

    private static func labels(_ value: ExpressionValue) -> [String] {
        switch value {
        case .array(let array): array.items.map(\.text)
        case .object(let object): object["labels"].map(labels) ?? []
        default: [value.text]
        }
    }

    /// Runs the steps and evaluates the outputs.
    func run() async -> JobOutcome {
        let context = services.context
        let start = context.time.elapsed()
        let place = cancellation.onCancel { [status] _ in status.merge(.cancelled) }
        let limit = timeout
        let timer = Task.detached { [cancellation] in
            try await context.time.sleep(for: limit)
            cancellation.cancel(.timeout("the job took longer than its timeout-minutes (\(limit.short))"))
        }
        let scope = StepScope(status: status)
        await runSteps(work.steps, scope, prefix: "", control: nil)
        timer.cancel()
        cancellation.forget(place)
        var outcome = JobOutcome(result: status.value)
        var message = cancellation.cause.map(\.words)
        do { outcome.outputs = try outputs(scope) } catch {
            annotate(Annotation(.error, "\(error)"))
            message = message ?? "an output could not be evaluated"
            if outcome.result == .success { outcome.result = .failure }
        }
        if outcome.result == .failure, (try? work.continueOnError?.flag(contexts.evaluator())) == true {
            outcome.result = .success
            message = "failed, which counts as success (continue-on-error)"
        }
        finish(outcome, message, start)
        return outcome
    }

    private func finish(_ outcome: JobOutcome, _ message: String?, _ start: Duration) {
        services.journal.write(
            .jobFinished(
                JobRecord(
                    job: key, name: name, result: outcome.result,
                    milliseconds: (services.context.time.elapsed() - start).milliseconds, message: message,
                    outputs: outcome.outputs)))
    }

    func annotate(_ annotation: Annotation, step: String? = nil) {
        services.journal.write(.annotation(job: key, step: step, annotation))
    }

    /// Runs steps one after the other; each decides by its `if` whether it runs.
    func runSteps(_ steps: [Step], _ scope: StepScope, prefix: String, control: Cancellation?) async {
        for (place, step) in steps.enumerated() {
            let run = StepRun(job: self, step: step, scope: scope, number: "\(prefix)\(place + 1)", parent: control)
            await run.run()
        }
    }

    /// The outputs of the job: empty ones, and those that hold a secret, are left out.
    private func outputs(_ scope: StepScope) throws -> OrderedDictionary<String, String> {
        var kept: OrderedDictionary<String, String> = [:]
        var environment = StepEnvironment(base: [:])
        environment.global = variables.environment
        let evaluator = evaluator(scope, environment, action: "")
        for (name, template) in work.outputs {
            let value = try template.text(evaluator)
            if value.isEmpty { continue }
            if services.context.mask.hides(value) {
                annotate(Annotation(.warning, "Skip output '\(name)' since it may contain secret."))
                continue
            }
            kept[name] = value
        }
        return kept
    }
}

extension ExpressionValue {
    /// Null or an empty text: as good as not written.
    var isAbsent: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        default: false
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int { Int((seconds * 1000).rounded()) }
}
