import Foundation

/// A JSON value.
package indirect enum JSON: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let object = try? container.decode([String: JSON].self) {
            self = .object(object)
        } else if let array = try? container.decode([JSON].self) {
            self = .array(array)
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .int(number)
        } else {
            self = .double(try container.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .int(let number): try container.encode(number)
        case .double(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let items): try container.encode(items)
        case .object(let object): try container.encode(object)
        }
    }

    /// The value of JSON text.
    package init(parsing bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    /// JSON text with sorted keys.
    package func text() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// A member; null where there is none.
    package subscript(_ key: String) -> JSON {
        if case .object(let object) = self { object[key] ?? .null } else { .null }
    }

    package var object: [String: JSON] { if case .object(let object) = self { object } else { [:] } }
    package var array: [JSON] { if case .array(let items) = self { items } else { [] } }
    package var isNull: Bool { self == .null }

    /// The text of a string, number or flag (a flag as 1 or 0, as Proxmox VE writes it); nil for anything else.
    package var string: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    /// A whole number, also one written as a string or a fraction.
    package var int: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number.rounded())
        case .string(let text): Int(text)
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    /// A number, also one written as a string.
    package var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text)
        default: nil
        }
    }

    /// A flag, also one written as 0, 1, "0" or "1".
    package var bool: Bool? {
        switch self {
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .string("1"), .string("true"): true
        case .string("0"), .string("false"): false
        default: nil
        }
    }
}
