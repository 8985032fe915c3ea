/// Builds an expression's nodes by operator precedence, with stacks of its own so that no text can exhaust the
/// program's stack.
struct ExpressionParser {
    private typealias Token = ExpressionLexer.Token

    private let source: String
    private let scope: ExpressionScope
    private var lexer: ExpressionLexer
    private var nodes: ContiguousArray<Expression.Node> = []
    private var children: ContiguousArray<Int32> = []
    /// Depth of the tree under each node, 1 for a leaf.
    private var depths: ContiguousArray<Int> = []
    private var operands: [Int32] = []
    private var operators: [Pending] = []

    /// An operator that waits for its right side, or an open bracket.
    private struct Pending {
        var token: ExpressionLexer.Token
        /// Operands that were there before an open bracket's first.
        var base: Int
        var isStar = false
    }

    init(_ source: String, scope: ExpressionScope) {
        self.source = source
        self.scope = scope
        lexer = ExpressionLexer(source)
    }

    mutating func parse() throws(ExpressionFault) -> Expression {
        if source.utf16.count > Expression.maximumLength {
            throw ExpressionFault(.parsing, "Exceeded max expression length \(Expression.maximumLength)")
        }
        while let token = try lexer.next() { try take(token) }
        guard let last = lexer.last else {
            return Expression(source: source, nodes: [.literal(.null)], children: [], root: 0)
        }
        let dangling = last.kind == .oper || last.kind == .dereference || last.kind == .function
        if dangling || !lexer.unclosed.isEmpty {
            throw lexer.fault("Unexpected end of expression", last.raw, last.offset)
        }
        while !operators.isEmpty { try apply() }
        let root = operands.removeLast()
        if depths[Int(root)] > Expression.maximumDepth {
            throw ExpressionFault(.parsing, "Exceeded max expression depth \(Expression.maximumDepth)")
        }
        return Expression(source: source, nodes: nodes, children: children, root: root)
    }

    private mutating func take(_ token: Token) throws(ExpressionFault) {
        switch token.kind {
        case .literal: push(.literal(token.value), depth: 1)
        case .namedValue:
            let name = Expression.Name(token.raw)
            guard scope.allows(context: name.folded) else {
                throw lexer.fault("Unrecognized named-value", token.raw, token.offset)
            }
            push(.context(name), depth: 1)
        case .function:
            let folded = Fold.upper(token.raw)
            guard Self.builtins[folded] != nil || scope.arity(function: folded) != nil else {
                throw lexer.fault("Unrecognized function", token.raw, token.offset)
            }
            operators.append(Pending(token: token, base: operands.count))
        case .propertyName:
            if operators.last?.token.kind == .dereference { operators.removeLast() }
            let owner = operands.removeLast()
            push(.property(of: owner, Expression.Name(token.raw)), depth: depths[Int(owner)] + 1)
        case .wildcard:
            if operators.last?.token.kind == .dereference {
                operators.removeLast()
                pushEvery()
            } else {
                operators[operators.count - 1].isStar = true
            }
        case .startGroup, .startIndex, .startParameters, .dereference:
            operators.append(Pending(token: token, base: operands.count))
        case .separator: try applyDown(to: .startParameters)
        case .endGroup:
            try applyDown(to: .startGroup)
            operators.removeLast()
        case .endIndex: try closeIndex()
        case .endParameters: try closeCall()
        case .oper: try pushOperator(token)
        }
    }

    private mutating func push(_ node: Expression.Node, depth: Int) {
        operands.append(Int32(nodes.count))
        nodes.append(node)
        depths.append(depth)
    }

    private mutating func pushEvery() {
        let owner = operands.removeLast()
        push(.every(of: owner), depth: depths[Int(owner)] + 1)
    }

    private mutating func closeIndex() throws(ExpressionFault) {
        try applyDown(to: .startIndex)
        if operators.removeLast().isStar { return pushEvery() }
        let place = operands.removeLast()
        let owner = operands.removeLast()
        let depth = max(depths[Int(owner)], depths[Int(place)]) + 1
        if case .literal(.string(let name)) = nodes[Int(place)] {
            push(.property(of: owner, Expression.Name(name)), depth: depth)
        } else {
            push(.index(of: owner, place), depth: depth)
        }
    }
}

extension ExpressionParser {
    private static func precedence(_ raw: String) -> Int {
        switch raw {
        case "!": 16
        case ">", ">=", "<", "<=": 11
        case "==", "!=": 10
        case "&&": 5
        default: 4
        }
    }

