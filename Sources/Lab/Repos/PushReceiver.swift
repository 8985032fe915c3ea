import Core
import Foundation
import Git

/// Runs the workflows that a push triggers, and shows the runs to the pusher: the work of the post-receive hook.
public struct PushReceiver: Sendable {
    /// A workflow of the pushed commit.
    public struct Candidate: Sendable {
        /// Its file in the repository, such as ".github/workflows/ci.yml".
        public var file: String
        /// Why it can't be read.
        public var fault: String?
        /// Whether a push of a ref starts it, told the files that the push changed; nil where they don't count.
        public var starts: @Sendable (_ ref: PushedRef, _ changed: [String]?) -> Bool

        /// A workflow.
        public init(
            file: String, fault: String? = nil,
            starts: @escaping @Sendable (_ ref: PushedRef, _ changed: [String]?) -> Bool
        ) {
            self.file = file
            self.fault = fault
            self.starts = starts
        }
    }

    let repos: LabRepos
    let name: RepoName
    let read: @Sendable (_ text: String, _ file: String) -> Candidate
    private var context: Context { repos.context }
    private var bare: Repository { Repository(context: repos.context, folder: repos.path(name)) }

    /// A receiver for a repository.
    ///
    /// - Parameter read: reads a workflow file.
    public init(
        _ repos: LabRepos, _ name: RepoName, read: @escaping @Sendable (_ text: String, _ file: String) -> Candidate
    ) {
        self.repos = repos
        self.name = name
        self.read = read
    }

    /// Takes what git tells the hook and runs what it triggers, one after the other.
    ///
    /// - Returns: how many runs failed.
    public func receive(_ lines: String) async throws -> Int {
        guard context.files.exists(repos.path(name)) else {
            throw Failure(.usage, "the lab has no repository \(name)", next: ["nante lab repo create \(name)"])
        }
        var failed = 0
        for ref in try PushedRef.parse(lines) {
            guard let commit = ref.after, ref.kind != nil else { continue }
            failed += try await run(ref, commit)
        }
        return failed
    }

    private func run(_ ref: PushedRef, _ commit: String) async throws -> Int {
        let triggered = try await workflows(ref, commit)
        if triggered.isEmpty {
            say("no workflow of \(commit.prefix(7)) is started by a push to \(ref.short)")
            return 0
        }
        var failed = 0
        for workflow in triggered {
            if let fault = workflow.fault {
                fault.split(separator: "\n").forEach { say(String($0)) }
                failed += 1
                continue
            }
            if try await !run(workflow.file, ref, commit) { failed += 1 }
        }
        return failed
    }

