import Core
import Foundation
import Synchronization
import Testing

@testable import Workflows

/// A repository in a temporary folder, with workflows that are really run.
final class Rig: Sendable {
    let folder: TemporaryFolder
    let context: Context

    /// A repository with the given files committed.
    ///
    /// - Parameter git: without it the files lie in a plain folder.
    init(_ files: [String: String], git: Bool = true) async throws {
        folder = try TemporaryFolder()
        var environment = ProcessInfo.processInfo.environment
        let root = folder.path.appending(path: "repo")
        environment["NANTE_WORK"] = folder.path.appending(path: "work")
        // So that the mask of one test knows no secrets of another.
        let mask = Mask()
        context = Context(
            environment: environment, workingDirectory: root, files: DiskFileSystem(),
            processes: SystemProcessRunner(environment: environment), http: NetworkHTTPSender(), time: SystemTime(),
            random: SystemRandom(), terminal: MemoryTerminal(mask: mask), mask: mask)
        for (path, text) in files { try context.files.write(text, to: root.appending(path: path)) }
        guard git else { return }
        for arguments in [
            ["init", "--quiet", "--initial-branch=main"], ["config", "user.name", "Test"],
            ["config", "user.email", "test@localhost"], ["add", "--all"], ["commit", "--quiet", "--message", "First"],
        ] { try await self.git(arguments) }
    }

    /// A repository with one workflow of the given `jobs:`, and more files.
    convenience init(jobs: String, on: String = "push", _ files: [String: String] = [:]) async throws {
        let text = "name: Test\non: \(on)\njobs:\n" + jobs.indented(2)
        try await self.init(files.merging([".github/workflows/test.yml": text]) { $1 })
    }

    var root: String { context.workingDirectory }

    func git(_ arguments: [String]) async throws {
        try await context.processes.check(
            Command("git", arguments, workingDirectory: root), what: "git \(arguments)")
    }

    /// Prepares a run of the workflow.
    func prepare(
        _ workflow: String = "test", view: any RunView = SilentView(), _ change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> WorkflowRun {
        var request = RunRequest(workflow: workflow)
        change(&request)
        return try await WorkflowRun.prepare(request, context: context, view: view)
    }

    /// Runs the workflow to its end.
    @discardableResult
    func run(_ workflow: String = "test", _ change: (inout RunRequest) -> Void = { _ in }) async throws -> RunReport {
        try await prepare(workflow, change).run()
    }

    /// What a step printed.
    func log(_ report: RunReport, _ job: String, _ step: String) throws -> String {
        guard let header = report.jobs[job]?.steps[step]?.header else { return "" }
        return try RunStore(context: context, root: root).log(report.id, header.log)
    }
}

extension RunReport {
    /// The results of the jobs by key.
    var results: [String: Conclusion] { jobs.elements.reduce(into: [:]) { $0[$1.key] = $1.value.result } }

    /// The outcome of a step.
    func outcome(_ job: String, _ step: String) -> Conclusion? { jobs[job]?.steps[step]?.record?.outcome }
}

extension String {
    /// Every line moved to the right.
    func indented(_ count: Int) -> String {
        let space = String(repeating: " ", count: count)
        return split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : space + $0 }
            .joined(separator: "\n") + "\n"
    }
}

/// A call that is made once.
final class Handler: Sendable {
    private let call = Mutex<(@Sendable () -> Void)?>(nil)
    func set(_ new: @escaping @Sendable () -> Void) { call.withLock { $0 = new } }
    func fire() {
        let taken = call.withLock { call in
            defer { call = nil }
            return call
        }
        taken?()
    }
}
