import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Runs programs on this machine, each in a session of its own so that all of its descendants can be ended.
public struct SystemProcessRunner: ProcessRunner {
    /// The variables that "inherit" stands for, and whose PATH is searched.
    private let environment: [String: String]
    /// How long INT and TERM are given before the next, harder signal.
    private let grace: Command.Grace

    /// A runner whose programs inherit the given variables.
    public init(environment: [String: String], grace: Duration = .seconds(2)) {
        self.environment = environment
        self.grace = Command.Grace(interrupt: grace, terminate: grace)
    }

    /// The path of a program in PATH.
    public func find(_ program: String) -> String? { find(program, in: environment) }

    private func find(_ program: String, in variables: [String: String]) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let folders = variables["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        for folder in folders.split(separator: ":") {
            let path = String(folder).appending(path: program)
            if access(path, X_OK) == 0, !DiskFileSystem().isDirectory(path) { return path }
        }
        return nil
    }

    /// Runs a command to its end.
    public func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        try Task.checkCancellation()
        let variables = command.environment.applied(to: environment)
        guard let path = find(command.program, in: variables) ?? find(command.program) else {
            throw Failure(.missing, "\(command.program) is not installed", why: "no such program in PATH")
        }
        if let folder = command.workingDirectory, !DiskFileSystem().isDirectory(folder) {
            throw Failure(.usage, "the folder \(folder) does not exist", why: "\(command.program) was to run there")
        }
        let leader = ProcessLeader(grace: command.grace ?? grace)
        // Not a child task: cancelling must end the process first, while its output is still read to the end.
        let work = Task.detached {
            if let input = command.input {
                let file = try InputFile(input)
                let descriptor = FileDescriptorInput.fileDescriptor(file.descriptor, closeAfterSpawningProcess: false)
                defer { withExtendedLifetime(file) {} }
                return try await launch(command, path, variables, descriptor, leader, onLine)
            }
            return try await launch(command, path, variables, .none, leader, onLine)
        }
        let watch = command.deadline.map { limit in
            Task.detached {
                try await Task.sleep(for: limit)
                await leader.end(.deadline)
            }
        }
        defer { watch?.cancel() }
        return try await withTaskCancellationHandler {
            let result = try await work.value
            if leader.cause == .cancelled { throw CancellationError() }
            return result
        } onCancel: {
            Task.detached { await leader.end(.cancelled) }
        }
    }

    private func launch<Input: InputProtocol>(
        _ command: Command, _ path: String, _ variables: [String: String], _ input: Input, _ leader: ProcessLeader,
        _ onLine: (@Sendable (OutputLine) -> Void)?
    ) async throws -> CommandResult {
        var options = PlatformOptions()
        options.createSession = true
        let custom = Dictionary(
            uniqueKeysWithValues: variables.compactMap { name, value in
                Subprocess.Environment.Key(rawValue: name).map { ($0, value) }
            })
        let start = ContinuousClock.now
        let outcome: ExecutionResult<(String, String), SequenceOutput, SequenceOutput>
        do {
            outcome = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(command.arguments), environment: .custom(custom),
                workingDirectory: command.workingDirectory.map { FilePath($0) }, platformOptions: options,
                input: input, output: .sequence, error: .sequence
            ) { execution in
                await leader.started(execution.processIdentifier.value)
                async let out = collect(execution.standardOutput, .stdout, command.keep, onLine)
                async let err = collect(execution.standardError, .stderr, command.keep, onLine)
                return await (out, err)
            }
        } catch let error as SubprocessError {
            leader.finished()
            throw Failure(.missing, "can't run \(command.program)", why: "\(error)")
        }
        leader.finished()
        let duration = ContinuousClock.now - start
        let ending: CommandResult.Ending =
            switch outcome.terminationStatus {
            case _ where leader.cause == .deadline: .deadline
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signaled(signal)
            }
        return CommandResult(
            ending, stdout: outcome.closureResult.0, stderr: outcome.closureResult.1, duration: duration)
    }
}

/// Reads a stream to its end, hands on its lines and keeps its last bytes.
private func collect(
    _ sequence: SubprocessOutputSequence, _ stream: OutputLine.Stream, _ keep: Int,
    _ onLine: (@Sendable (OutputLine) -> Void)?
) async -> String {
    var lines = LineSplitter()
    var kept: [UInt8] = []
    do {
        for try await buffer in sequence {
            buffer.withUnsafeBytes { bytes in
                kept.append(contentsOf: bytes)
                if let onLine { lines.feed(bytes) { onLine(OutputLine(stream, $0)) } }
            }
            if kept.count > 2 * keep { kept.removeFirst(kept.count - keep) }
        }
    } catch {
        // The pipe is gone; what was read until now stands.
    }
    if let onLine, let rest = lines.rest() { onLine(OutputLine(stream, rest)) }
    return String(decoding: kept.suffix(keep), as: UTF8.self)
}

/// Leaders of the sessions that run now: of the whole process, since that is what a second Ctrl-C ends.
private let runningLeaders = Mutex<Set<pid_t>>([])

extension SystemProcessRunner {
    /// Kills every program that runs, with all its descendants; for a process that must go at once.
    public static func killAll() {
        runningLeaders.withLock { leaders in for pid in leaders { kill(-pid, SIGKILL) } }
    }
}

/// The leader of a child's session: ends all of it, softly first.
private final class ProcessLeader: Sendable {
    enum Cause: Sendable { case cancelled, deadline }
    private struct State {
        var pid: pid_t?
        var cause: Cause?
        var over = false
    }
    private let state = Mutex(State())
    private let grace: Command.Grace

    init(grace: Command.Grace) { self.grace = grace }

    var cause: Cause? { state.withLock { $0.cause } }

    /// Called with the child's pid; ends it at once when the wish to do so came first.
    func started(_ pid: pid_t) async {
        runningLeaders.withLock { _ = $0.insert(pid) }
        let late = state.withLock { state in
            state.pid = pid
            return state.cause != nil
        }
        if late { Task.detached { await self.escalate(pid) } }
    }

    /// The leader has been reaped: whatever it left behind is ended when it was to be ended.
    func finished() {
        state.withLock { state in
            state.over = true
            guard let pid = state.pid else { return }
            runningLeaders.withLock { _ = $0.remove(pid) }
            if state.cause != nil { kill(-pid, SIGKILL) }
        }
    }

    func end(_ cause: Cause) async {
        let pid: pid_t? = state.withLock { state in
            guard !state.over, state.cause == nil else { return nil }
            state.cause = cause
            return state.pid
        }
        if let pid { await escalate(pid) }
    }

    private func escalate(_ pid: pid_t) async {
        for (signal, pause) in [
            (SIGINT, grace.interrupt), (SIGTERM, grace.terminate), (SIGKILL, grace.terminate),
        ] {
            let over = state.withLock { state in
                if !state.over { kill(-pid, signal) }
                return state.over
            }
            if over { return }
            let until = ContinuousClock.now + pause
            while ContinuousClock.now < until, !state.withLock({ $0.over }) {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}

extension Command.Variables {
    /// The variables that the program gets.
    public func applied(to inherited: [String: String]) -> [String: String] {
        switch self {
        case .exact(let variables): return variables
        case .inherit(let changes):
            var variables = inherited
            for (name, value) in changes { variables[name] = value }
            return variables
        }
    }
}
