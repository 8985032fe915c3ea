import Core
import Foundation
import Git

/// What git says of the source of an app: all that the version and the fingerprint depend on.
public struct SourceState: Sendable, Hashable {
    /// The full id of the commit.
    public var commit: String
    /// When it was committed, in seconds since 1970.
    public var time: Int
    /// The branch; nil when none is known.
    public var branch: String?
    /// The tags that stand on the commit.
    public var tags: [String]
    /// The nearest release tag before it; nil where there is none.
    public var base: TagDistance?
    /// How many commits lead to it.
    public var commits: Int
    /// Eight digits of the tree of a changed work tree; nil when the app's folder is as committed.
    public var dirt: String?
    /// The id of the tree of the app's folder as it is now.
    public var tree: String

    /// A state.
    public init(
        commit: String, time: Int, branch: String?, tags: [String] = [], base: TagDistance? = nil, commits: Int,
        dirt: String? = nil, tree: String
    ) {
        self.commit = commit
        self.time = time
        self.branch = branch
        self.tags = tags
        self.base = base
        self.commits = commits
        self.dirt = dirt
        self.tree = tree
    }

    /// The first seven digits of the commit.
    public var short: String { String(commit.prefix(7)) }
}

extension SourceState {
    /// Reads the state of a folder in the work tree of a repository.
    ///
    /// - Parameter whole: the whole repository is the source, since the app uses files outside of its folder.
    /// - Throws: a failure when there is no commit, or the history that the version needs was not fetched.
    public static func read(folder: String, whole: Bool = false, context: Context) async throws -> SourceState {
        let repository = Repository(context: context, folder: folder)
        let commit = try await repository.head()
        let prefix = try await repository.output(
            ["rev-parse", "--show-prefix"], what: "can't find \(folder) in its repository")
        let path = whole || prefix.isEmpty ? "." : String(prefix.dropLast())
        let tags = try await repository.tags()
        if tags.allSatisfy({ ReleaseTag($0) == nil }) { try await requireHistory(repository) }
        let time = try await repository.output(["log", "-1", "--format=%ct"], what: "can't read the commit's time")
        let isChanged = try await !repository.changes(path: whole ? nil : ".").isEmpty
        let tree = isChanged ? try await repository.workTree(path: path) : try await repository.tree(path: path)
        guard let tree else {
            throw Failure(
                .usage, "the folder of the app is not in the commit", where: folder,
                next: ["git add -A \(folder) && git commit"])
        }
        return SourceState(
            commit: commit, time: Int(time) ?? 0,
            branch: try await repository.branch() ?? branch(in: context.environment), tags: tags,
            base: try await repository.describe(), commits: try await repository.count(),
            dirt: isChanged ? String(tree.prefix(8)) : nil, tree: tree)
    }

    /// The branch that a workflow runs for, where HEAD is detached.
    ///
    /// Names: https://docs.github.com/actions/reference/variables-reference
    static func branch(in environment: [String: String]) -> String? {
        if let head = environment["GITHUB_HEAD_REF"], !head.isEmpty { return head }
        guard environment["GITHUB_REF_TYPE"] == "branch", let name = environment["GITHUB_REF_NAME"], !name.isEmpty
        else { return nil }
        return name
    }

    /// A clone of the newest commit alone knows no tags, and every build of it would get the same low version.
    private static func requireHistory(_ repository: Repository) async throws {
        let answer = try await repository.output(
            ["rev-parse", "--is-shallow-repository"], what: "can't tell whether the history is complete")
        if answer != "true" { return }
        throw Failure(
            .usage, "the version can't be told: this clone does not have the whole history",
            where: repository.folder, why: "tags and commits before this one were not fetched",
            next: ["actions/checkout with fetch-depth: 0", "git fetch --unshallow --tags"])
    }
}
