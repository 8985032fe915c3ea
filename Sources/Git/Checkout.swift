import Core

extension Repository {
    /// Makes a detached work tree of a commit in a new folder.
    public func addWorktree(_ target: String, commit: String) async throws {
        _ = try await output(
            GitArguments.worktreeAdd(target, commit: GitName.ref(commit)),
            what: "can't check \(commit) out to \(target)", deadline: .seconds(300))
    }

    /// Removes a work tree with all changes in it; one that is gone is fine.
    public func removeWorktree(_ target: String) async throws {
        _ = try await run(GitArguments.worktreeRemove(target))
        try context.files.remove(target)
        _ = try await run(GitArguments.worktreePrune)
    }

    /// Makes an independent repository in a new folder that borrows this one's objects, with a commit checked out.
    ///
    /// Branches, tags and settings that are made in it don't reach this repository.
    /// - Parameters:
    ///   - branch: the branch that HEAD is set to; nil leaves HEAD detached.
    ///   - origin: the address that its `origin` gets; nil leaves the path of this repository.
    public func borrow(into target: String, commit: String, branch: String?, origin: String?) async throws {
        let what = "can't check \(commit) out to \(target)"
        let source = try await commonFolder()
        _ = try await output(GitArguments.borrow(source, into: target), what: what, deadline: .seconds(300))
        let made = Repository(context: context, folder: target)
        let arguments = try GitArguments.checkout(GitName.ref(commit), branch: branch.map(GitName.ref))
        _ = try await made.output(arguments, what: what, deadline: .seconds(300))
        if let origin {
            _ = try await made.output(["config", "remote.origin.url", GitName.address(origin)], what: what)
        }
    }

    /// Clones a repository into a new folder, with nothing checked out.
    public static func clone(_ url: String, into target: String, context: Context) async throws -> Repository {
        let parent = Repository(context: context, folder: context.workingDirectory)
        _ = try await parent.output(
            GitArguments.clone(GitName.address(url), into: target), what: "can't clone \(url)",
            deadline: .seconds(600))
        return Repository(context: context, folder: target)
    }

    /// Fetches a branch, tag or commit from a remote or address and gives its commit.
    ///
    /// - Parameter depth: how many commits of its history; 0 is all.
    public func fetch(_ remote: String, ref: String, depth: Int = 0) async throws -> String {
        let arguments = try GitArguments.fetch(GitName.address(remote), ref: GitName.ref(ref), depth: depth)
        _ = try await output(arguments, what: "can't fetch \(ref) from \(remote)", deadline: .seconds(600))
        guard let sha = try await commit("FETCH_HEAD") else {
            throw Failure(.failed, "\(remote) gave no commit for \(ref)")
        }
        return sha
    }

    /// Checks a commit out, over whatever is there.
    public func checkout(_ commit: String, branch: String? = nil) async throws {
        _ = try await output(
            GitArguments.checkout(GitName.ref(commit), branch: branch.map(GitName.ref)),
            what: "can't check \(commit) out", deadline: .seconds(300))
    }

    /// The refs of a remote or an address.
    public func lsRemote(_ remote: String, patterns: [String] = []) async throws -> [RemoteRef] {
        let arguments = try GitArguments.lsRemote(GitName.address(remote), patterns: patterns)
        return RemoteRef.parse(
            try await output(arguments, what: "can't list the refs of \(remote)", deadline: .seconds(60)))
    }
}
