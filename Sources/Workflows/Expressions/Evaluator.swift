/// A function that the place of an expression supplies, such as `hashFiles` or `success`.
///
/// What it throws becomes an evaluation fault with the error's description.
public typealias ExpressionFunction = @Sendable (_ arguments: [ExpressionValue]) throws -> ExpressionValue

/// Evaluates expressions over contexts.
///
/// A context that is not there is null. Arguments and operands that are not needed are not evaluated.
public struct Evaluator: Sendable {
    /// The contexts by name.
    public var contexts: ExpressionObject
    /// Supplied functions by name.
    public let functions: [String: ExpressionFunction]

    /// Most memory of one evaluation's values, in bytes as GitHub counts them.
    static let memoryLimit = 1_048_576

    /// An evaluator over contexts, with the functions that their place supplies; names in any case.
    public init(contexts: ExpressionObject, functions: [String: ExpressionFunction] = [:]) {
        self.contexts = contexts
        self.functions = Dictionary(functions.map { (Fold.upper($0.key), $0.value) }, uniquingKeysWith: { $1 })
    }

    /// The value of an expression.
    ///
    /// - Throws: an evaluation fault.
    public func evaluate(_ expression: Expression) throws(ExpressionFault) -> ExpressionValue {
        var run = Evaluation(expression: expression, evaluator: self)
        return try run.value(expression.root)
    }
}

/// One evaluation, with the memory that its values hold.
struct Evaluation {
    let expression: Expression
    let evaluator: Evaluator
    var held = 0

    /// The value of a node.
    ///
    /// Values of children are let go when the node's own value does not hold on to them.
    mutating func value(_ node: Int32) throws(ExpressionFault) -> ExpressionValue {
        let before = held
        let value = try compute(expression.nodes[Int(node)])
        switch value {
        case .string(let text):
            held = before + Self.size(text)
            if held > Evaluator.memoryLimit { throw .memory }
        case .null, .boolean, .number: held = before
        case .array(let array): held += array.isFiltered ? 24 + 8 * array.items.count : 24
        case .object: held += 24
        }
        return value
    }

    /// Bytes of a string as GitHub counts them: two a unit and a head.
    static func size(_ text: String) -> Int { 26 + 2 * text.utf8.count }

    private mutating func compute(_ node: Expression.Node) throws(ExpressionFault) -> ExpressionValue {
        switch node {
        case .literal(let value): return value
        case .context(let name):
            return evaluator.contexts.value(exact: name.exact, folded: name.folded) ?? .null
        case .property(let owner, let name): return Self.property(of: try value(owner), name)
        case .index(let owner, let place):
            let owner = try value(owner)
            return Self.item(of: owner, at: try value(place))
        case .every(let owner): return Self.every(of: try value(owner))
        case .not(let operand): return .boolean(!(try value(operand).isTruthy))
        case .compare(let comparison, let left, let right):
            let left = try value(left)
            return .boolean(ExpressionValue.compare(comparison, left, try value(right)))
        case .and(let start, let count): return try chain(start, count, stopsAt: false)
        case .or(let start, let count): return try chain(start, count, stopsAt: true)
        case .call(let function, let start, let count): return try call(function, start, count)
        case .custom(let name, let start, let count): return try custom(name, start, count)
        }
    }

    private mutating func chain(
        _ start: Int32, _ count: Int32, stopsAt truth: Bool
    ) throws(ExpressionFault) -> ExpressionValue {
        var result = ExpressionValue.null
        for place in start..<start + count {
            result = try value(expression.children[Int(place)])
            if result.isTruthy == truth { return result }
        }
        return result
    }

    private mutating func custom(
        _ name: Expression.Name, _ start: Int32, _ count: Int32
    ) throws(ExpressionFault) -> ExpressionValue {
        guard let function = evaluator.functions[name.folded] else {
            throw ExpressionFault(.evaluation, "The function '\(name.exact)' is not available here")
        }
        var arguments: [ExpressionValue] = []
        for place in start..<start + count { arguments.append(try value(expression.children[Int(place)])) }
        do {
            return try function(arguments)
        } catch let fault as ExpressionFault {
            throw fault
        } catch {
            throw ExpressionFault(.evaluation, "\(error)")
        }
    }
}

/// Indexing; what is not there is null and never a fault.
extension Evaluation {
    private static func property(of owner: ExpressionValue, _ name: Expression.Name) -> ExpressionValue {
        switch owner {
        case .object(let object): object.value(exact: name.exact, folded: name.folded) ?? .null
        case .array: item(of: owner, at: .string(name.exact))
        default: .null
        }
    }

    private static func item(of owner: ExpressionValue, at place: ExpressionValue) -> ExpressionValue {
        switch owner {
        case .object(let object): place.isPrimitive ? object[place.text] ?? .null : .null
        case .array(let array):
            if array.isFiltered {
                .array(ExpressionArray(filtered: array.items.compactMap { member(of: $0, at: place) }))
            } else {
                member(of: owner, at: place) ?? .null
            }
        default: .null
        }
    }

    /// What a collection has at a place; nil where it has nothing.
    private static func member(of owner: ExpressionValue, at place: ExpressionValue) -> ExpressionValue? {
        switch owner {
        case .object(let object): return place.isPrimitive ? object[place.text] : nil
        case .array(let array):
            let number = place.number
            guard number >= 0, number < Double(array.items.count) else { return nil }
            return array.items[Int(number)]
        default: return nil
        }
    }

    private static func every(of owner: ExpressionValue) -> ExpressionValue {
        let items: [ExpressionValue] =
            if case .array(let array) = owner, array.isFiltered {
                array.items.flatMap(values)
            } else {
                values(of: owner)
            }
        return .array(ExpressionArray(filtered: items))
    }

    private static func values(of owner: ExpressionValue) -> [ExpressionValue] {
        switch owner {
        case .object(let object): object.members.map(\.value)
        case .array(let array): array.items
        default: []
        }
    }
}
