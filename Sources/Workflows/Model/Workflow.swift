import OrderedCollections

/// A workflow file, read and checked.
public struct Workflow: Sendable {
    /// The file's name as it was given to the reader.
    public var file: String
    /// `name`, where there is one.
    public var name: String?
    /// `description`, where there is one.
    public var description: String?
    /// `run-name`.
    public var runName: Template?
    /// What starts it.
    public var triggers: Triggers
    /// `permissions` for all jobs that have none of their own.
    public var permissions: Permissions?
    /// `env`: a mapping, or an expression that gives one.
    public var env: Template?
    /// `defaults`.
    public var defaults: Defaults?
    /// `concurrency`.
    public var concurrency: Concurrency?
    /// The jobs in the order of the file, by id.
    public var jobs: OrderedDictionary<String, Job>

    /// The name to show: `name`, else the file.
    public var title: String { name ?? file }
}

/// A `defaults` mapping.
public struct Defaults: Sendable {
    /// `defaults.run`: `shell` and `working-directory`.
    ///
    /// A job's replaces a workflow's as a whole.
    public var run: Template?
}

/// `concurrency` of a workflow or a job: a group's name, or a mapping with `group`, `cancel-in-progress`, `queue`.
public struct Concurrency: Sendable {
    /// The value as written.
    public var template: Template
}

/// `permissions` of a workflow or a job.
public enum Permissions: Sendable, Hashable {
    /// `read-all`.
    case readAll
    /// `write-all`.
    case writeAll
    /// A level for each named scope; the ones left out are none.
    case levels(OrderedDictionary<String, Level>)

    /// What a scope may do; ordered.
    public enum Level: String, Sendable, Hashable, Comparable {
        case none, read, write

        private var rank: Int { self == .none ? 0 : self == .read ? 1 : 2 }
        /// Less may be done with the first.
        public static func < (first: Level, second: Level) -> Bool { first.rank < second.rank }
    }
}
