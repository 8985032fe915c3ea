extension ExpressionValue {
    /// `==` of the language: no case in strings, conversion between kinds, instances for arrays and objects.
    public static func equal(_ first: ExpressionValue, _ second: ExpressionValue) -> Bool {
        switch (first, second) {
        case (.string(let left), .string(let right)): return Fold.equal(left, right)
        case (.number(let left), .number(let right)): return left == right
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.null, .null): return true
        case (.array(let left), .array(let right)): return left === right
        case (.object(let left), .object(let right)): return left === right
        default: return first.number == second.number
        }
    }

    /// The order of two values for `<` and `>`; nil where there is none.
    private static func order(_ first: ExpressionValue, _ second: ExpressionValue) -> Int? {
        switch (first, second) {
        case (.string(let left), .string(let right)): return Fold.order(left, right)
        case (.boolean(let left), .boolean(let right)): return left == right ? 0 : left ? 1 : -1
        case (.null, .null), (.array, .array), (.object, .object): return nil
        default:
            let (left, right) = (first.number, second.number)
            return left < right ? -1 : left > right ? 1 : left == right ? 0 : nil
        }
    }

    static func compare(
        _ comparison: Expression.Comparison, _ first: ExpressionValue, _ second: ExpressionValue
    ) -> Bool {
        switch comparison {
        case .equal: equal(first, second)
        case .unequal: !equal(first, second)
        case .less: order(first, second).map { $0 < 0 } ?? false
        case .greater: order(first, second).map { $0 > 0 } ?? false
        case .lessOrEqual: equal(first, second) || (order(first, second).map { $0 < 0 } ?? false)
        case .greaterOrEqual: equal(first, second) || (order(first, second).map { $0 > 0 } ?? false)
        }
    }
}
