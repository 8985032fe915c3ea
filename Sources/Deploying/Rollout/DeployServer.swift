import Core
import Octopus

/// An application in an environment, as the deployment server knows it.
public struct DeployPlace: Sendable, Hashable {
    /// The application: project and package.
    public var app: String
    /// The project's id.
    public var projectId: String
    /// The environment's name.
    public var environment: String
    /// The environment's id.
    public var environmentId: String
    /// Hosts that applications run on.
    public var hosts: [TargetHost]
    /// Hosts that spread the requests (target tag `load-balancer`).
    public var balancers: [TargetHost]

    /// A place.
    public init(
        app: String, projectId: String, environment: String, environmentId: String, hosts: [TargetHost],
        balancers: [TargetHost]
    ) {
        self.app = app
        self.projectId = projectId
        self.environment = environment
        self.environmentId = environmentId
        self.hosts = hosts
        self.balancers = balancers
    }
}

/// A release, as far as a deployment needs it.
public struct ReleaseFacts: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its version.
    public var version: String
    /// Its notes; a line `commit: HASH` in them names the commit.
    public var notes: String
    /// It was found to be bad and must not be gone back to.
    public var isCondemned: Bool

    /// A release.
    public init(id: String, version: String, notes: String = "", isCondemned: Bool = false) {
        self.id = id
        self.version = version
        self.notes = notes
        self.isCondemned = isCondemned
    }

    /// What git knows the release's commit by: the commit in its notes, the one in its version (`+g1a2b3c4`), or
    /// the tag of the version.
    public var revision: String {
        if let match = notes.firstMatch(of: /(?im)^\W*commit\W+([0-9a-f]{7,40})\b/) { return String(match.1) }
        if let match = version.firstMatch(of: /[+.]g([0-9a-f]{7,40})/) { return String(match.1) }
        return "v" + version
    }
}

/// A deployment with the state of its task.
public struct DeploymentFacts: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its task.
    public var taskId: String
    /// What was deployed.
    public var release: ReleaseFacts
    /// How far it is.
    public var state: TaskState

    /// A deployment.
    public init(id: String, taskId: String, release: ReleaseFacts, state: TaskState) {
        self.id = id
        self.taskId = taskId
        self.release = release
        self.state = state
    }

    /// It ended well, and nobody found out later that it did not.
    public var isGood: Bool { state == .success && !release.isCondemned }
}

/// What a deployment asks of the server; its truth is the one that counts.
public protocol DeployServer: Sendable {
    /// The application's project, the environment and its hosts.
    ///
    /// - Throws: a failure with exit `usage` that names what the server does not know.
    func place(app: String, environment: String) async throws -> DeployPlace
    /// The release of a version, or the newest one.
    func release(_ version: String?, of place: DeployPlace) async throws -> ReleaseFacts
    /// The latest deployments to the place, newest first.
    func history(of place: DeployPlace) async throws -> [DeploymentFacts]
    /// Asks for a deployment; it waits in the server's queue while another works on the same place.
    ///
    /// - Parameter bake: how long hosts watch the new release; nil leaves it to them.
    func deploy(_ release: ReleaseFacts, to place: DeployPlace, bake: Duration?) async throws -> DeploymentFacts
    /// A task with its log.
    func task(_ id: String) async throws -> TaskDetails
    /// The tasks that a queued one waits for, in words.
    func ahead(of task: String) async throws -> [String]
    /// Asks for the end of a task.
    func cancel(_ task: String) async throws
    /// Marks a release as bad, so that nobody goes back to it.
    func condemn(_ release: ReleaseFacts, because reason: String) async throws
    /// Takes the mark away.
    func absolve(_ release: ReleaseFacts) async throws
    /// Names of variables that are not the same in two releases.
    func variableChanges(from old: ReleaseFacts, to new: ReleaseFacts) async throws -> [String]
}
