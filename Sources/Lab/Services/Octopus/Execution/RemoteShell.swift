import Core
import Foundation
import SSH
import Synchronization

/// Bash on a target: runs generated scripts there, line by line, and ends them when the lab goes.
///
/// A script travels on standard input, so that no value stands in an argument. The input then stays open for as long
/// as the script may run: when it closes (cancel, deadline, or the lab was killed), the far side ends the script's
/// whole process group. See ``RemoteScript`` for the far side.
struct RemoteShell: Sendable {
    /// The command that hands a line to the target's login shell.
    let command: @Sendable (_ line: String) -> Command
    /// Why a command did not run to its end; nil where it did.
    let problem: @Sendable (CommandResult) -> Failure?
    /// A folder of this machine for pipes, mode 0700.
    let folder: String
    let context: Core.Context

    /// How long the far side has to end what it runs, after the input closed.
    static let grace = Duration.seconds(10)

    /// How a script ended.
    enum Ending: Sendable, Hashable {
        case exited(Int32)
        case deadline
    }

    /// Runs a script to its end.
    ///
    /// - Parameter onLine: gets each line, but not the last one, by which the far side tells the exit code.
    /// - Throws: a failure when the target can't be reached or the connection broke; `CancellationError` after the
    ///   script was ended.
    func run(
        _ script: String, deadline: Duration, onLine: @escaping @Sendable (OutputLine) -> Void
    ) async throws -> Ending {
        try Task.checkCancellation()
        let mark = "##nante-end-\(context.random.hex(bytes: 8))"
        let bytes = Array(RemoteScript.framed(script, mark: mark).utf8)
        let pipe = try HeldPipe(path: folder.appending(path: context.random.hex(bytes: 8)))
        defer { pipe.remove() }
        var command = self.command("exec /bin/bash -c 'eval \"$(head -c \(bytes.count))\"'").reading(pipe.path)
        command.deadline = deadline + RemoteShell.grace * 2
        let reader = EndReader(mark: mark, onLine: onLine)
        let ready = command
        let work = Task.detached { [context] in
            try await context.processes.run(ready) { line in
                if reader.take(line) { pipe.close() }
            }
        }
        return try await follow(work, pipe, bytes, deadline) { reader.code }
    }

    private func follow(
        _ work: Task<CommandResult, any Error>, _ pipe: HeldPipe, _ bytes: [UInt8], _ deadline: Duration,
        _ code: @escaping @Sendable () -> Int32?
    ) async throws -> Ending {
        let late = Atomic(false)
        let context = context
        let feed = Task.detached { try await pipe.write(bytes, context.time) }
        let watch = Task.detached {
            // A child that the script left behind may hold the output open; the end mark counts, not the closing.
            let start = context.time.elapsed()
            var ended: Duration?
            while true {
                try await context.time.sleep(for: .milliseconds(100))
                let now = context.time.elapsed()
                if code() != nil, ended == nil { ended = now }
                if let ended, now - ended > .seconds(1) { return work.cancel() }
                if now - start > deadline, !late.exchange(true, ordering: .relaxed) { pipe.close() }
            }
        }
        defer {
            feed.cancel()
            watch.cancel()
        }
        let outcome = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            pipe.close()
            Task.detached {
                try? await context.time.sleep(for: RemoteShell.grace)
                work.cancel()
            }
        }
        try Task.checkCancellation()
        if late.load(ordering: .relaxed) { return .deadline }
        if let code = code() { return .exited(code) }
        let result = try outcome.get()
        if let failure = problem(result) { throw failure }
        throw Failure(
            .missing, "the connection broke while a script ran", why: result.ending.words,
            evidence: result.stderr.split(separator: "\n").suffix(5).map(String.init))
    }

    /// Sends a file to a command line on the target, as its standard input.
    func send(_ file: String, to line: String, deadline: Duration) async throws {
        var command = self.command(line).reading(file)
        command.deadline = deadline
        let result = try await context.processes.run(command)
        if let failure = problem(result) { throw failure }
        guard result.succeeded else {
            throw Failure(
                .failed, "a file could not be sent", why: result.ending.words,
                evidence: (result.stderr + result.stdout).split(separator: "\n").suffix(5).map(String.init))
        }
    }
}

extension Command {
    /// The same command with a file (or pipe) as its standard input.
    fileprivate func reading(_ path: String) -> Command {
        var copy = self
        copy.program = "/bin/sh"
        copy.arguments = ["-c", "exec \"$@\" <\"$0\"", path, program] + arguments
        copy.input = nil
        return copy
    }
}

/// Passes lines on until the end mark, which tells the exit code.
private final class EndReader: Sendable {
    private struct State {
        var code: Int32?
        /// An empty line is held back: the far side puts one before the mark, for output without an end of line.
        var blank = false
    }
    private let state = Mutex(State())
    private let mark: String
    private let onLine: @Sendable (OutputLine) -> Void

    init(mark: String, onLine: @escaping @Sendable (OutputLine) -> Void) {
        self.mark = mark + " "
        self.onLine = onLine
    }

    var code: Int32? { state.withLock { $0.code } }

    /// Takes a line; true when it was the mark.
    func take(_ line: OutputLine) -> Bool {
        guard line.stream == .stdout else {
            onLine(line)
            return false
        }
        if line.text.hasPrefix(mark) {
            state.withLock { $0.code = Int32(line.text.dropFirst(mark.count)) ?? 1 }
            return true
        }
        let wasBlank = state.withLock { state in
            defer { state.blank = line.text.isEmpty }
            return state.blank
        }
        if wasBlank { onLine(OutputLine(.stdout, "")) }
        if !line.text.isEmpty { onLine(line) }
        return false
    }
}

/// A named pipe whose writing end is held by this process alone, and so closes with it.
final class HeldPipe: Sendable {
    let path: String
    private let descriptor: Mutex<Int32?>

    init(path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else {
            throw Failure(.missing, "can't make the pipe \(path)", why: String(cString: strerror(errno)))
        }
        // Both directions, so that opening does not wait for the reader.
        let opened = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else {
            let why = String(cString: strerror(errno))
            unlink(path)
            throw Failure(.missing, "can't open the pipe \(path)", why: why)
        }
        descriptor = Mutex(opened)
    }

    /// Writes all bytes; stops quietly once the pipe is closed.
    func write(_ bytes: [UInt8], _ time: any TimeSource) async throws {
        var start = 0
        while start < bytes.count {
            let count = descriptor.withLock { descriptor -> Int? in
                guard let descriptor else { return nil }
                return bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            }
            guard let count else { return }
            if count > 0 { start += count } else { try await time.sleep(for: .milliseconds(2)) }
        }
    }

    /// The reader gets the end of file.
    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Foundation.close(open) }
            descriptor = nil
        }
    }

    func remove() {
        close()
        unlink(path)
    }

    deinit { remove() }
}