    private mutating func pushOperator(_ token: Token) throws(ExpressionFault) {
        if token.raw != "!" {
            while let top = operators.last, top.token.kind == .oper,
                Self.precedence(token.raw) <= Self.precedence(top.token.raw)
            {
                try apply()
            }
        }
        operators.append(Pending(token: token, base: operands.count))
    }

    private mutating func applyDown(to kind: Token.Kind) throws(ExpressionFault) {
        while let top = operators.last, top.token.kind != kind { try apply() }
    }

    /// Applies the top operator to its operands.
    private mutating func apply() throws(ExpressionFault) {
        let raw = operators.removeLast().token.raw
        let right = operands.removeLast()
        if raw == "!" { return push(.not(right), depth: depths[Int(right)] + 1) }
        let left = operands.removeLast()
        switch raw {
        case "&&", "||": flatten(raw == "&&", left, right)
        default:
            let depth = max(depths[Int(left)], depths[Int(right)]) + 1
            push(.compare(Self.comparison(raw), left, right), depth: depth)
        }
    }

    private static func comparison(_ raw: String) -> Expression.Comparison {
        switch raw {
        case "==": .equal
        case "!=": .unequal
        case "<": .less
        case "<=": .lessOrEqual
        case ">": .greater
        default: .greaterOrEqual
        }
    }

    /// `a && b && c` is one node with three children, so a long chain is not deep.
    private mutating func flatten(_ isAnd: Bool, _ left: Int32, _ right: Int32) {
        let start = parts(of: left, isAnd) ?? append([left])
        let count: Int32
        if case (let first, let length)? = range(of: right, isAnd) {
            append(Array(children[Int(first)..<Int(first + length)]))
        } else {
            append([right])
        }
        count = Int32(children.count) - start
        var depth = 0
        for child in children[Int(start)...] { depth = max(depth, depths[Int(child)]) }
        push(isAnd ? .and(start: start, count: count) : .or(start: start, count: count), depth: depth + 1)
    }

    @discardableResult
    private mutating func append(_ items: [Int32]) -> Int32 {
        children.append(contentsOf: items)
        return Int32(children.count - items.count)
    }

    private func range(of node: Int32, _ isAnd: Bool) -> (Int32, Int32)? {
        switch nodes[Int(node)] {
        case .and(let start, let count) where isAnd: (start, count)
        case .or(let start, let count) where !isAnd: (start, count)
        default: nil
        }
    }

    /// Where a nested chain's children start; they are moved to the end unless they stand there already.
    private mutating func parts(of node: Int32, _ isAnd: Bool) -> Int32? {
        guard let (start, count) = range(of: node, isAnd) else { return nil }
        if Int(start + count) == children.count { return start }
        return append(Array(children[Int(start)..<Int(start + count)]))
    }
}

extension ExpressionParser {
    private static let builtins: [String: (Expression.Builtin, ExpressionScope.Arity)] = [
        "CONTAINS": (.contains, .init(2, 2)), "STARTSWITH": (.startsWith, .init(2, 2)),
        "ENDSWITH": (.endsWith, .init(2, 2)), "FORMAT": (.format, .init(1, 255)), "JOIN": (.join, .init(1, 2)),
        "TOJSON": (.toJSON, .init(1, 1)), "FROMJSON": (.fromJSON, .init(1, 1)), "CASE": (.choose, .init(3, 255)),
    ]

    /// Ends a call: the arguments are the operands above its bracket.
    private mutating func closeCall() throws(ExpressionFault) {
        try applyDown(to: .startParameters)
        operators.removeLast()
        let call = operators.removeLast()
        let arguments = Array(operands[call.base...])
        operands.removeLast(arguments.count)
        let name = Expression.Name(call.token.raw)
        let builtin = Self.builtins[name.folded]
        let arity = builtin?.1 ?? scope.arity(function: name.folded) ?? .init(0, 0)
        if arguments.count < arity.minimum {
            throw lexer.fault("Too few parameters supplied", name.exact, call.token.offset)
        }
        if arguments.count > arity.maximum {
            throw lexer.fault("Too many parameters supplied", name.exact, call.token.offset)
        }
        if builtin?.0 == .choose, arguments.count % 2 == 0 {
            throw lexer.fault(
                "Even number of parameters supplied, requires an odd number of parameters", name.exact,
                call.token.offset)
        }
        let depth = (arguments.map { depths[Int($0)] }.max() ?? 0) + 1
        let start = append(arguments)
        let count = Int32(arguments.count)
        if let (function, _) = builtin {
            push(.call(function, start: start, count: count), depth: depth)
        } else {
            push(.custom(name, start: start, count: count), depth: depth)
        }
    }
}
