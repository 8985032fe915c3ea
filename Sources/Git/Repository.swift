import Core
import Foundation

/// A git repository on this machine, reached through a folder in it.
public struct Repository: Sendable {
    /// The effects.
    public let context: Context
    /// A folder inside the work tree; git runs there.
    public let folder: String

    /// The repository that holds a folder; nothing is looked at yet.
    public init(context: Context, folder: String) {
        self.context = context
        self.folder = folder
    }

    /// The command that git is called by.
    ///
    /// Variables by which a hook points git at its repository are removed: the folder alone decides.
    public static func command(_ arguments: [String], folder: String, deadline: Duration = .seconds(60)) -> Command {
        let variables: [String: String?] = [
            "GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil, "GIT_PREFIX": nil,
            "GIT_QUARANTINE_PATH": nil, "GIT_OBJECT_DIRECTORY": nil, "GIT_ALTERNATE_OBJECT_DIRECTORIES": nil,
            "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C",
        ]
        return Command(
            "git", arguments, environment: .inherit(variables), workingDirectory: folder, deadline: deadline)
    }

    /// Runs git; whatever it exits with is the result.
    public func run(_ arguments: [String], deadline: Duration = .seconds(60)) async throws -> CommandResult {
        try await run(Repository.command(arguments, folder: folder, deadline: deadline))
    }

    func run(_ command: Command) async throws -> CommandResult {
        guard context.processes.find("git") != nil else {
            throw Failure(.missing, "git is not installed", next: ["apt-get install git"])
        }
        return try await context.processes.run(command)
    }

    /// Runs git and gives what it printed without the last line's end.
    ///
    /// - Throws: a failure with git's own words when it does not exit with 0.
    public func output(
        _ arguments: [String], what: String, deadline: Duration = .seconds(60)
    ) async throws -> String {
        try await output(Repository.command(arguments, folder: folder, deadline: deadline), what: what)
    }

    func output(_ command: Command, what: String) async throws -> String {
        let result = try await run(command)
        guard result.succeeded else {
            let words = result.stderr.split(separator: "\n").suffix(5).map(String.init)
            let why = "git \(result.ending.words) in \(folder)"
            if words.contains(where: { $0.contains("not a git repository") }) { throw Repository.none(folder) }
            throw Failure(.failed, what, why: why, evidence: words)
        }
        return result.stdout.hasSuffix("\n") ? String(result.stdout.dropLast()) : result.stdout
    }

    static func none(_ folder: String) -> Failure {
        Failure(.usage, "\(folder) is in no git repository", next: ["git init && git add -A && git commit"])
    }

    /// The folder is in the work tree of a repository.
    ///
    /// - Throws: a failure that says what to do when git refuses a repository that another user owns.
    public func exists() async throws -> Bool {
        let result = try await run(GitArguments.root)
        guard !result.succeeded, result.stderr.contains("dubious ownership") else { return result.succeeded }
        let named = result.stderr.split(separator: "\n").compactMap { line in
            line.range(of: "safe.directory ").map { String(line[$0.upperBound...]) }
        }
        throw Failure(
            .usage, "git refuses the repository of \(folder)", why: "it belongs to another user",
            next: ["git config --global --add safe.directory \(named.first ?? folder)"])
    }

    /// The top folder of the work tree.
    public func root() async throws -> String {
        try await output(GitArguments.root, what: "can't find the repository of \(folder)")
    }

    /// The folder with the repository's data, shared by all of its work trees.
    public func commonFolder() async throws -> String {
        try await output(GitArguments.commonFolder, what: "can't find the repository of \(folder)")
    }

    /// The full id of HEAD's commit.
    ///
    /// - Throws: a failure that says so when there is no commit yet.
    public func head() async throws -> String {
        if let sha = try await commit("HEAD") { return sha }
        if try await !exists() { throw Repository.none(folder) }
        throw Failure(.usage, "\(folder) has no commit yet", next: ["git add -A && git commit"])
    }

    /// The full id of the commit that a branch, tag or id names; nil where there is none.
    public func commit(_ revision: String) async throws -> String? {
        let result = try await run(GitArguments.commit(revision))
        let sha = result.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        return result.succeeded && GitName.isCommit(sha) ? sha : nil
    }

    /// The current branch; nil when HEAD is detached.
    public func branch() async throws -> String? {
        let name = try await output(GitArguments.branch, what: "can't read the branch of \(folder)")
        return name.isEmpty ? nil : name
    }

    /// The remotes, `origin` first.
    public func remotes() async throws -> [Remote] {
        let result = try await run(GitArguments.remotes)
        let all = Remote.parse(config: result.stdout)
        return all.filter { $0.name == "origin" } + all.filter { $0.name != "origin" }
    }
}
