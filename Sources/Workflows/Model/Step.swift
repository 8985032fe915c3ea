/// One step of a job or of a composite action.
public struct Step: Sendable {
    /// `id`, or a generated one that starts with `__`; outputs of generated ids are discarded.
    public var id: String
    /// The id was written in the file.
    public var hasOwnID: Bool
    /// Where the step starts.
    public var place: Place
    /// `name`.
    public var name: Template?
    /// `if`, with the implicit rule applied.
    public var condition: Condition
    /// `continue-on-error`.
    public var continueOnError: Template?
    /// `timeout-minutes`.
    public var timeoutMinutes: Template?
    /// `env`: a mapping, or an expression that gives one.
    public var env: Template?
    /// `background: true`: the next step starts without waiting for this one.
    public var background: Bool
    /// What it does.
    public var action: Action

    /// What a step does.
    public indirect enum Action: Sendable {
        /// It runs a script.
        case run(Script)
        /// It uses an action.
        case uses(Use)
        /// `wait`: it waits for these background steps.
        case wait([String])
        /// `wait-all`: it waits for all background steps; false does nothing.
        case waitAll(Bool)
        /// `cancel`: it cancels a background step.
        case cancel(String)
        /// `parallel`: these run at the same time.
        case parallel([Step])
    }

    /// A `run` step.
    public struct Script: Sendable {
        /// `run`.
        public var run: Template
        /// `shell`.
        public var shell: Template?
        /// `working-directory`.
        public var workingDirectory: Template?
    }

    /// A `uses` step.
    public struct Use: Sendable {
        /// Where the action is.
        public var reference: ActionReference
        /// `uses` as it was written.
        public var text: String
        /// Where `uses` stands.
        public var place: Place
        /// `with`: a mapping, or an expression that gives one.
        public var with: Template?
    }
}

/// Where an action is, from `uses` of a step.
public enum ActionReference: Sendable, Hashable {
    /// `./path`: in the workspace, at the moment the step runs.
    case workspace(path: String)
    /// `$/path`: in the repository and commit of the file it is written in.
    case own(path: String)
    /// `owner/repo[/path]@ref`; the path is empty where there is none.
    case repository(owner: String, name: String, path: String, ref: String)
    /// `docker://image`.
    case docker(image: String)
}
