import Core
import Synchronization

/// Reads what a script prints: log lines in their categories, and messages to the server.
final class ScriptOutput: Sendable {
    /// What a script told the server.
    struct Told: Sendable, Hashable {
        /// A variable that it set.
        struct Variable: Sendable, Hashable {
            var name: String
            var value: String
            var isSensitive: Bool
        }
        var variables: [Variable] = []
        /// The sentence of fail_step, which replaces that of the exit code.
        var message: String?
        /// Something was written to standard error that is no message.
        var hasErrors = false
    }

    private struct State {
        var told = Told()
        var out = LogCategory.info
        var err = LogCategory.error
        var isIgnoring = (out: false, err: false)
    }

    private let state = Mutex(State())
    private let node: LogNode

    /// A reader that logs to a node of the activity log.
    init(node: LogNode) { self.node = node }

    /// What was told until now.
    var told: Told { state.withLock { $0.told } }

    /// Takes a line.
    func take(_ line: OutputLine) {
        guard let (before, message) = ServiceMessage.split(line.text) else { return log(line.text, line.stream) }
        if !before.isEmpty { log(before, line.stream) }
        if let message { handle(message, line.stream) }
    }

    private func log(_ text: String, _ stream: OutputLine.Stream) {
        let category: LogCategory? = state.withLock { state in
            switch stream {
            case .stdout: return state.isIgnoring.out ? nil : state.out
            case .stderr:
                state.told.hasErrors = true
                return state.isIgnoring.err ? nil : state.err
            }
        }
        if let category { node.write(category, text) }
    }

    private func handle(_ message: ServiceMessage, _ stream: OutputLine.Stream) {
        let attributes = message.attributes
        switch message.name {
        case "setvariable":
            guard stream == .stdout, let name = attributes["name"], !name.isEmpty else { return }
            let isSensitive = attributes["sensitive"]?.lowercased() == "true"
            let value = attributes["value"] ?? ""
            if isSensitive { node.hide(value) }
            state.withLock {
                $0.told.variables.append(.init(name: name, value: value, isSensitive: isSensitive))
            }
        case "resultmessage": state.withLock { $0.told.message = attributes["message"] }
        case "mask": attributes["value"].map(node.hide)
        case "progress":
            node.progress(attributes["percentage"].flatMap { Int($0) } ?? 0, attributes["message"])
        case "createartifact":
            node.write(.warning, "The artifact \(attributes["name"] ?? "") was not collected: the lab keeps none.")
        default: mode(message.name)
        }
    }

    private func mode(_ name: String) {
        let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0] == "stdout" || parts[0] == "stderr" else { return }
        state.withLock { state in
            if parts[0] == "stdout" {
                state.isIgnoring.out = parts[1] == "ignore"
                state.out = LogCategory(mode: parts[1]) ?? .info
            } else {
                state.isIgnoring.err = parts[1] == "ignore"
                state.err = parts[1] == "progress" ? .verbose : .error
            }
        }
    }
}

/// How weighty a line of an activity log is; the words of the API.
enum LogCategory: String, Sendable {
    case trace = "Trace"
    case verbose = "Verbose"
    case info = "Info"
    case highlight = "Highlight"
    case wait = "Wait"
    case warning = "Warning"
    case error = "Error"
    case fatal = "Fatal"

    init?(mode: String) {
        switch mode {
        case "default": self = .info
        case "verbose": self = .verbose
        case "highlight": self = .highlight
        case "wait": self = .wait
        case "warning": self = .warning
        case "error": self = .error
        default: return nil
        }
    }
}
