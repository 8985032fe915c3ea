import Core
import Foundation

extension Repository {
    /// The id of a folder's tree, or of a file, in a commit; nil where the commit has no such path.
    ///
    /// - Parameter path: from the top of the work tree; "." is the whole tree.
    public func tree(path: String = ".", of revision: String = "HEAD") async throws -> String? {
        let result = try await run(GitArguments.tree(GitName.ref(revision), path: path))
        return result.succeeded ? result.stdout.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }

    /// The text of a file in a commit; nil where the commit has no such file.
    public func file(_ path: String, of revision: String = "HEAD") async throws -> String? {
        let result = try await run(GitArguments.show(GitName.ref(revision), path: path))
        return result.succeeded ? result.stdout : nil
    }

    /// The names in a folder of a commit; empty where there is no such folder.
    public func names(in path: String, of revision: String = "HEAD") async throws -> [String] {
        let folder = path == "." ? "./" : path + "/"
        let result = try await run(GitArguments.list(GitName.ref(revision), folder: folder))
        guard result.succeeded else { return [] }
        return result.stdout.split(separator: "\0").map { String($0).lastPathComponent }
    }

    /// What differs from HEAD in the work tree, untracked files included and ignored ones not.
    ///
    /// - Parameter path: only below it.
    public func changes(path: String? = nil) async throws -> [Change] {
        let command = Repository.command(GitArguments.status(path: path), folder: folder)
        return Change.parse(status: try await output(command, what: "can't read the state of \(folder)"))
    }

    /// The id that the tree would have if everything in the work tree were committed now.
    ///
    /// Works on a copy of the index, so nothing that the user has staged is touched.
    /// - Parameter path: the part of the tree that is asked for, from the top of the work tree.
    public func workTree(path: String = ".") async throws -> String {
        let top = Repository(context: context, folder: try await root())
        let index = try await top.output(
            ["rev-parse", "--path-format=absolute", "--git-path", "index"], what: "can't find the index of \(folder)")
        let copy = "\(index).nante.\(context.random.hex(bytes: 6))"
        defer {
            try? context.files.remove(copy)
            try? context.files.remove(copy + ".lock")
        }
        if context.files.exists(index) { try context.files.write(context.files.read(index), to: copy, mode: 0o600) }
        _ = try await top.indexed(copy, ["add", "--all", "--", "."], what: "can't read the work tree of \(folder)")
        let whole = try await top.indexed(copy, ["write-tree"], what: "can't write the tree of \(folder)")
        if path == "." { return whole }
        return try await top.output(
            GitArguments.tree(whole, path: path), what: "there is no \(path) in the work tree of \(folder)")
    }

    /// Eight digits that name the state of a changed work tree; nil when nothing is changed.
    ///
    /// - Parameter path: only this part of the tree is looked at.
    public func dirt(path: String = ".") async throws -> String? {
        let top = Repository(context: context, folder: try await root())
        if try await top.changes(path: path).isEmpty { return nil }
        return String(try await workTree(path: path).prefix(8))
    }

    /// A commit that holds the work tree as it is now, on top of HEAD; no branch is moved.
    public func snapshot(message: String = "The work tree with its changes") async throws -> String {
        let parent = try await head()
        let arguments = GitArguments.commitTree(try await workTree(), parent: parent, message: message)
        var command = Repository.command(arguments, folder: folder)
        command.environment = command.environment.setting([
            "GIT_AUTHOR_NAME": "nante", "GIT_AUTHOR_EMAIL": "nante@localhost",
            "GIT_COMMITTER_NAME": "nante", "GIT_COMMITTER_EMAIL": "nante@localhost",
        ])
        return try await output(command, what: "can't keep the work tree of \(folder)")
    }

    private func indexed(_ index: String, _ arguments: [String], what: String) async throws -> String {
        var command = Repository.command(arguments, folder: folder)
        command.environment = command.environment.setting(["GIT_INDEX_FILE": index])
        return try await output(command, what: what)
    }
}

extension Command.Variables {
    /// The same with some more set.
    func setting(_ values: [String: String]) -> Command.Variables {
        switch self {
        case .exact(let variables): .exact(variables.merging(values) { $1 })
        case .inherit(let changes): .inherit(changes.merging(values.mapValues { Optional($0) }) { $1 })
        }
    }
}
