/// A program to run: a pure value, so that what would be run can be compared in a test.
public struct Command: Sendable, Hashable {
    /// The program: a name that is looked up in PATH, or a path.
    public var program: String
    /// Its arguments; never a secret, every user of the machine can read them.
    public var arguments: [String]
    /// What happens to the environment.
    public var environment: Variables
    /// The folder it starts in; nil is the current one.
    public var workingDirectory: String?
    /// Text for its standard input; nil closes it.
    public var input: String?
    /// The longest it may take; then its whole process group is ended (INT, TERM, KILL).
    public var deadline: Duration?
    /// How long it is left after each softer signal when it is ended; nil is the runner's own measure.
    public var grace: Grace?
    /// Keep at most so many bytes of each output stream for the result (the last ones); lines are streamed in full.
    public var keep: Int

    /// The environment of a program.
    public enum Variables: Sendable, Hashable {
        /// That of nante with some set, or removed by nil.
        case inherit([String: String?])
        /// Exactly these.
        case exact([String: String])
    }

    /// The pauses between INT, TERM and KILL.
    public struct Grace: Sendable, Hashable {
        /// Between INT and TERM.
        public var interrupt: Duration
        /// Between TERM and KILL.
        public var terminate: Duration
        /// Pauses.
        public init(interrupt: Duration, terminate: Duration) {
            self.interrupt = interrupt
            self.terminate = terminate
        }
    }

    /// A command.
    public init(
        _ program: String, _ arguments: [String] = [], environment: Variables = .inherit([:]),
        workingDirectory: String? = nil, input: String? = nil, deadline: Duration? = nil, grace: Grace? = nil,
        keep: Int = 4 << 20
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.input = input
        self.deadline = deadline
        self.grace = grace
        self.keep = keep
    }
}

/// A line that a program printed.
public struct OutputLine: Sendable, Hashable {
    /// Which stream it came from.
    public enum Stream: Sendable, Hashable { case stdout, stderr }
    /// The stream.
    public var stream: Stream
    /// The line without its end; bytes that are not UTF-8 are replaced.
    public var text: String
    /// A line.
    public init(_ stream: Stream, _ text: String) {
        self.stream = stream
        self.text = text
    }
}

/// How a program ended.
public struct CommandResult: Sendable, Hashable {
    /// The way it ended.
    public enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signaled(Int32)
        case deadline
    }
    /// How it ended.
    public var ending: Ending
    /// What it printed to standard output (the last `keep` bytes).
    public var stdout: String
    /// What it printed to standard error (the last `keep` bytes).
    public var stderr: String
    /// How long it took.
    public var duration: Duration
    /// A result.
    public init(_ ending: Ending, stdout: String = "", stderr: String = "", duration: Duration = .zero) {
        self.ending = ending
        self.stdout = stdout
        self.stderr = stderr
        self.duration = duration
    }
    /// It exited with 0.
    public var succeeded: Bool { ending == .exited(0) }
    /// The exit code as a shell tells it: 128 + signal, 124 for the deadline.
    public var code: Int32 {
        switch ending {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        case .deadline: 124
        }
    }
    /// Lines of standard output, without a last empty one.
    public var lines: [String] {
        var lines = stdout.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// Starts programs.
public protocol ProcessRunner: Sendable {
    /// Runs a command to its end; lines are handed on as they come.
    ///
    /// - Throws: a failure with exit `missing` when the program can't be started; `CancellationError` when the task
    ///   was cancelled, after the whole process group was ended.
    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult
    /// The path of a program in PATH; nil when there is none.
    func find(_ program: String) -> String?
}

extension ProcessRunner {
    /// Runs a command to its end.
    public func run(_ command: Command) async throws -> CommandResult { try await run(command, onLine: nil) }

    /// Runs a command that must exit with 0.
    ///
    /// - Throws: a failure with the end of what it printed.
    @discardableResult
    public func check(
        _ command: Command, what: String, exit: Exit = .failed, onLine: (@Sendable (OutputLine) -> Void)? = nil
    ) async throws -> CommandResult {
        let result = try await run(command, onLine: onLine)
        if result.succeeded { return result }
        let text = result.stderr.isEmpty ? result.stdout : result.stderr
        let last = text.split(separator: "\n").suffix(10).map(String.init)
        throw Failure(
            exit, what, why: "\(command.program.lastPathComponent) \(result.ending.words)", evidence: last)
    }
}

extension CommandResult.Ending {
    /// The ending in words.
    public var words: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        case .deadline: "did not end before its deadline"
        }
    }
}
