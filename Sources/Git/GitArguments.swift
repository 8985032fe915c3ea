/// The arguments of every git call that nante makes, as pure functions so that tests compare them as arrays.
///
/// A revision that comes from outside stands behind `--end-of-options`, so that it can't be read as an option.
public enum GitArguments {
    /// The top folder of the work tree.
    public static let root = ["rev-parse", "--show-toplevel"]
    /// The folder that holds the repository's data, shared by all its work trees; absolute.
    public static let commonFolder = ["rev-parse", "--path-format=absolute", "--git-common-dir"]
    /// The current branch; empty output when HEAD is detached.
    public static let branch = ["branch", "--show-current"]
    /// Remotes with their URLs, one a line: `remote.NAME.url URL`.
    public static let remotes = ["config", "--get-regexp", #"^remote\..*\.url$"#]
    /// Forget work trees whose folder is gone.
    public static let worktreePrune = ["worktree", "prune"]

    /// The full id of the commit that a revision names.
    public static func commit(_ revision: String) -> [String] {
        ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"]
    }

    /// The id of a folder's tree in a commit; "." is the whole tree.
    public static func tree(_ revision: String, path: String) -> [String] {
        let inner = path == "." ? "" : path
        return ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision):\(inner)"]
    }

    /// The content of a file in a commit.
    public static func show(_ revision: String, path: String) -> [String] {
        ["cat-file", "blob", "\(revision):\(path)"]
    }

    /// The names in a folder of a commit, NUL between them; a folder's name needs its last slash.
    public static func list(_ revision: String, folder: String) -> [String] {
        ["ls-tree", "-z", "--name-only", "--end-of-options", revision, "--", folder]
    }

    /// The tags that stand on a commit.
    public static func tags(at revision: String) -> [String] {
        ["tag", "--points-at", revision, "--list", "v*"]
    }

    /// The nearest version tag with the distance to it, as `v1.2.3-7-g1a2b3c4`.
    public static func describe(_ revision: String) -> [String] {
        [
            "describe", "--tags", "--long", "--abbrev=7", "--match", "v[0-9]*.[0-9]*.[0-9]*", "--exclude", "*-*",
            revision,
        ]
    }

    /// How many commits lead to a revision.
    public static func count(_ revision: String) -> [String] {
        ["rev-list", "--count", "--end-of-options", revision]
    }

    /// Commits that are in `newer` and not in `older`, newest first, with NUL between the fields and records.
    public static func log(from older: String, to newer: String, limit: Int, path: String? = nil) -> [String] {
        let range = ["--end-of-options", "\(older)..\(newer)", "--"] + (path.map { [$0] } ?? [])
        return ["log", "-z", "--max-count=\(limit)", "--format=%H%x00%an%x00%aI%x00%s"] + range
    }

    /// One commit in the same format as the log.
    public static func describeCommit(_ revision: String) -> [String] {
        ["log", "-z", "--max-count=1", "--format=%H%x00%an%x00%aI%x00%s", "--end-of-options", revision, "--"]
    }

    /// What differs from HEAD, untracked files included, NUL between the entries.
    public static func status(path: String? = nil) -> [String] {
        ["status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames"]
            + (path.map { ["--", $0] } ?? [])
    }

    /// A detached work tree of a commit in a new folder.
    public static func worktreeAdd(_ folder: String, commit: String) -> [String] {
        ["worktree", "add", "--quiet", "--detach", "--force", folder, commit]
    }

    /// Remove a work tree with all changes in it.
    public static func worktreeRemove(_ folder: String) -> [String] {
        ["worktree", "remove", "--force", "--force", folder]
    }

    /// A clone that borrows the objects of a repository on this machine, with nothing checked out.
    public static func borrow(_ source: String, into folder: String) -> [String] {
        ["-c", "advice.detachedHead=false", "clone", "--quiet", "--shared", "--no-checkout", "--", source, folder]
    }

    /// A clone with its whole history, with nothing checked out.
    public static func clone(_ url: String, into folder: String) -> [String] {
        ["clone", "--quiet", "--no-checkout", "--", url, folder]
    }

    /// Fetch one ref; depth 0 means the whole history.
    public static func fetch(_ remote: String, ref: String, depth: Int = 0) -> [String] {
        ["fetch", "--quiet", "--no-tags", "--force"] + (depth > 0 ? ["--depth=\(depth)"] : [])
            + ["--end-of-options", remote, ref]
    }

    /// Check a commit out, over whatever is there; with a branch, that branch is set to it.
    public static func checkout(_ commit: String, branch: String? = nil) -> [String] {
        ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--force"]
            + (branch.map { ["-B", $0, "--no-track"] } ?? ["--detach"]) + [commit, "--"]
    }

    /// The refs of a remote, optionally only those that match.
    public static func lsRemote(_ remote: String, patterns: [String] = []) -> [String] {
        ["ls-remote", "--quiet", "--end-of-options", remote] + patterns
    }

    /// A commit object for a tree, without moving any branch.
    public static func commitTree(_ tree: String, parent: String?, message: String) -> [String] {
        ["commit-tree", tree] + (parent.map { ["-p", $0] } ?? []) + ["-m", message]
    }
}
