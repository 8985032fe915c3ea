import OrderedCollections

/// An action's `action.yml`, read and checked.
public struct ActionDefinition: Sendable {
    /// The file's name as it was given to the reader.
    public var file: String
    /// `name`.
    public var name: String
    /// `description`.
    public var description: String?
    /// Inputs in the order of the file, by name.
    public var inputs: OrderedDictionary<String, Input>
    /// Outputs in the order of the file, by name.
    public var outputs: OrderedDictionary<String, Output>
    /// What it does.
    public var runs: Runs

    /// A declared input; its value is always a string, and `required` is not enforced.
    public struct Input: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is for.
        public var description: String?
        /// It should be given.
        public var required: Bool
        /// Its value where none is given; may hold an expression.
        public var fallback: Template?
        /// What to say to a caller who gives it.
        public var deprecation: String?
    }

    /// A declared output.
    public struct Output: Sendable {
        /// Where its name stands.
        public var place: Place
        /// What it is.
        public var description: String?
        /// Evaluated after the last step, for composite actions.
        public var value: Template?
    }

    /// What an action does.
    public enum Runs: Sendable {
        /// Steps.
        case composite([Step])
        /// A Node program.
        case node(Node)
        /// A container.
        case docker(Docker)
    }

    /// A Node program and the ones around it, as paths in the action's folder.
    public struct Node: Sendable {
        /// `node20` and the like.
        public var using: String
        /// The main program.
        public var main: String
        /// The program before all main ones.
        public var pre: String?
        /// Whether the one before runs.
        public var preCondition: Condition?
        /// The program after all main ones.
        public var post: String?
        /// Whether the one after runs.
        public var postCondition: Condition?
    }

    /// A container.
    public struct Docker: Sendable {
        /// `Dockerfile` or `docker://image`.
        public var image: String
        /// The program in it.
        public var entrypoint: String?
        /// Its arguments, a sequence.
        public var arguments: Template?
        /// Its environment, a mapping.
        public var env: Template?
    }
}
