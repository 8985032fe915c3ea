/// A fault in a file that a person wrote, with its place.
public struct SourceFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// Line, from 1; 0 where the file as a whole is meant.
    public var line: Int
    /// Column in characters, from 1.
    public var column: Int
    /// What is wrong, one sentence without an end mark.
    public var message: String
    /// The line itself, for the caret; nil where it is not at hand.
    public var source: String?

    /// A fault.
    public init(file: String, line: Int, column: Int, message: String, source: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.source = source
    }

    /// `file:line:column: message`, and under it the line with a caret.
    public var description: String {
        var text = line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
        if let source {
            let lead = source.prefix(max(0, column - 1)).map { $0 == "\t" ? "\t" : " " }.joined()
            text += "\n    \(source)\n    \(lead)^"
        }
        return text
    }
}

/// Several faults of the same input, shown together.
public struct SourceFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults in the order of their places.
    public var faults: [SourceFault]
    /// Some faults.
    public init(_ faults: [SourceFault]) { self.faults = faults }
    /// One after the other.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
