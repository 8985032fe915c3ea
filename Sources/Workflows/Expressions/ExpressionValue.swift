import Core

/// A value of the expression language.
///
/// Rules of conversion and comparison: actions/runner `src/Sdk/Expressions` (`ExpressionUtility`, `EvaluationResult`).
public enum ExpressionValue: Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array(ExpressionArray)
    case object(ExpressionObject)
}

/// An array; two arrays are equal to `==` only if they are the same instance.
public final class ExpressionArray: Sendable {
    /// The items in order.
    public let items: [ExpressionValue]
    /// It came out of `.*`: an index after it applies to each item.
    public let isFiltered: Bool

    /// A plain array.
    public init(_ items: [ExpressionValue]) {
        self.items = items
        isFiltered = false
    }

    /// The result of `.*`.
    init(filtered items: [ExpressionValue]) {
        self.items = items
        isFiltered = true
    }
}

extension ExpressionValue {
    /// An array of the items.
    public static func array(_ items: [ExpressionValue]) -> ExpressionValue { .array(ExpressionArray(items)) }

    /// An object of the members; of two keys that differ only in case the later wins.
    public static func object(_ members: [(String, ExpressionValue)]) -> ExpressionValue {
        .object(ExpressionObject(members))
    }

    /// The kind's name as GitHub writes it: Null, Boolean, Number, String, Array or Object.
    public var kindName: String {
        switch self {
        case .null: "Null"
        case .boolean: "Boolean"
        case .number: "Number"
        case .string: "String"
        case .array: "Array"
        case .object: "Object"
        }
    }

    /// Null, a boolean, a number or a string.
    public var isPrimitive: Bool {
        switch self {
        case .null, .boolean, .number, .string: true
        case .array, .object: false
        }
    }

    /// False for null, false, 0, NaN and the empty string.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .boolean(let flag): flag
        case .number(let number): number != 0 && !number.isNaN
        case .string(let text): !text.isEmpty
        case .array, .object: true
        }
    }

    /// The value as text: null is empty, arrays and objects are their kind's name.
    public var text: String {
        switch self {
        case .null: ""
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let number): NumberText.format(number)
        case .string(let text): text
        case .array: "Array"
        case .object: "Object"
        }
    }

    /// The value as a number: NaN for arrays, objects and text that is no number.
    public var number: Double {
        switch self {
        case .null: 0
        case .boolean(let flag): flag ? 1 : 0
        case .number(let number): number
        case .string(let text): NumberText.parse(text)
        case .array, .object: .nan
        }
    }
}

extension ExpressionValue {
    /// The value of a JSON value.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .boolean(flag)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map(ExpressionValue.init))
        case .object(let members): self = .object(members.elements.map { ($0.key, ExpressionValue($0.value)) })
        }
    }

    /// The value as JSON; NaN and the infinities become strings, for JSON has none.
    public var json: JSONValue {
        switch self {
        case .null: .null
        case .boolean(let flag): .bool(flag)
        case .number(let number): number.isFinite ? .number(number) : .string(NumberText.format(number))
        case .string(let text): .string(text)
        case .array(let array): .array(array.items.map(\.json))
        case .object(let object):
            .object(.init(object.members.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        }
    }
}
