import Core
import Foundation
import Git
import Synchronization

/// A repository that workflow and action files come from, at one state.
final class Origin: Sendable {
    /// Where its files are.
    enum Tree: Sendable {
        /// A commit of a repository on this machine.
        case commit(Repository, String)
        /// A folder as it is now.
        case folder(String)
    }

    /// `owner/name`.
    let repository: String
    /// The full ref, or the text behind `@`.
    let ref: String
    /// The commit; empty where there is none.
    let sha: String
    /// Its files.
    let tree: Tree
    private let scratch: String
    private let made = Mutex<Task<String, any Error>?>(nil)

    /// An origin.
    ///
    /// - Parameter scratch: a folder that does not exist yet, for a checkout of the commit when one is needed.
    init(repository: String, ref: String, sha: String, tree: Tree, scratch: String) {
        self.repository = repository
        self.ref = ref
        self.sha = sha
        self.tree = tree
        self.scratch = scratch
    }

    /// The text of a file; nil where there is none.
    func text(_ path: String, _ context: Context) async throws -> String? {
        let path = Origin.clean(path)
        switch tree {
        case .commit(let repository, let sha): return try await repository.file(path, of: sha)
        case .folder(let folder):
            let full = folder.appending(path: path)
            guard context.files.exists(full), !context.files.isDirectory(full) else { return nil }
            return try context.files.readText(full)
        }
    }

    /// The folder of the whole tree on disk; a commit is checked out once, when it is first asked for.
    func folder() async throws -> String {
        guard case .commit(let repository, let sha) = tree else {
            if case .folder(let folder) = tree { return folder }
            return scratch
        }
        let task = made.withLock { made in
            let task =
                made
                ?? Task.detached { [scratch] in
                    try await repository.borrow(into: scratch, commit: sha, branch: nil, origin: nil)
                    return scratch
                }
            made = task
            return task
        }
        return try await task.value
    }

    /// The path without "./", "$/" and doubled slashes; one that leads out is cut at its top.
    static func clean(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." && part != "$" {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

/// Finds the repositories that `uses: owner/name@ref` names: the run's own, then those of `library:`.
struct OriginFinder: Sendable {
    let context: Context
    /// The run's own repository.
    let own: Origin
    /// `owner/name` in lower case and the folder.
    let library: [String: String]
    /// A folder for checkouts.
    let scratch: String

    /// The origin for a reference.
    ///
    /// - Throws: a failure that says how the repository is made known.
    func find(_ repository: String, ref: String) async throws -> Origin {
        if let folder = library[repository.lowercased()] {
            guard context.files.isDirectory(folder) else {
                throw Failure(.usage, "the library folder of \(repository) does not exist", where: folder)
            }
            let sha = try? await Repository(context: context, folder: folder).commit("HEAD")
            return Origin(
                repository: repository, ref: ref, sha: (sha ?? nil) ?? "", tree: .folder(folder), scratch: folder)
        }
        if repository.lowercased() == own.repository.lowercased(), case .commit(let local, _) = own.tree {
            for name in [ref, "refs/heads/\(ref)", "refs/tags/\(ref)", "refs/remotes/origin/\(ref)"]
            where GitName.isRef(name) || GitName.isCommit(name) {
                guard let sha = try await local.commit(name) else { continue }
                return Origin(
                    repository: repository, ref: ref, sha: sha, tree: .commit(local, sha),
                    scratch: scratch.appending(path: "own-\(sha.prefix(12))"))
            }
            throw Failure(.usage, "\(repository) has no branch, tag or commit \(ref) here", next: ["git fetch"])
        }
        throw Failure(
            .usage, "\(repository)@\(ref) is not known on this machine",
            why: "repositories that `uses` names are looked up in `library:` of nante.yml",
            next: ["nante run --library \(repository)=FOLDER"])
    }
}
