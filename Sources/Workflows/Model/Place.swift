/// Where something stands in a workflow or action file.
public struct Place: Sendable, Hashable {
    /// The file's name as it was given, such as `.github/workflows/ci.yml`.
    public var file: String
    /// Line, from 1; 0 where unknown.
    public var line: Int
    /// Column in characters, from 1; 0 where unknown.
    public var column: Int

    /// A place in a file.
    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension Place: CustomStringConvertible {
    /// `file:line:column`, or only the file where the line is unknown.
    public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}
