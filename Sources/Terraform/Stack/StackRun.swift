import Core
import Foundation
import Synchronization

/// What a run of terraform told, and how it ended.
struct TerraformRun: Sendable {
    var result: CommandResult
    var events: [TerraformEvent]

    var diagnostics: [TerraformDiagnostic] {
        events.compactMap { if case .diagnostic(let diagnostic) = $0 { diagnostic } else { nil } }
    }

    /// A server may have begun to make a machine though its answer did not come through.
    var leavesDoubt: Bool {
        let isMaking = events.contains { if case .failed(_, .create, _) = $0 { true } else { false } }
        // Where the server said no, it did not begin.
        let unheard = [TerraformCause.unreachable, .notProxmox].map(\.name)
        return isMaking
            && diagnostics.contains { diagnostic in
                diagnostic.severity == .error
                    && (TerraformCause.find(diagnostic).map { unheard.contains($0.name) } ?? true)
            }
    }

    /// The lock that stood in the way.
    var lock: LockInfo? { diagnostics.lazy.compactMap { LockInfo(detail: $0.detail) }.first }
}

extension TerraformStack {
    /// Runs a command that prints lines of the machine-readable interface.
    func piped(_ command: Command) async throws -> TerraformRun {
        let collected = Mutex<[TerraformEvent]>([])
        let result = try await context.processes.run(command) { [report] line in
            guard line.stream == .stdout, let event = TerraformEvent(line: line.text) else { return }
            collected.withLock { $0.append(event) }
            report(event)
        }
        return TerraformRun(result: result, events: collected.withLock { $0 })
    }

    /// Runs a command whose lines go to a file, so that terraform comes to its end also when nante is killed.
    ///
    /// With a pipe it would die at its next line, between making a machine and writing that down.
    func detached(_ command: Command) async throws -> TerraformRun {
        let log = path("apply.jsonl")
        try context.files.write("", to: log, mode: 0o600)
        var copy = command
        copy.program = "/bin/sh"
        let script = "umask 077; echo $$ >\"$1\"; log=\"$2\"; shift 2; exec \"$0\" \"$@\" >>\"$log\" 2>>\"$log.err\""
        copy.arguments =
            ["-c", script, command.program, path("terraform.pid"), log] + command.arguments
        try context.files.write("", to: log + ".err", mode: 0o600)
        let tail = LogTail(path: log, context: context) { [report] in report($0) }
        let follow = Task { await tail.follow() }
        defer { follow.cancel() }
        do {
            var result = try await context.processes.run(copy)
            follow.cancel()
            await follow.value
            result.stderr = (try? context.files.readText(log + ".err")) ?? ""
            return TerraformRun(result: result, events: tail.rest())
        } catch {
            follow.cancel()
            await follow.value
            _ = tail.rest()
            throw error
        }
    }

    /// Runs a command that wants the state's lock; a lock that a dead run of this folder left is released once.
    func locked(
        _ command: Command, _ run: (Command) async throws -> TerraformRun
    ) async throws -> TerraformRun {
        // What a dead run left is not waited for.
        let mayBeLeft = try journal.lastCut() != nil
        let first = try await run(mayBeLeft ? cli.withoutWaiting(command) : command)
        guard !first.result.succeeded, let lock = first.lock else { return first }
        guard try await release(lock) || mayBeLeft else { return first }
        return try await run(command)
    }

    /// The application that is meant: a trial is one of its application's.
    private var application: String {
        name.hasSuffix(Adoption.trialSuffix) ? String(name.dropLast(Adoption.trialSuffix.count)) : name
    }

    /// The failure that a run ended with.
    func trouble(_ run: TerraformRun, _ what: String) -> Failure {
        TerraformTrouble.failure(
            what, run.diagnostics, workspace: application, stderr: run.result.stderr, ending: run.result.ending)
    }

    /// The failure of a command that prints for people.
    func trouble(_ result: CommandResult, _ what: String) -> Failure {
        let text = PlainText.diagnostics(result.stderr)
        return TerraformTrouble.failure(
            what, text, workspace: application, stderr: result.stderr, ending: result.ending)
    }
}

/// Follows a file of lines while another program writes it.
final class LogTail: Sendable {
    private struct State {
        var offset = 0
        var lines = LineSplitter()
        var events: [TerraformEvent] = []
    }
    private let path: String
    private let context: Context
    private let report: @Sendable (TerraformEvent) -> Void
    private let state = Mutex(State())

    init(path: String, context: Context, report: @escaping @Sendable (TerraformEvent) -> Void) {
        self.path = path
        self.context = context
        self.report = report
    }

    /// Reads on until it is cancelled.
    func follow() async {
        while !Task.isCancelled {
            read()
            try? await context.time.sleep(for: .milliseconds(100))
        }
    }

    /// Reads to the end; all events that there were.
    func rest() -> [TerraformEvent] {
        read()
        return state.withLock { state in
            if let line = state.lines.rest(), let event = TerraformEvent(line: line) { state.events.append(event) }
            return state.events
        }
    }

    private func read() {
        guard let data = try? context.files.read(path) else { return }
        let fresh = state.withLock { state in
            let start = state.events.count
            let new = data.dropFirst(state.offset)
            state.offset = data.count
            var events: [TerraformEvent] = []
            state.lines.feed(new) { line in if let event = TerraformEvent(line: line) { events.append(event) } }
            state.events += events
            return state.events[start...]
        }
        fresh.forEach(report)
    }
}
