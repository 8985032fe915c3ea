import Core
import OrderedCollections

/// Something that happened in a run, as its journal keeps it.
///
/// A job is named by its key: the path of job ids from the run's workflow down, with `[n]` for a leg of a matrix,
/// such as `deploy/test[1]`. A step is named by its place in the job, from 1; steps inside a composite action by
/// places with dots, such as `3.1`.
public enum JournalEvent: Sendable, Hashable {
    case runStarted(RunHeader)
    case jobStarted(JobHeader)
    case stepStarted(StepHeader)
    case stepFinished(StepRecord)
    case annotation(job: String, step: String?, Annotation)
    case jobFinished(JobRecord)
    /// The run is to end early: by a signal or because another run of its concurrency group came.
    case cancelled(reason: String)
    case runFinished(result: Conclusion, milliseconds: Int)
    /// An event of a later version of nante, kept as it is.
    case other(String, JSONValue)
}

/// What a run was started with; enough to start it again.
public struct RunHeader: Sendable, Hashable {
    /// The run's id, also its folder's name.
    public var id: String
    /// The workflow file, from the top of the repository.
    public var workflow: String
    /// The workflow's name.
    public var name: String
    /// The event, such as `push`.
    public var event: String
    /// `owner/name`.
    public var repository: String
    /// The full ref, such as `refs/heads/main`.
    public var ref: String
    /// The commit that runs.
    public var sha: String
    /// Inputs as they were given.
    public var inputs: OrderedDictionary<String, String>
    /// Names of the secrets that were given; never their values.
    public var secrets: [String]
    /// Where jobs work: `commit`, `dirty` or `current`.
    public var workspace: String

    /// A header.
    public init(
        id: String, workflow: String, name: String, event: String, repository: String, ref: String, sha: String,
        inputs: OrderedDictionary<String, String> = [:], secrets: [String] = [], workspace: String = "commit"
    ) {
        self.id = id
        self.workflow = workflow
        self.name = name
        self.event = event
        self.repository = repository
        self.ref = ref
        self.sha = sha
        self.inputs = inputs
        self.secrets = secrets
        self.workspace = workspace
    }
}

/// A job that begins.
public struct JobHeader: Sendable, Hashable {
    /// Its key in the run.
    public var job: String
    /// Its name as people see it.
    public var name: String
    /// The values of its leg of the matrix; null where there is none.
    public var matrix: JSONValue

    /// A header.
    public init(job: String, name: String, matrix: JSONValue = .null) {
        self.job = job
        self.name = name
        self.matrix = matrix
    }
}

/// A step that begins.
public struct StepHeader: Sendable, Hashable {
    /// The key of its job.
    public var job: String
    /// Its place in the job.
    public var step: String
    /// Its id; nil where none is given.
    public var id: String?
    /// Its name as people see it.
    public var name: String
    /// The file of its output, from the run's folder.
    public var log: String

    /// A header.
    public init(job: String, step: String, id: String?, name: String, log: String) {
        self.job = job
        self.step = step
        self.id = id
        self.name = name
        self.log = log
    }
}

/// A step that ended, with all that later steps see of it.
public struct StepRecord: Sendable, Hashable {
    /// The key of its job.
    public var job: String
    /// Its place in the job.
    public var step: String
    /// Its id; nil where none is given.
    public var id: String?
    /// Its name as people see it.
    public var name: String
    /// How it ended.
    public var outcome: Conclusion
    /// What that counts as, after `continue-on-error`.
    public var conclusion: Conclusion
    /// How long it took.
    public var milliseconds: Int
    /// The exit code of its program; nil where it ran none.
    public var exitCode: Int?
    /// What went wrong, or why it was skipped, in one line.
    public var message: String?
    /// Its outputs.
    public var outputs: OrderedDictionary<String, String> = [:]
    /// Variables that it set for later steps.
    public var environment: OrderedDictionary<String, String> = [:]
    /// Folders that it put in front of PATH.
    public var path: [String] = []
    /// The first lines of the script, where it failed.
    public var script: String?

    /// A record.
    public init(
        job: String, step: String, id: String?, name: String, outcome: Conclusion, conclusion: Conclusion,
        milliseconds: Int, exitCode: Int? = nil, message: String? = nil
    ) {
        self.job = job
        self.step = step
        self.id = id
        self.name = name
        self.outcome = outcome
        self.conclusion = conclusion
        self.milliseconds = milliseconds
        self.exitCode = exitCode
        self.message = message
    }
}

/// A job that ended.
public struct JobRecord: Sendable, Hashable {
    /// Its key in the run.
    public var job: String
    /// Its name as people see it.
    public var name: String
    /// How it ended.
    public var result: Conclusion
    /// How long it took.
    public var milliseconds: Int
    /// Why it was skipped or failed without a step, in one line.
    public var message: String?
    /// Its outputs.
    public var outputs: OrderedDictionary<String, String>

    /// A record.
    public init(
        job: String, name: String, result: Conclusion, milliseconds: Int, message: String? = nil,
        outputs: OrderedDictionary<String, String> = [:]
    ) {
        self.job = job
        self.name = name
        self.result = result
        self.milliseconds = milliseconds
        self.message = message
        self.outputs = outputs
    }
}
