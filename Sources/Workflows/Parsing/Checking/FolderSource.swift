import Core

/// Finds called workflows in a repository's folder, and those of other repositories where they lie on this machine.
///
/// A call of another repository is looked for in `library`, then under the root by its own text, such as
/// `OWNER/REPO/.github/workflows/x.yml@v1`.
public struct FolderSource: WorkflowSource {
    private let files: any FileSystem
    private let root: String
    private let library: [String: String]

    /// A source.
    ///
    /// - Parameters:
    ///   - files: where the folders are.
    ///   - root: the repository's folder, an absolute path.
    ///   - library: folders of other repositories by `owner/repo`, absolute paths.
    public init(files: any FileSystem, root: String, library: [String: String] = [:]) {
        self.files = files
        self.root = root
        self.library = library
    }

    /// The file of a call, named `owner/repo/path@ref` where it is another repository's.
    public func workflow(_ reference: WorkflowReference, calledFrom caller: String) throws -> CalledFile? {
        switch reference {
        case .local(let path):
            if case .remote(let owner, let repository, _, let ref)? = WorkflowReference(caller) {
                return try remote(owner, repository, path, ref)
            }
            return try file(root.appending(path: path), name: "./" + path)
        case .remote(let owner, let repository, let path, let ref): return try remote(owner, repository, path, ref)
        }
    }

    private func remote(_ owner: String, _ repository: String, _ path: String, _ ref: String) throws -> CalledFile? {
        let name = "\(owner)/\(repository)/\(path)@\(ref)"
        let known = library.first { $0.key.lowercased() == "\(owner)/\(repository)".lowercased() }
        if let known { return try file(known.value.appending(path: path), name: name) }
        return try file(root.appending(path: name), name: name)
    }

    private func file(_ path: String, name: String) throws -> CalledFile? {
        guard files.exists(path), !files.isDirectory(path) else { return nil }
        return CalledFile(name: name, text: try files.readText(path))
    }
}
