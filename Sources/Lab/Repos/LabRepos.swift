import Core
import Foundation
import Git

/// Git repositories of the lab: a push to one runs the workflows that the push triggers.
public struct LabRepos: Sendable {
    /// A repository.
    public struct Repo: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// The bare repository, to be added as a remote.
        public var path: String
        /// The folder in which `nante runs` shows its runs.
        public var work: String
        /// Its branches with their commits, the latest first.
        public var branches: [String]
    }

    let context: Context
    let home: LabHome
    let program: String

    /// The repositories of the lab of the environment.
    ///
    /// - Parameter program: the nante that the hook calls, an absolute path; nil is this one.
    public init(_ context: Context, program: String? = nil) {
        self.context = context
        home = LabHome(context)
        self.program = program ?? LabDaemon.ownPath(context)
    }

    func path(_ name: RepoName) -> String { home.repositories.appending(path: "\(name).git") }
    func work(_ name: RepoName) -> String { home.repositoryWork.appending(path: "\(name)") }

    /// Makes a repository, or puts one that is there in order, such as a hook that names an older nante.
    ///
    /// - Parameter source: the folder whose `nante.yml` the repository's relative library paths are taken from;
    ///   nil keeps what was recorded.
    /// - Returns: the repository, and whether it is new.
    public func create(_ name: RepoName, source: String?) async throws -> (repo: Repo, created: Bool) {
        let path = path(name)
        let isNew = !context.files.exists(path.appending(path: "HEAD"))
        try context.files.makeDirectory(path)
        let repository = Repository(context: context, folder: path)
        let bare = ["init", "--quiet", "--bare", "--initial-branch=main", path]
        try await LabRepos.git(bare, repository, "can't make the repository \(name)")
        if let source {
            try await LabRepos.git(
                ["config", "nante.source", source], repository, "can't write the settings of \(name)")
        }
        try context.files.write(hook(name), to: path.appending(path: "hooks/post-receive"), mode: 0o755)
        try context.files.makeDirectory(work(name))
        let workspace = Repository(context: context, folder: work(name))
        let plain = ["init", "--quiet", "--initial-branch=main", work(name)]
        try await LabRepos.git(plain, workspace, "can't make the work folder of \(name)")
        return (try await describe(name), isNew)
    }

    /// All repositories by name.
    public func list() async throws -> [Repo] {
        guard context.files.isDirectory(home.repositories) else { return [] }
        var all: [Repo] = []
        for entry in try context.files.list(home.repositories) where entry.hasSuffix(".git") {
            guard let name = try? RepoName(String(entry.dropLast(4))) else { continue }
            all.append(try await describe(name))
        }
        return all
    }

    /// Deletes a repository with its runs.
    ///
    /// - Returns: false when there was none.
    public func delete(_ name: RepoName) throws -> Bool {
        guard context.files.exists(path(name)) else { return false }
        try context.files.remove(path(name))
        try context.files.remove(work(name))
        return true
    }

    private func describe(_ name: RepoName) async throws -> Repo {
        let repository = Repository(context: context, folder: path(name))
        let format = "%(refname:short) %(objectname:short)"
        let result = try await repository.run(
            ["for-each-ref", "--sort=-committerdate", "--format=\(format)", "refs/heads"])
        return Repo(name: "\(name)", path: path(name), work: work(name), branches: result.lines)
    }

    /// The hook: the nante that made it, told where the lab is, whatever the environment of the pusher says.
    func hook(_ name: RepoName) -> String {
        """
        #!/bin/sh
        # Written by `nante lab repo create`: a push runs the workflows that it triggers and shows them to the pusher.
        # A push is in the repository before this runs, so a failed run does not undo it.
        NANTE_HOME=\(LabRepos.quoted(home.path))
        export NANTE_HOME
        exec \(LabRepos.quoted(program)) lab repo receive '\(name)'

        """
    }

    /// A word of a shell script, safe whatever it holds.
    static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }

    /// Runs git and shows its words when it fails.
    static func git(_ arguments: [String], _ repository: Repository, _ what: String) async throws {
        let result = try await repository.run(arguments, deadline: .seconds(300))
        guard result.succeeded else {
            let words = result.stderr.split(separator: "\n").suffix(5).map(String.init)
            throw Failure(.failed, what, why: "git \(result.ending.words)", evidence: words)
        }
    }
}
