import Core

/// Reads what a step prints, line by line: carries out nothing, but says what each line means.
///
/// One for each step; rules: actions/runner, src/Runner.Worker/ActionCommandManager.cs.
public struct CommandReader: Sendable {
    /// What a line means for the run.
    public enum Meaning: Sendable, Hashable {
        /// A line for the log, as it is.
        case text(String)
        /// A notice, warning or error; its text goes to the log too.
        case annotation(Annotation)
        /// A message for those who debug.
        case debug(String)
        /// The lines that follow belong together under this title.
        case group(String)
        /// The group ends.
        case endGroup
        /// A value must be hidden from now on.
        case mask(String)
        /// The step has an output.
        case output(name: String, value: String)
        /// The step keeps a value for its post step.
        case state(name: String, value: String)
        /// A variable for later steps, by the old command.
        case variable(name: String, value: String)
        /// A folder in front of PATH for later steps, by the old command.
        case folder(String)
        /// The command is wrong, or not allowed: the step fails with this message.
        case fault(String)
    }

    private var token: String?
    private var echo = false
    private let allowsOldCommands: Bool

    /// A reader for one step.
    ///
    /// - Parameter allowsOldCommands: `set-env` and `add-path` work (ACTIONS_ALLOW_UNSECURE_COMMANDS is true).
    public init(allowsOldCommands: Bool = false) { self.allowsOldCommands = allowsOldCommands }

    /// The meanings of a line, in the order to be carried out; empty for a command that leaves no trace.
    public mutating func read(_ line: String) -> [Meaning] {
        // Nearly every line is no command: a look at two characters decides that.
        guard line.utf8.contains(0x3A) || line.utf8.contains(0x5B) else { return [.text(line)] }
        if let waited = token {
            guard let command = WorkflowCommand.parse(line, names: [waited.lowercased()]) else { return [.text(line)] }
            if command.name == waited.lowercased() { token = nil }
            return [.text(line)]
        }
        guard let command = WorkflowCommand.parse(line) else { return [.text(line)] }
        let meaning = carry(command, line)
        return echo && command.name != "add-mask" && command.name != "echo" ? [.text(line)] + meaning : meaning
    }

    private mutating func carry(_ command: WorkflowCommand, _ line: String) -> [Meaning] {
        if let annotation = Annotation(command) { return [.annotation(annotation)] }
        switch command.name {
        case "debug": return [.debug(command.data)]
        case "group": return [.group(command.data)]
        case "endgroup": return [.endGroup]
        case "add-mask":
            if command.data.allSatisfy(\.isWhitespace) {
                return [.annotation(Annotation(.warning, "add-mask was given nothing to hide"))]
            }
            return [.mask(command.data)]
        case "stop-commands": return stop(command, line)
        case "echo":
            switch command.data.lowercased() {
            case "on": echo = true
            case "off": echo = false
            default: return [.fault("echo takes on or off, not '\(command.data)'")]
            }
            return []
        case "set-output": return named(command) { .output(name: $0, value: command.data) }
        case "save-state": return named(command) { .state(name: $0, value: command.data) }
        case "set-env", "add-path": return old(command)
        default: return []
        }
    }

    private mutating func stop(_ command: WorkflowCommand, _ line: String) -> [Meaning] {
        let reserved = command.data.isEmpty || WorkflowCommand.names.contains(command.data.lowercased())
        if reserved || command.data.lowercased() == "pause-logging" {
            return [.fault("stop-commands needs a token of its own, not '\(command.data)'")]
        }
        token = command.data
        return [.text(line)]
    }

    private func named(_ command: WorkflowCommand, _ make: (String) -> Meaning) -> [Meaning] {
        guard let name = command.properties["name"] else {
            return [.fault("Required field 'name' is missing in ##[\(command.name)] command.")]
        }
        return [make(name)]
    }

    private func old(_ command: WorkflowCommand) -> [Meaning] {
        guard allowsOldCommands else {
            let file = command.name == "set-env" ? "GITHUB_ENV" : "GITHUB_PATH"
            return [
                .fault(
                    "The `\(command.name)` command is disabled. Write to the file $\(file), or set "
                        + "ACTIONS_ALLOW_UNSECURE_COMMANDS to true.")
            ]
        }
        if command.name == "add-path" { return [.folder(command.data)] }
        return named(command) { .variable(name: $0, value: command.data) }
    }
}
