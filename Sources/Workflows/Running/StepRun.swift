import Core
import Foundation
import OrderedCollections

/// One step, from its `if` to its record in the journal.
struct StepRun: Sendable {
    let job: StepsJobRun
    let step: Step
    let scope: StepScope
    /// Its place in the job, such as `3` or `3.1`.
    let number: String
    /// Ends the action around it.
    let parent: Cancellation?

    /// How the work of a step ended.
    struct End: Sendable {
        var conclusion: Conclusion
        var exitCode: Int?
        var message: String?
        var outputs: OrderedDictionary<String, String> = [:]
        var environment: OrderedDictionary<String, String> = [:]
        var path: [String] = []
        /// The first lines of the script that failed.
        var script: String?

        static func failure(_ message: String) -> End { End(conclusion: .failure, message: message) }
    }

    var services: RunServices { job.services }

    /// Runs the step where its `if` holds; whatever goes wrong is its failure.
    func run() async {
        var environment = StepEnvironment(base: services.base)
        environment.global = job.variables.environment
        environment.path = job.variables.path
        environment.outer = scope.call?.outer ?? [:]
        let start = services.context.time.elapsed()
        let wasCancelled = job.cancellation.isCancelled
        do {
            let before = job.evaluator(scope, environment, action: step.id)
            environment.step = try step.env?.texts(before) ?? [:]
            let evaluator = job.evaluator(scope, environment, action: step.id)
            guard try step.condition.holds(evaluator) else {
                skip(name(evaluator))
                return
            }
            await work(environment, evaluator, start, wasCancelled)
        } catch {
            let fault = (error as? ExpressionFault).map { "\(step.condition.place): if: \($0.message)" }
            let (header, log) = begin(name(job.evaluator(scope, environment, action: step.id)))
            let message = fault ?? "\(error)"
            log.annotate(Annotation(.error, message))
            finish(header, log, .failure(message), start, false)
        }
    }

    private func work(
        _ environment: StepEnvironment, _ evaluator: Evaluator, _ start: Duration, _ wasCancelled: Bool
    ) async {
        let (header, log) = begin(name(evaluator))
        let control = Cancellation(parent: parent)
        // The wish to end the job reaches this step unless its `if` holds all the same, as with always().
        let place = job.cancellation.onCancel { cause in
            if wasCancelled { return }
            let now = job.evaluator(scope, environment, action: step.id)
            if (try? step.condition.holds(now)) != true { control.cancel(cause) }
        }
        var end: End
        let timer: Task<Void, any Error>?
        do {
            timer = try timeout(evaluator, control)
            end = try await perform(environment, evaluator, control, log)
            timer?.cancel()
        } catch {
            end = .failure("\(error)")
        }
        job.cancellation.forget(place)
        if let cause = control.cause, end.conclusion != .success {
            if case .timeout(let words) = cause, parent?.isCancelled != true, !job.cancellation.isCancelled {
                end.conclusion = .failure
                end.message = words
            } else {
                end.conclusion = .cancelled
                end.message = cause.words
            }
        }
        if let message = end.message, end.conclusion == .failure { log.annotate(Annotation(.error, message)) }
        var tolerated = false
        do { tolerated = try step.continueOnError?.flag(evaluator) ?? false } catch {
            log.annotate(Annotation(.error, "\(error)"))
            end = .failure("continue-on-error: \(error.message)")
        }
        finish(header, log, end, start, tolerated)
    }

    private func timeout(_ evaluator: Evaluator, _ control: Cancellation) throws -> Task<Void, any Error>? {
        guard let minutes = try step.timeoutMinutes?.number(evaluator), minutes > 0 else { return nil }
        let limit = Duration.milliseconds(Int64(min(minutes, 100_000) * 60_000))
        let time = services.context.time
        return Task.detached {
            try await time.sleep(for: limit)
            control.cancel(.timeout("the step took longer than its timeout-minutes (\(limit.short))"))
        }
    }

    private func name(_ evaluator: Evaluator) -> String {
        if let name = try? step.name?.text(evaluator), !name.isEmpty { return name }
        switch step.action {
        case .run(let script):
            let text = (try? script.run.text(evaluator)) ?? ""
            let first = text.split(separator: "\n").first.map(String.init) ?? ""
            let line = first.trimmingCharacters(in: .whitespaces)
            // Masked before it is cut: half a secret would pass the mask.
            let masked = services.context.mask.apply(line)
            return "Run " + (masked.count > 72 ? masked.prefix(71) + "…" : masked)
        case .uses(let use): return "Run \(use.text)"
        case .wait, .waitAll: return "Wait"
        case .cancel(let id): return "Cancel \(id)"
        case .parallel: return "Parallel steps"
        }
    }

    private func begin(_ name: String) -> (StepHeader, StepLog) {
        let file = "logs/\(Workbench.safe(job.key))/\(number).log"
        let header = StepHeader(
            job: job.key, step: number, id: step.hasOwnID ? step.id : nil,
            name: services.context.mask.apply(name), log: file)
        services.journal.write(.stepStarted(header))
        let view = services.view
        let (key, number) = (job.key, number)
        let log = StepLog(
            path: services.folder.appending(path: file), context: services.context,
            allowsOldCommands: job.variables.environment["ACTIONS_ALLOW_UNSECURE_COMMANDS"] == "true"
        ) { view.line(job: key, step: number, text: $0) }
        return (header, log)
    }

    private func skip(_ name: String) {
        let record = StepRecord(
            job: job.key, step: number, id: step.hasOwnID ? step.id : nil, name: name, outcome: .skipped,
            conclusion: .skipped, milliseconds: 0)
        services.journal.write(.stepFinished(record))
        if step.hasOwnID { scope.keep(step.id, StepResult(outcome: .skipped, conclusion: .skipped, outputs: [:])) }
    }

    private func finish(_ header: StepHeader, _ log: StepLog, _ end: End, _ start: Duration, _ tolerated: Bool) {
        let effects = log.effects
        for annotation in effects.annotations { job.annotate(annotation, step: number) }
        let conclusion = end.conclusion == .failure && tolerated ? .success : end.conclusion
        var record = StepRecord(
            job: job.key, step: number, id: header.id, name: header.name, outcome: end.conclusion,
            conclusion: conclusion, milliseconds: (services.context.time.elapsed() - start).milliseconds,
            exitCode: end.exitCode, message: end.message)
        record.outputs = end.outputs
        record.environment = end.environment
        record.path = end.path
        record.script = end.conclusion == .failure ? end.script : nil
        job.variables.set(end.environment, path: end.path)
        if step.hasOwnID {
            scope.keep(
                step.id, StepResult(outcome: end.conclusion, conclusion: conclusion, outputs: end.outputs))
        }
        scope.status.merge(conclusion)
        services.journal.write(.stepFinished(record))
    }
}
