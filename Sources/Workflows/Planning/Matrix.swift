import OrderedCollections

extension Strategy {
    /// Evaluates the strategy and expands its matrix.
    ///
    /// - Throws: `TemplateFault`, also where the matrix is empty or unsound.
    public func plan(_ evaluator: Evaluator) throws(TemplateFault) -> StrategyPlan {
        let value = try template.resolve(evaluator)
        guard case .object(let strategy) = value else {
            throw TemplateFault(place: template.place, message: "A mapping was expected")
        }
        var plan = StrategyPlan.single
        if let flag = strategy["fail-fast"] {
            guard case .boolean(let flag) = flag else {
                throw TemplateFault(place: template.place, message: "fail-fast must be a boolean")
            }
            plan.failFast = flag
        }
        if let limit = strategy["max-parallel"] {
            guard case .number(let limit) = limit, limit >= 1, limit == limit.rounded() else {
                throw TemplateFault(place: template.place, message: "max-parallel must be a positive integer")
            }
            plan.maxParallel = Int(min(limit, 1_000_000))
        }
        if let matrix = strategy["matrix"] {
            do {
                plan.legs = try Matrix(matrix).legs()
            } catch {
                throw TemplateFault(place: template["matrix"]?.place ?? template.place, message: error.message)
            }
        }
        return plan
    }
}

/// A matrix after evaluation: vectors, `include` and `exclude`.
///
/// Rules: actions/runner `src/Sdk/WorkflowParser/Conversion/MatrixBuilder.cs`.
struct Matrix {
    private var vectors: OrderedDictionary<String, (key: String, items: [ExpressionValue])> = [:]
    private var includes: [ExpressionObject] = []
    private var excludes: [ExpressionObject] = []

    /// What is wrong with a matrix.
    struct Fault: Error { let message: String }

    init(_ value: ExpressionValue) throws(Fault) {
        guard case .object(let object) = value else { throw Fault(message: "A matrix must be a mapping") }
        for member in object.members {
            switch member.folded {
            case "INCLUDE": includes = try Self.filters(member.value, "include")
            case "EXCLUDE": excludes = try Self.filters(member.value, "exclude")
            default:
                guard case .array(let items) = member.value else {
                    throw Fault(message: "Matrix vector '\(member.key)' must be a sequence")
                }
                guard !items.items.isEmpty else {
                    throw Fault(message: "Matrix vector '\(member.key)' does not contain any values")
                }
                vectors[member.folded] = (member.key, items.items)
            }
        }
        if vectors.isEmpty && includes.isEmpty {
            throw Fault(message: "Matrix must define at least one vector")
        }
        for exclude in excludes {
            for member in exclude.members where vectors[member.folded] == nil {
                throw Fault(message: "Matrix exclude key '\(member.key)' does not match any key within the matrix")
            }
        }
    }

    private static func filters(_ value: ExpressionValue, _ name: String) throws(Fault) -> [ExpressionObject] {
        guard case .array(let array) = value else { throw Fault(message: "Matrix \(name) must be a sequence") }
        var filters: [ExpressionObject] = []
        for item in array.items {
            guard case .object(let object) = item else {
                throw Fault(message: "Matrix \(name) must be a sequence of mappings")
            }
            filters.append(object)
        }
        return filters
    }

    /// The combinations in order: vectors with the last one varying fastest, then includes that matched none.
    func legs() throws(Fault) -> [MatrixLeg] {
        var rows: [[(String, ExpressionValue)]] = vectors.isEmpty ? [] : [[]]
        for (_, vector) in vectors {
            guard rows.count * vector.items.count <= 10_000 else { throw tooMany }
            rows = rows.flatMap { row in vector.items.map { row + [(vector.key, $0)] } }
        }
        var combinations = rows.map { Combination(base: ExpressionObject($0)) }
        combinations.removeAll { combination in excludes.contains { matches($0, combination.base) } }
        var added: [ExpressionObject] = []
        for include in includes {
            let extras = include.members.filter { vectors[$0.folded] == nil }
            let filter = ExpressionObject(
                include.members.filter { vectors[$0.folded] != nil }.map { ($0.key, $0.value) })
            var matched = false
            for place in combinations.indices where matches(filter, combinations[place].base) {
                matched = true
                combinations[place].extras += extras.map { ($0.key, $0.value) }
            }
            if !matched { added.append(include) }
        }
        let all = combinations.map(\.object) + added
        guard all.count <= StrategyPlan.maximumLegs else { throw tooMany }
        return all.enumerated().map { MatrixLeg(values: $1, index: $0, total: all.count) }
    }

    private var tooMany: Fault {
        Fault(message: "The matrix makes more than \(StrategyPlan.maximumLegs) jobs")
    }

    private struct Combination {
        let base: ExpressionObject
        var extras: [(String, ExpressionValue)] = []
        var object: ExpressionObject { ExpressionObject(base.members.map { ($0.key, $0.value) } + extras) }
    }

    /// Every leaf of the filter equals the combination's; an empty filter matches all.
    private func matches(_ filter: ExpressionObject, _ values: ExpressionObject) -> Bool {
        filter.members.allSatisfy { member in
            values[member.key].map { Self.matches(member.value, $0) } ?? false
        }
    }

    private static func matches(_ filter: ExpressionValue, _ value: ExpressionValue) -> Bool {
        switch filter {
        case .object(let wanted):
            guard case .object(let object) = value else { return false }
            return wanted.members.allSatisfy { member in object[member.key].map { matches(member.value, $0) } ?? false }
        case .array(let wanted):
            guard case .array(let array) = value, array.items.count >= wanted.items.count else { return false }
            return zip(wanted.items, array.items).allSatisfy(matches)
        default: return ExpressionValue.equal(filter, value)
        }
    }
}
