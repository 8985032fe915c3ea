import Core

extension Repository {
    /// The tags on a commit that begin with `v`, in git's order.
    public func tags(at revision: String = "HEAD") async throws -> [String] {
        let text = try await output(
            GitArguments.tags(at: GitName.ref(revision)), what: "can't read the tags of \(revision)")
        return text.split(separator: "\n").map(String.init)
    }

    /// The nearest tag `vX.Y.Z` before or on a commit; nil where no such tag leads to it.
    public func describe(_ revision: String = "HEAD") async throws -> TagDistance? {
        let result = try await run(GitArguments.describe(GitName.ref(revision)))
        return result.succeeded ? TagDistance.parse(result.stdout) : nil
    }

    /// How many commits lead to a revision, itself included.
    public func count(_ revision: String = "HEAD") async throws -> Int {
        let text = try await output(
            GitArguments.count(GitName.ref(revision)), what: "can't count the commits of \(revision)")
        return Int(text) ?? 0
    }

    /// The commits that are in `newer` and not in `older`, newest first.
    ///
    /// - Parameter path: only those that touch it, from the top of the work tree.
    public func log(
        from older: String, to newer: String = "HEAD", limit: Int = 100, path: String? = nil
    ) async throws -> [Commit] {
        let arguments = try GitArguments.log(
            from: GitName.ref(older), to: GitName.ref(newer), limit: limit, path: path)
        return Commit.parse(log: try await output(arguments, what: "can't read the log \(older)..\(newer)"))
    }

    /// One commit with its author, date and subject; nil where there is none.
    public func details(_ revision: String = "HEAD") async throws -> Commit? {
        let result = try await run(GitArguments.describeCommit(GitName.ref(revision)))
        return result.succeeded ? Commit.parse(log: result.stdout).first : nil
    }
}
