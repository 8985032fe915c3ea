/// An expression, read once and evaluated often.
public struct Expression: Sendable {
    /// The text without braces.
    public let source: String
    let nodes: ContiguousArray<Node>
    let children: ContiguousArray<Int32>
    let root: Int32

    /// Most UTF-16 units of an expression.
    public static let maximumLength = 21_000
    /// Deepest nesting of an expression.
    public static let maximumDepth = 50

    /// A name as written and in the form that it is looked up by.
    struct Name: Sendable {
        let exact: String
        let folded: String
        init(_ exact: String) {
            self.exact = exact
            folded = Fold.upper(exact)
        }
    }

    /// A node; children are places in `nodes`, longer lists are `count` places in `children` from `start`.
    enum Node: Sendable {
        case literal(ExpressionValue)
        case context(Name)
        case property(of: Int32, Name)
        case index(of: Int32, Int32)
        case every(of: Int32)
        case not(Int32)
        case compare(Comparison, Int32, Int32)
        case and(start: Int32, count: Int32)
        case or(start: Int32, count: Int32)
        case call(Builtin, start: Int32, count: Int32)
        case custom(Name, start: Int32, count: Int32)
    }

    enum Comparison: Sendable { case equal, unequal, less, lessOrEqual, greater, greaterOrEqual }

    /// Functions that are there at every place.
    enum Builtin: Sendable { case contains, startsWith, endsWith, format, join, toJSON, fromJSON, choose }

    /// Reads an expression.
    ///
    /// - Parameters:
    ///   - text: the text between the braces.
    ///   - scope: the contexts and functions allowed here.
    /// - Throws: a lexing or parsing fault with the token's place.
    public static func parse(_ text: String, in scope: ExpressionScope) throws(ExpressionFault) -> Expression {
        var parser = ExpressionParser(text, scope: scope)
        return try parser.parse()
    }

    /// The expression calls one of the functions somewhere; names in any case.
    public func calls(anyOf names: [String]) -> Bool {
        let folded = names.map(Fold.upper)
        return nodes.contains { node in
            if case .custom(let name, _, _) = node { folded.contains(name.folded) } else { false }
        }
    }

    /// `${{ insert }}`, which is no expression: it stands as a key, and its value's members take its place.
    static let insert = Expression(source: "insert", nodes: [.literal(.null)], children: [], root: 0)

    /// `success()`: an `if` that was left out.
    static let success = Expression(
        source: "success()", nodes: [.custom(Name("success"), start: 0, count: 0)], children: [], root: 0)

    var isInsert: Bool { source == "insert" }

    /// The text of an expression that is nothing but a string, such as `'{{ text }}'`.
    var literalString: String? {
        if case .literal(.string(let text)) = nodes[Int(root)] { text } else { nil }
    }

    /// `first && this` where first is a call without arguments: the implicit rule of `if`.
    func guarded(byCall name: String) -> Expression {
        let call = Node.custom(Name(name), start: 0, count: 0)
        let start = Int32(children.count)
        return Expression(
            source: source, nodes: nodes + [call, .and(start: start, count: 2)],
            children: children + [Int32(nodes.count), root], root: Int32(nodes.count + 1))
    }
}
