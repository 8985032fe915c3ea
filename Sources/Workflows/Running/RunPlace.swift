import Core
import Git

/// Where a run happens: the repository, its state, and the workflow file in it.
struct RunPlace: Sendable {
    /// The top of the repository, or the folder where there is none.
    var root: String
    /// The repository; nil where the folder is in none, or it has no commit.
    var repository: Repository?
    /// `owner/name`.
    var name: String
    /// The address of `origin`.
    var originURL: String?
    /// The full ref of HEAD.
    var ref: String
    /// HEAD's commit with its details.
    var head: Commit?
    /// The workflow's file, from the root.
    var workflow: String
    /// What differs from HEAD.
    var changes: [Change] = []

    /// Finds the repository and the file that a user means.
    ///
    /// - Parameter text: a path, or the name of a file in `.github/workflows` with or without its ending.
    static func find(_ text: String, context: Context) async throws -> RunPlace {
        let here = Repository(context: context, folder: context.workingDirectory)
        let top = try await here.exists() ? try await here.root() : context.workingDirectory
        for candidate in candidates(text, top: top, context) where context.files.exists(candidate) {
            return try await at(candidate, here: top, context)
        }
        let known = (try? context.files.list(top.appending(path: WorkflowFiles.folder))) ?? []
        throw Failure(
            .usage, "there is no workflow \(JSONValue.string(String(text.prefix(200))).text())",
            where: top, evidence: known.filter(WorkflowFiles.isWorkflow).map { "\(WorkflowFiles.folder)/\($0)" })
    }

    private static func candidates(_ text: String, top: String, _ context: Context) -> [String] {
        let named = top.appending(path: WorkflowFiles.folder).appending(path: text)
        let paths = [context.path(text), top.appending(path: text)]
        return paths.filter { !context.files.isDirectory($0) }
            + (text.contains("/") ? [] : [named, named + ".yml", named + ".yaml"])
    }

    private static func at(_ file: String, here: String, _ context: Context) async throws -> RunPlace {
        var repository = Repository(context: context, folder: file.parentPath)
        let isInGit = try await repository.exists()
        let root: String
        if isInGit {
            root = try await repository.root()
        } else if let range = file.range(of: "/" + WorkflowFiles.folder + "/") {
            root = String(file[..<range.lowerBound])
        } else {
            root = file.hasPrefix(here + "/") ? here : file.parentPath
        }
        let path = file.hasPrefix(root + "/") ? String(file.dropFirst(root.count + 1)) : file.lastPathComponent
        var place = RunPlace(
            root: root, name: "local/\(root.lastPathComponent)", ref: "refs/heads/main", workflow: path)
        guard isInGit else { return place }
        repository = Repository(context: context, folder: root)
        let remotes = try await repository.remotes()
        place.originURL = remotes.first?.url
        place.name = remotes.compactMap(\.repository).first ?? place.name
        guard let head = try await repository.details() else { return place }
        place.repository = repository
        place.head = head
        if let branch = try await repository.branch() {
            place.ref = "refs/heads/\(branch)"
        } else if let tag = try await repository.tags().last {
            place.ref = "refs/tags/\(tag)"
        }
        place.changes = try await repository.changes()
        return place
    }
}

/// The workflow files of a repository.
public enum WorkflowFiles {
    /// The folder that GitHub looks in.
    public static let folder = ".github/workflows"

    /// The name ends as a workflow's does.
    public static func isWorkflow(_ name: String) -> Bool { name.hasSuffix(".yml") || name.hasSuffix(".yaml") }

    /// The only workflow of the repository at the working folder, or a failure that lists the choices.
    public static func only(_ context: Context) async throws -> String {
        let here = Repository(context: context, folder: context.workingDirectory)
        let top = try await here.exists() ? try await here.root() : context.workingDirectory
        let folder = top.appending(path: folder)
        let names = context.files.isDirectory(folder) ? try context.files.list(folder).filter(isWorkflow) : []
        if names.count == 1 { return folder.appending(path: names[0]) }
        if names.isEmpty { throw Failure(.usage, "there is no workflow in \(folder)") }
        throw Failure(
            .usage, "which workflow? there are \(names.count)", where: folder,
            next: names.prefix(6).map { "nante run \($0)" })
    }
}
