import Core
import OrderedCollections

/// What became of a run, read from its journal.
public struct RunReport: Sendable {
    /// The run's id.
    public var id: String
    /// What it was started with; nil when the journal has no first line.
    public var header: RunHeader?
    /// When it started, ISO 8601.
    public var started: String
    /// How it ended; nil while it runs, or when it was ended before it could say so.
    public var result: Conclusion?
    /// How long it took, or until its last event.
    public var milliseconds: Int
    /// Why it was cancelled.
    public var cancelled: String?
    /// Its jobs by key, in the order they began.
    public var jobs: OrderedDictionary<String, Job> = [:]

    /// A job of a run.
    public struct Job: Sendable {
        /// Its key.
        public var key: String
        /// Its name.
        public var name: String
        /// How it ended; nil while it runs.
        public var result: Conclusion?
        /// How long it took.
        public var milliseconds: Int = 0
        /// Why it was skipped or failed.
        public var message: String?
        /// Its outputs.
        public var outputs: OrderedDictionary<String, String> = [:]
        /// Its steps by place.
        public var steps: OrderedDictionary<String, Step> = [:]
        /// Annotations of it and its steps.
        public var annotations: [Annotation] = []
    }

    /// A step of a job.
    public struct Step: Sendable {
        /// How it began; nil for one that was skipped.
        public var header: StepHeader?
        /// How it ended; nil while it runs.
        public var record: StepRecord?
        /// Its name.
        public var name: String
    }

    /// Folds the events of a journal.
    public init(id: String, entries: [JournalEntry]) {
        self.id = id
        started = entries.first?.time ?? ""
        milliseconds = 0
        for entry in entries { take(entry.event) }
    }

    private mutating func take(_ event: JournalEvent) {
        switch event {
        case .runStarted(let header): self.header = header
        case .jobStarted(let job):
            jobs[job.job, default: Job(key: job.job, name: job.name)].name = job.name
        case .stepStarted(let step):
            jobs[step.job, default: Job(key: step.job, name: step.job)]
                .steps[step.step] = Step(header: step, name: step.name)
        case .stepFinished(let record):
            jobs[record.job, default: Job(key: record.job, name: record.job)]
                .steps[record.step, default: Step(name: record.name)].record = record
        case .annotation(let job, _, let annotation):
            jobs[job, default: Job(key: job, name: job)].annotations.append(annotation)
        case .jobFinished(let record):
            var job = jobs[record.job] ?? Job(key: record.job, name: record.name)
            job.result = record.result
            job.milliseconds = record.milliseconds
            job.message = record.message
            job.outputs = record.outputs
            jobs[record.job] = job
        case .cancelled(let reason): cancelled = cancelled ?? reason
        case .runFinished(let result, let milliseconds):
            self.result = result
            self.milliseconds = milliseconds
        case .other: break
        }
    }

    /// The first step that made its job fail, with its job: the innermost where jobs and steps hold others.
    public var firstFailure: (job: Job, step: Step?)? {
        let failed = jobs.values.filter { $0.result == .failure }
        let innermost = failed.filter { job in !failed.contains { $0.key.hasPrefix(job.key + "/") } }
        let found = innermost.map { ($0, $0.failedStep) }
        return found.first { $0.1 != nil } ?? found.first
    }
}

extension RunReport.Job {
    /// The step that made the job fail; the innermost where it is inside of an action.
    public var failedStep: RunReport.Step? {
        let failed = steps.filter { $0.value.record?.conclusion == .failure }
        return failed.first { key, _ in !failed.keys.contains { $0.hasPrefix(key + ".") } }?.value
    }
}
