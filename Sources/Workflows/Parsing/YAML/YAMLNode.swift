/// A node of a YAML document with its place; an alias is the same instance as its anchor.
final class YAMLNode: Sendable {
    enum Kind: Sendable {
        case scalar(String, style: Style, tag: String)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// How a scalar was written.
    enum Style: String, Sendable { case plain, quoted, block }

    let kind: Kind
    /// From 1.
    let line: Int
    /// From 1, in characters.
    let column: Int
    /// Nodes in it, itself and what aliases stand for included; capped at `YAMLLimits.nodes`.
    let size: Int

    init(_ kind: Kind, line: Int, column: Int) {
        self.kind = kind
        self.line = line
        self.column = column
        var size = 1
        switch kind {
        case .scalar: break
        case .sequence(let items): for item in items { size = min(size + item.size, YAMLLimits.nodes) }
        case .mapping(let pairs):
            for (key, value) in pairs { size = min(size + key.size + value.size, YAMLLimits.nodes) }
        }
        self.size = size
    }
}

/// How much a workflow file may hold (actions/runner `WorkflowParser`, `ParseOptions`).
public struct YAMLLimits: Sendable {
    /// Deepest nesting.
    public var depth: Int
    /// Bytes of a file.
    public var bytes: Int

    /// Limits; GitHub's unless said.
    public init(depth: Int = 50, bytes: Int = 1_048_576) {
        self.depth = depth
        self.bytes = bytes
    }

    /// Most nodes after aliases were followed.
    static let nodes = 1_000_000
}
