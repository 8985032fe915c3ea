/// A job's strategy, evaluated: its legs and how they run.
public struct StrategyPlan: Sendable {
    /// The combinations in order; one leg without values where the job has no matrix.
    public var legs: [MatrixLeg]
    /// A leg that fails cancels the others.
    public var failFast: Bool
    /// Most legs at a time; nil is all.
    public var maxParallel: Int?

    /// A job without a strategy.
    public static let single = StrategyPlan(legs: [MatrixLeg(values: nil, index: 0, total: 1)], failFast: true)

    /// A plan of legs.
    public init(legs: [MatrixLeg], failFast: Bool, maxParallel: Int? = nil) {
        self.legs = legs
        self.failFast = failFast
        self.maxParallel = maxParallel
    }

    /// Most legs of one matrix.
    public static let maximumLegs = 256
}

/// One combination of a matrix.
public struct MatrixLeg: Sendable {
    /// The `matrix` context; nil where the job has no matrix, then the context is null.
    public var values: ExpressionObject?
    /// Place among the legs, from 0.
    public var index: Int
    /// How many legs there are.
    public var total: Int

    /// A leg.
    public init(values: ExpressionObject?, index: Int, total: Int) {
        self.values = values
        self.index = index
        self.total = total
    }

    /// The `matrix` context of the leg.
    public var matrix: ExpressionValue { values.map(ExpressionValue.object) ?? .null }

    /// The `strategy` context of the leg.
    public func strategy(of plan: StrategyPlan) -> ExpressionValue {
        .object([
            ("fail-fast", .boolean(plan.failFast)), ("job-index", .number(Double(index))),
            ("job-total", .number(Double(total))), ("max-parallel", .number(Double(plan.maxParallel ?? total))),
        ])
    }

    /// The job's default name: `id (v1, v2)` from the scalar leaves, at most 100 characters.
    public func name(of id: String) -> String {
        guard let values else { return id }
        let leaves = Self.leaves(.object(values))
        if leaves.isEmpty { return id }
        let name = "\(id) (\(leaves.joined(separator: ", ")))"
        return name.count > 100 ? name.prefix(97) + "..." : name
    }

    private static func leaves(_ value: ExpressionValue) -> [String] {
        switch value {
        case .object(let object): object.members.flatMap { leaves($0.value) }
        case .array(let array): array.items.flatMap(leaves)
        case .null: []
        default: [value.text]
        }
    }
}
