import OrderedCollections

/// `on`: the events that start a workflow, in the order of the file.
public struct Triggers: Sendable {
    /// Events by name; `workflow_call` and `workflow_dispatch` stand here too.
    public var events: OrderedDictionary<String, Trigger>
    /// `on.workflow_call`, where it is there.
    public var call: CallTrigger?
    /// `on.workflow_dispatch`, where it is there.
    public var dispatch: DispatchTrigger?

    /// The workflow names the event.
    public func contains(_ event: String) -> Bool { events[event] != nil }
}

/// One event with its filters; a filter that is left out lets everything through.
public struct Trigger: Sendable, Hashable {
    /// The event's name, such as `push`.
    public var name: String
    /// `types` of activity.
    public var types: [String]?
    /// Patterns by filter name: `branches`, `branches-ignore`, `tags`, `tags-ignore`, `paths`, `paths-ignore`,
    /// `workflows`, `names`, `versions`.
    public var filters: [String: [String]]
    /// Cron lines of `schedule`.
    public var schedules: [Schedule]

    /// One line of `schedule`.
    public struct Schedule: Sendable, Hashable {
        /// Five fields, POSIX cron.
        public var cron: String
        /// An IANA time zone; UTC where it is left out.
        public var timezone: String?
    }
}

/// The type of an input.
public enum InputType: String, Sendable, Hashable {
    case string, boolean, number, choice, environment
}

/// `on.workflow_call`: what a reusable workflow takes and gives.
public struct CallTrigger: Sendable {
    /// Inputs in the order of the file, by name.
    public var inputs: OrderedDictionary<String, Input>
    /// Secrets in the order of the file, by name.
    public var secrets: OrderedDictionary<String, Secret>
    /// Outputs in the order of the file, by name.
    public var outputs: OrderedDictionary<String, Output>

    /// A declared input.
    public struct Input: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is for.
        public var description: String?
        /// `boolean`, `number` or `string`.
        public var type: InputType
        /// A caller must give it.
        public var required: Bool
        /// Its value where the caller gives none; `type.zero` where this is nil.
        public var fallback: Template?
    }

    /// A declared secret.
    public struct Secret: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is for.
        public var description: String?
        /// A caller must give it.
        public var required: Bool
    }

    /// A declared output.
    public struct Output: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is.
        public var description: String?
        /// Evaluated over `jobs`, `github`, `inputs`, `vars` when the workflow ends.
        public var value: Template
    }
}

/// `on.workflow_dispatch`: what a person who starts the workflow is asked for.
public struct DispatchTrigger: Sendable {
    /// Inputs in the order of the file, by name.
    public var inputs: OrderedDictionary<String, Input>

    /// An input of a hand-started run.
    public struct Input: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is for.
        public var description: String?
        /// `string` where it is left out.
        public var type: InputType
        /// It must be given.
        public var required: Bool
        /// A literal scalar; its value where none is given.
        public var fallback: Template?
        /// What a `choice` may be.
        public var options: [String]
    }
}

extension InputType {
    /// The value of an input of this type that was not given and has no default.
    public var zero: ExpressionValue {
        switch self {
        case .boolean: .boolean(false)
        case .number: .number(0)
        case .string, .choice, .environment: .string("")
        }
    }
}
