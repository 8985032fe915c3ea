import Core
import OrderedCollections

/// What a run is asked for.
public struct RunRequest: Sendable {
    /// The workflow file, from the top of the repository or absolute.
    public var workflow: String
    /// The event; nil is `push` where the workflow has it, else `workflow_dispatch`, else its first.
    public var event: String?
    /// The event's payload; nil is made from the repository.
    public var payload: JSONValue?
    /// Inputs of `workflow_dispatch`, as they were typed.
    public var inputs: OrderedDictionary<String, String> = [:]
    /// Secrets by name.
    public var secrets: [String: String] = [:]
    /// Names of secrets whose values need no hiding, such as an address that callers keep among their secrets.
    public var openSecrets: Set<String> = []
    /// The `vars` context.
    public var variables: [String: String] = [:]
    /// Only these jobs and what they need; empty is all.
    public var jobs: [String] = []
    /// Where repositories that `uses` names are on this machine: `owner/name` and an absolute folder.
    public var library: [String: String] = [:]
    /// Where jobs work.
    public var workspace: WorkspaceMode = .commit
    /// More names of this process' environment that steps get.
    public var passed: Set<String> = []
    /// The folder of this nante, put in front of PATH.
    public var binary: String?
    /// Steps do not get addresses of servers, so that they use the lab.
    public var usesLab = false
    /// Workspaces stay after the run.
    public var keepsWorkspaces = false

    /// A request for a workflow.
    public init(workflow: String) { self.workflow = workflow }
}

/// Where the jobs of a run work.
public enum WorkspaceMode: String, Sendable, Hashable, CaseIterable {
    /// Each job in a checkout of HEAD's commit, as after a push.
    case commit
    /// Each job in a checkout of the work tree with its uncommitted changes.
    case dirty
    /// All jobs in the work tree itself.
    case current
}

/// Watches a run as it goes.
public protocol RunView: Sendable {
    /// Something happened; it is in the journal by now.
    func event(_ entry: JournalEntry)
    /// A step printed a line, or nante did for it; secrets are hidden.
    func line(job: String, step: String, text: String)
}

/// A view that shows nothing.
public struct SilentView: RunView {
    /// A view that shows nothing.
    public init() {}
    /// Nothing.
    public func event(_ entry: JournalEntry) {}
    /// Nothing.
    public func line(job: String, step: String, text: String) {}
}
