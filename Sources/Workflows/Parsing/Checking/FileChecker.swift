import Core

/// Checks files by their paths, for `nante workflow check`.
public struct FileChecker: Sendable {
    private let context: Context
    private let library: [String: String]

    /// A checker.
    ///
    /// - Parameter library: folders of other repositories by `owner/repo`, relative to the working directory.
    public init(context: Context, library: [String: String] = [:]) {
        self.context = context
        self.library = library.mapValues(context.path)
    }

    /// The faults of a file, in the order they were found.
    ///
    /// - Throws: `Failure` where the file can't be read.
    public func faults(in file: String) throws -> [SourceFault] {
        let text = try Self.text(of: file, context)
        do {
            if ["action.yml", "action.yaml"].contains(file.lastPathComponent) {
                _ = try ActionParser.parse(text: text, file: file)
            } else {
                let root = Self.root(of: context.path(file))
                let source = FolderSource(files: context.files, root: root, library: library)
                _ = try WorkflowCheck(source: source).check(text: text, file: file)
            }
            return []
        } catch let faults as SourceFaults {
            return faults.faults
        }
    }

    /// The text of a file that was named on the command line.
    public static func text(of file: String, _ context: Context) throws -> String {
        let path = context.path(file)
        guard context.files.exists(path), !context.files.isDirectory(path) else {
            throw Failure(.usage, "the file \(file) does not exist")
        }
        return try context.files.readText(path)
    }

    /// The repository's folder: what stands before `.github/workflows`, else the file's own folder.
    static func root(of path: String) -> String {
        let folder = path.parentPath
        guard folder.hasSuffix("/.github/workflows") else { return folder }
        let root = folder.dropLast("/.github/workflows".count)
        return root.isEmpty ? "/" : String(root)
    }

    /// Faults as `{"errors": [{"file", "line", "column", "message"}]}`.
    public static func json(_ faults: [SourceFault]) -> JSONValue {
        let errors = faults.map { fault -> JSONValue in
            .object([
                "file": .string(fault.file), "line": .number(Double(fault.line)),
                "column": .number(Double(fault.column)), "message": .string(fault.message),
            ])
        }
        return .object(["errors": .array(errors)])
    }
}
