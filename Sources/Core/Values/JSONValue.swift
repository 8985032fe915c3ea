import Foundation
import OrderedCollections

/// A JSON value that keeps the order of an object's members.
///
/// Numbers are doubles, as in JSON's common use (RFC 8259 section 6): integers are exact up to 2^53.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(OrderedDictionary<String, JSONValue>)
}

extension JSONValue {
    /// The text of a string value; nil for every other kind.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a boolean; nil for every other kind.
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    /// The value of a number; nil for every other kind.
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
    /// The number as an integer where it is whole and fits; else nil.
    public var int: Int? { number.flatMap { Int(exactly: $0) } }
    /// The items of an array; nil for every other kind.
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The members of an object in their order; nil for every other kind.
    public var object: OrderedDictionary<String, JSONValue>? {
        if case .object(let members) = self { members } else { nil }
    }
    /// The member of an object by its exact name; nil where there is none or this is no object.
    public subscript(name: String) -> JSONValue? { object?[name] }
    /// The item of an array by its place; nil where there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
    /// An empty object.
    public static var emptyObject: JSONValue { .object([:]) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object; a name that stands twice keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(OrderedDictionary(elements, uniquingKeysWith: { $1 }))
    }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: Codable {
    /// Decodes any JSON value; the order of members is the decoder's.
    public init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let flag = try? single.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? single.decode(Double.self) {
            self = .number(number)
        } else if let text = try? single.decode(String.self) {
            self = .string(text)
        } else if let items = try? single.decode([JSONValue].self) {
            self = .array(items)
        } else {
            let members = try single.decode([String: JSONValue].self)
            self = .object(OrderedDictionary(uniqueKeysWithValues: members.sorted { $0.key < $1.key }))
        }
    }

    /// Encodes the value; whole numbers are written without a fraction.
    public func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        switch self {
        case .null: try single.encodeNil()
        case .bool(let flag): try single.encode(flag)
        case .number(let number):
            if let whole = Int(exactly: number) { try single.encode(whole) } else { try single.encode(number) }
        case .string(let text): try single.encode(text)
        case .array(let items): try single.encode(items)
        case .object(let members):
            try single.encode(Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) }))
        }
    }
}
