/// The names that an expression may use at its place, beside the functions that are always there.
public struct ExpressionScope: Sendable {
    /// How often a function takes arguments.
    public struct Arity: Sendable, Hashable {
        /// Fewest arguments.
        public var minimum: Int
        /// Most arguments.
        public var maximum: Int
        /// An arity.
        public init(_ minimum: Int, _ maximum: Int) {
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    private let contexts: Set<String>
    private let functions: [String: Arity]

    /// A scope of context names and functions; case does not matter.
    public init(contexts: some Sequence<String>, functions: [String: Arity] = [:]) {
        self.contexts = Set(contexts.map(Fold.upper))
        self.functions = Dictionary(functions.map { (Fold.upper($0.key), $0.value) }, uniquingKeysWith: { $1 })
    }

    /// A scope from a schema's list, such as `["github", "hashFiles(1,255)", "success(0,MAX)"]`.
    public init(schema names: [String]) {
        var contexts: [String] = []
        var functions: [String: Arity] = [:]
        for name in names {
            guard let open = name.firstIndex(of: "("), name.hasSuffix(")") else {
                contexts.append(name)
                continue
            }
            let bounds = name[name.index(after: open)...].dropLast().split(separator: ",").map { Int($0) ?? .max }
            if bounds.count == 2 { functions[String(name[..<open])] = Arity(bounds[0], bounds[1]) }
        }
        self.init(contexts: contexts, functions: functions)
    }

    /// Nothing may be used: expressions do not belong here at all.
    var isEmpty: Bool { contexts.isEmpty && functions.isEmpty }

    func allows(context folded: String) -> Bool { contexts.contains(folded) }
    func arity(function folded: String) -> Arity? { functions[folded] }
}
