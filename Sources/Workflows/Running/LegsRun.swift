import Core
import OrderedCollections

/// The legs of a job's matrix, at most `max-parallel` at a time; one leg without values where there is no matrix.
struct LegsRun: Sendable {
    let jobs: JobsRun
    let job: Job
    let plan: StrategyPlan
    let contexts: JobContexts
    /// The job's `if` holds also when the run is cancelled: its legs are left alone then.
    let outlasts: Bool

    /// What all jobs of the run share.
    var services: RunServices { jobs.services }
    /// The workflow that the job is in.
    var scope: WorkflowScope { jobs.scope }

    /// Runs the legs: any failure makes a failure, else any cancellation a cancellation.
    func run() async -> JobOutcome {
        let cancellation = Cancellation(parent: outlasts ? nil : scope.cancellation)
        var outcome = JobOutcome(result: plan.legs.isEmpty ? .skipped : .success)
        await withTaskGroup(of: JobOutcome.self) { group in
            var rest = plan.legs[...]
            func start() {
                guard let leg = rest.popFirst() else { return }
                group.addTask { await one(leg, cancellation) }
            }
            for _ in 0..<min(plan.maxParallel ?? plan.legs.count, plan.legs.count) { start() }
            while let ended = await group.next() {
                // Legs share one map: the last that sets a value wins.
                outcome.outputs.merge(ended.outputs) { $1 }
                outcome.result = LegsRun.worse(outcome.result, ended.result)
                if ended.result == .failure, plan.failFast, plan.legs.count > 1 { cancellation.cancel(.failFast) }
                start()
            }
        }
        return outcome
    }

    private static func worse(_ first: Conclusion, _ second: Conclusion) -> Conclusion {
        for result in [Conclusion.failure, .cancelled] where first == result || second == result { return result }
        return first == .skipped ? second : first
    }

    private func one(_ leg: MatrixLeg, _ cancellation: Cancellation) async -> JobOutcome {
        var contexts = contexts
        contexts.matrix = leg.matrix
        contexts.strategy = leg.strategy(of: plan)
        let key = scope.key + job.id + (leg.values == nil ? "" : "[\(leg.index)]")
        var name = scope.name + leg.name(of: job.id)
        if let own = try? job.name?.text(contexts.evaluator()), !own.isEmpty { name = scope.name + own }
        if let cause = cancellation.cause, cause == .failFast {
            services.journal.write(
                .jobFinished(
                    JobRecord(job: key, name: name, result: .cancelled, milliseconds: 0, message: cause.words)))
            return JobOutcome(result: .cancelled)
        }
        do {
            let own = Cancellation(parent: cancellation)
            guard let group = try job.concurrency?.group(contexts.evaluator()) else {
                return await start(contexts, key, name, own)
            }
            guard await services.groups.enter(group.name, cancelsRunning: group.cancels, as: own) else {
                return cancelled(key, name, own)
            }
            let outcome = await start(contexts, key, name, own)
            await services.groups.leave(group.name)
            return outcome
        } catch { return jobs.fail(key, name, "\(error)") }
    }

    private func cancelled(_ key: String, _ name: String, _ cancellation: Cancellation) -> JobOutcome {
        let record = JobRecord(
            job: key, name: name, result: .cancelled, milliseconds: 0, message: cancellation.cause?.words)
        services.journal.write(.jobFinished(record))
        return JobOutcome(result: .cancelled)
    }

    private func start(
        _ contexts: JobContexts, _ key: String, _ name: String, _ cancellation: Cancellation
    ) async -> JobOutcome {
        services.journal.write(.jobStarted(JobHeader(job: key, name: name, matrix: contexts.matrix.json)))
        do {
            switch job.work {
            case .steps(let work):
                let run = try StepsJobRun(
                    services: services, scope: scope, job: job, work: work, contexts: contexts, key: key, name: name,
                    cancellation: cancellation)
                return await run.run()
            case .call(let call):
                return try await CallRun(legs: self, call: call, contexts: contexts, key: key, name: name)
                    .run(cancellation)
            }
        } catch { return jobs.fail(key, name, "\(error)") }
    }
}
