import OrderedCollections

/// One job of a workflow.
public struct Job: Sendable {
    /// Its key under `jobs`.
    public var id: String
    /// Where its key stands.
    public var place: Place
    /// `name`.
    public var name: Template?
    /// The ids of `needs`, spelled as the needed jobs' keys, each once.
    public var needs: [String]
    /// `if`, with the implicit rule applied.
    public var condition: Condition
    /// `permissions`.
    public var permissions: Permissions?
    /// `concurrency`.
    public var concurrency: Concurrency?
    /// `strategy`.
    public var strategy: Strategy?
    /// What it does.
    public var work: Work

    /// What a job does.
    public enum Work: Sendable {
        /// It runs steps.
        case steps(StepsJob)
        /// It calls a reusable workflow.
        case call(CallJob)
    }
}

/// The part of a job that runs steps.
public struct StepsJob: Sendable {
    /// `runs-on`: a label, labels, or `{group, labels}`.
    public var runsOn: Template
    /// `timeout-minutes`; 360 where it is left out.
    public var timeoutMinutes: Template?
    /// `cancel-timeout-minutes`; 5 where it is left out.
    public var cancelTimeoutMinutes: Template?
    /// `continue-on-error`.
    public var continueOnError: Template?
    /// `container`.
    public var container: Template?
    /// `services`.
    public var services: Template?
    /// `env`.
    public var env: Template?
    /// `environment`: a name, or `{name, url, deployment}`.
    public var environment: Template?
    /// `environment.url`, evaluated when the job ends.
    public var environmentURL: Template?
    /// `defaults`.
    public var defaults: Defaults?
    /// `outputs` in the order of the file, by name; evaluated when the job ends.
    public var outputs: OrderedDictionary<String, Template>
    /// The steps in order.
    public var steps: [Step]
}

/// The part of a job that calls a reusable workflow.
public struct CallJob: Sendable {
    /// Where the workflow is.
    public var uses: WorkflowReference
    /// `uses` as it was written.
    public var text: String
    /// Where `uses` stands.
    public var place: Place
    /// `with` in the order of the file, by name as written.
    public var with: OrderedDictionary<String, Template>
    /// `secrets`.
    public var secrets: Secrets

    /// What a call passes of its secrets.
    public enum Secrets: Sendable {
        /// Only these, by name as written.
        case named(OrderedDictionary<String, Template>)
        /// `inherit`: all of the caller's.
        case inherit
    }
}

/// `strategy` of a job; a mapping with `fail-fast`, `max-parallel` and `matrix`, or an expression that gives one.
public struct Strategy: Sendable {
    /// The value as written.
    public var template: Template
}

/// Where a reusable workflow is, from `uses` of a job.
public enum WorkflowReference: Sendable, Hashable {
    /// `./.github/workflows/x.yml` or `$/.github/workflows/x.yml`: the repository that holds the calling file.
    case local(path: String)
    /// `owner/repo/.github/workflows/x.yml@ref`.
    case remote(owner: String, repository: String, path: String, ref: String)
}
