/// A value of Terraform's type system.
package indirect enum Value: Sendable, Hashable {
    case null
    /// Known after apply.
    case unknown
    case bool(Bool)
    case int(Int)
    case double(Double)
    /// A number that neither of the two above holds exactly, in decimal digits.
    case digits(String)
    case string(String)
    /// A list, set or tuple.
    case list([Value])
    /// An object or map.
    case object([String: Value])
    /// A value that brings its own type.
    case dynamic(ValueType, Value)

    /// A member of an object; null where there is none.
    package subscript(_ key: String) -> Value {
        get { if case .object(let members) = self { members[key] ?? .null } else { .null } }
        set {
            guard case .object(var members) = self else { return }
            members[key] = newValue
            self = .object(members)
        }
    }

    /// An element of a list; null where there is none.
    package subscript(_ index: Int) -> Value {
        if case .list(let items) = self, items.indices.contains(index) { items[index] } else { .null }
    }

    package var isNull: Bool { self == .null }
    package var isUnknown: Bool { self == .unknown }

    /// Whether nothing in it is known after apply only.
    package var isWhollyKnown: Bool {
        switch self {
        case .unknown: false
        case .list(let items): items.allSatisfy(\.isWhollyKnown)
        case .object(let members): members.values.allSatisfy(\.isWhollyKnown)
        case .dynamic(_, let value): value.isWhollyKnown
        default: true
        }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var int: Int? { if case .int(let number) = self { number } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var list: [Value] { if case .list(let items) = self { items } else { [] } }
    package var object: [String: Value] { if case .object(let members) = self { members } else { [:] } }
    /// The texts of a list of strings.
    package var strings: [String] { list.compactMap(\.string) }

    package var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .digits(let text): Double(text)
        default: nil
        }
    }

    /// The text of a string unless it is empty.
    package var text: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether the legacy type system takes it for not set: null, "", 0, false, an empty list or map.
    package var isZero: Bool {
        switch self {
        case .null, .string(""), .int(0), .double(0), .bool(false): true
        case .list(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    /// The value with each unknown in it replaced by null.
    package var withoutUnknowns: Value {
        switch self {
        case .unknown: .null
        case .list(let items): .list(items.map(\.withoutUnknowns))
        case .object(let members): .object(members.mapValues(\.withoutUnknowns))
        case .dynamic(let type, let value): .dynamic(type, value.withoutUnknowns)
        default: self
        }
    }

    /// A string, or null where there is none.
    package init(_ text: String?) { self = text.map(Value.string) ?? .null }
    /// A whole number, or null where there is none.
    package init(_ number: Int?) { self = number.map(Value.int) ?? .null }
    /// A flag, or null where there is none.
    package init(_ flag: Bool?) { self = flag.map(Value.bool) ?? .null }
    /// A number, whole where it can be, or null where there is none.
    package init(_ number: Double?) {
        guard let number else {
            self = .null
            return
        }
        self = Int(exactly: number).map(Value.int) ?? .double(number)
    }
    /// A list of strings.
    package init(_ texts: [String]) { self = .list(texts.map(Value.string)) }
}
