import Core
import OrderedCollections

/// The jobs of one workflow, run as a graph: each as soon as all that it needs have ended.
struct JobsRun: Sendable {
    let services: RunServices
    let scope: WorkflowScope
    /// Only these jobs; nil is all.
    let selected: Set<String>?

    /// Runs the jobs; gives their outcomes by id, in the order of the file.
    func run() async -> OrderedDictionary<String, JobOutcome> {
        let plan = Plan(scope.workflow)
        let ids = plan.order.filter { selected?.contains($0) ?? true }
        var outcomes: [String: JobOutcome] = [:]
        await withTaskGroup(of: (String, JobOutcome).self) { group in
            var waiting = ids
            func start() {
                let ready = waiting.filter { id in
                    (scope.workflow.jobs[id]?.needs ?? []).allSatisfy { outcomes[$0] != nil }
                }
                waiting.removeAll(where: ready.contains)
                for id in ready {
                    guard let job = scope.workflow.jobs[id] else { continue }
                    let known = outcomes
                    let ancestors = plan.ancestors[id] ?? []
                    group.addTask { (id, await one(job, known, ancestors)) }
                }
            }
            start()
            while let (id, outcome) = await group.next() {
                outcomes[id] = outcome
                start()
            }
        }
        return OrderedDictionary(
            uniqueKeysWithValues: scope.workflow.jobs.keys.compactMap { id in outcomes[id].map { (id, $0) } })
    }

    /// One job: its `if`, its matrix, its legs.
    private func one(_ job: Job, _ known: [String: JobOutcome], _ ancestors: Set<String>) async -> JobOutcome {
        var contexts = contexts()
        contexts.needs = .object(job.needs.map { ($0, known[$0]?.value ?? .null) })
        let key = scope.key + job.id
        let title = scope.name + job.id
        let results = ancestors.sorted().map { ($0, known[$0]?.result ?? .skipped) }
        do {
            let now = status(results, cancelled: scope.cancellation.isCancelled)
            let evaluator = contexts.evaluator(functions: now)
            guard try job.condition.holds(evaluator) else {
                return skip(key, title, why(job, results))
            }
            let plan = try job.strategy?.plan(contexts.evaluator()) ?? .single
            // After the wish to end comes, the job goes on only where its `if` holds all the same.
            let late = contexts.evaluator(functions: status(results, cancelled: true))
            let outlasts = (try? job.condition.holds(late)) ?? false
            return await LegsRun(jobs: self, job: job, plan: plan, contexts: contexts, outlasts: outlasts).run()
        } catch {
            let fault = (error as? ExpressionFault).map { "\(job.condition.place): if: \($0.message)" } ?? "\(error)"
            return fail(key, title, fault)
        }
    }

    /// The contexts that do not depend on the job.
    func contexts() -> JobContexts {
        let facts = services.facts
        var github = facts.texts.map { ($0.key, ExpressionValue.string($0.value)) } + facts.others
        github.append(("token", .string(facts.token)))
        let variables = services.request.variables.sorted { $0.key < $1.key }
        return JobContexts(
            github: .object(github), inputs: scope.inputs,
            variables: .object(variables.map { ($0.key, .string($0.value)) }), secrets: .texts(scope.secrets))
    }

    /// Status functions of a job's `if`: all ancestors count, and one that was skipped is no success.
    private func status(_ results: [(String, Conclusion)], cancelled: Bool) -> [String: ExpressionFunction] {
        let good = results.allSatisfy { $0.1 == .success } && !cancelled
        let bad = results.contains { $0.1 == .failure }
        return [
            "always": { _ in .boolean(true) }, "success": { _ in .boolean(good) },
            "failure": { _ in .boolean(bad) }, "cancelled": { _ in .boolean(cancelled) },
        ]
    }

    private func why(_ job: Job, _ results: [(String, Conclusion)]) -> String {
        if let cause = scope.cancellation.cause { return cause.words }
        if let other = results.first(where: { $0.1 != .success }) {
            return "\(other.0) \(other.1 == .failure ? "failed" : "was \(other.1.rawValue)")"
        }
        return "if: \(job.condition.source) is false"
    }

    func skip(_ key: String, _ name: String, _ message: String) -> JobOutcome {
        let result: Conclusion = scope.cancellation.isCancelled ? .cancelled : .skipped
        services.journal.write(
            .jobFinished(JobRecord(job: key, name: name, result: result, milliseconds: 0, message: message)))
        return JobOutcome(result: result)
    }

    func fail(_ key: String, _ name: String, _ message: String) -> JobOutcome {
        services.journal.write(.annotation(job: key, step: nil, Annotation(.error, message)))
        services.journal.write(
            .jobFinished(JobRecord(job: key, name: name, result: .failure, milliseconds: 0, message: message)))
        return JobOutcome(result: .failure)
    }
}