    private func workflows(_ ref: PushedRef, _ commit: String) async throws -> [Candidate] {
        let folder = ".github/workflows/"
        let listed = try await bare.run(GitArguments.list(commit, folder: folder))
        let files = listed.stdout.split(separator: "\0").map(String.init)
            .filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }
        guard !files.isEmpty else { return [] }
        // Filters on paths are not looked at for tags.
        let changed = ref.kind == .branch ? try await changed(ref, commit) : nil
        var triggered: [Candidate] = []
        for file in files.sorted() {
            let candidate = read(try await bare.run(GitArguments.show(commit, path: file)).stdout, file)
            if candidate.fault != nil || candidate.starts(ref, changed) { triggered.append(candidate) }
        }
        return triggered
    }

    /// The files that a push changed: against the commit before, or for a new branch against where it left the
    /// default branch, or all files.
    private func changed(_ ref: PushedRef, _ commit: String) async throws -> [String] {
        var base = ref.before
        if base == nil {
            let result = try await bare.run(["merge-base", "--end-of-options", "HEAD", commit])
            let found = result.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
            if result.succeeded, found != commit { base = found }
        }
        let arguments =
            base.map { ["diff", "-z", "--name-only", "--no-renames", $0, commit, "--"] }
            ?? ["ls-tree", "-r", "-z", "--name-only", commit]
        return try await bare.run(arguments).stdout.split(separator: "\0").map(String.init)
    }

    /// Runs a workflow in a fresh checkout.
    ///
    /// - Returns: whether it succeeded.
    private func run(_ workflow: String, _ ref: PushedRef, _ commit: String) async throws -> Bool {
        let checkout = try await checkOut(ref, commit)
        defer { try? context.files.remove(checkout) }
        let event = repos.work(name).appending(path: "events/\(checkout.lastPathComponent).json")
        try context.files.write(try await payload(ref, commit).value.text(indent: 2) + "\n", to: event, mode: 0o600)
        defer { try? context.files.remove(event) }
        let store = repos.work(name).appending(path: ".nante/runs")
        let before = Set((try? context.files.list(store)) ?? [])
        say("running \(workflow) at \(commit.prefix(7)) of \(ref.short)")
        let command = try await PushReceiver.command(
            program: repos.program, workflow: workflow, event: event, checkout: checkout, library: library(checkout),
            home: repos.home.path, environment: context.environment)
        let result = try await context.processes.run(command) { line in say(line.text) }
        let made = Set((try? context.files.list(store)) ?? []).subtracting(before).sorted()
        let id = made.last.map { "run \($0)" } ?? workflow
        if result.succeeded {
            say("\(id) succeeded (\(result.duration.short))")
        } else {
            say("\(id) FAILED: \(workflow) \(result.ending.words) (\(result.duration.short))")
            say("the push is in the repository all the same; see it by")
            let show = made.last.map { "runs show \($0)" } ?? "runs list"
            say("  nante -C \(repos.work(name)) \(show)")
        }
        return result.succeeded
    }

    /// The command that runs a workflow, as an argument array.
    static func command(
        program: String, workflow: String, event: String, checkout: String, library: [String], home: String,
        environment: [String: String]
    ) -> Command {
        // A hook's environment points git at the bare repository; jobs must find their own.
        var variables: [String: String?] = ["NANTE_HOME": home]
        for name in environment.keys where name.hasPrefix("GIT_") { variables.updateValue(nil, forKey: name) }
        return Command(
            program,
            ["run", workflow, "--event", "push", "--event-path", event] + library.flatMap { ["--library", $0] },
            environment: .inherit(variables), workingDirectory: checkout)
    }

    /// Library entries of the checkout's manifest whose relative paths mean the folder that the repository was made
    /// from, as "OWNER/NAME=/path".
    private func library(_ checkout: String) async throws -> [String] {
        let result = try await bare.run(["config", "--get", "nante.source"])
        let source = result.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        guard result.succeeded, !source.isEmpty, context.files.exists(checkout.appending(path: Manifest.fileName))
        else { return [] }
        var inside = context
        inside.workingDirectory = checkout
        guard let manifest = try? Manifest.load(inside) else { return [] }
        return manifest.library.sorted { $0.key < $1.key }.map { "\($0.key)=\(source.appending(path: $0.value))" }
    }

    private func checkOut(_ ref: PushedRef, _ commit: String) async throws -> String {
        let id = "\(commit.prefix(7))-\(context.random.hex(bytes: 4))"
        let checkout = repos.work(name).appending(path: "checkouts/\(id)")
        try context.files.makeDirectory(checkout.parentPath)
        // The branch is the pushed commit's even when another push has moved it on since.
        let branch = ref.kind == .branch ? ref.short : nil
        let clone = try await Repository.clone(repos.path(name), into: checkout, context: context)
        try await clone.checkout(commit, branch: branch)
        let own = checkout.appending(path: ".git/info/exclude")
        let text = (try? context.files.readText(own)) ?? ""
        try context.files.write(text + "/.nante\n", to: own)
        let runs = repos.work(name).appending(path: ".nante")
        try context.files.makeDirectory(runs)
        guard symlink(runs, checkout.appending(path: ".nante")) == 0 || errno == EEXIST else {
            throw Failure(.missing, "can't link the runs of \(name)", why: String(cString: strerror(errno)))
        }
        return checkout
    }

    private func payload(_ ref: PushedRef, _ commit: String) async throws -> PushEvent {
        let format = "--format=%H%x00%an%x00%aI%x00%s"
        let range = ref.before.map { ["\($0)..\(commit)"] } ?? ["--max-count=1", commit]
        let log = try await bare.run(["log", "-z", "--max-count=20", format] + range + ["--"])
        let fields = log.stdout.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        let commits = stride(from: 0, to: fields.count - 3, by: 4).map { Array(fields[$0..<($0 + 4)]) }
        let head = try await bare.run(["symbolic-ref", "--short", "HEAD"]).stdout
        return PushEvent(
            name: name, ref: ref, path: repos.path(name),
            defaultBranch: head.trimmingCharacters(in: .whitespacesAndNewlines), commits: commits,
            pusher: context.environment["USER"] ?? "root")
    }

    private func say(_ line: String) { context.terminal.say(line) }
}
