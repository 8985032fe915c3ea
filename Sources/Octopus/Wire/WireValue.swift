import Core
import Foundation

/// A value as it stands in Octopus' JSON.
///
/// Reading is tolerant as servers and clients of ten years need it: names in any case, null or nothing where a
/// default will do, numbers and booleans as text, unknown members passed over.
public protocol WireValue: Hashable, Sendable {
    /// Reads the value.
    ///
    /// - Parameter path: where it stands, such as `Steps[0].Name`, for the error.
    static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Self
    /// Writes the value over an older form of it, whose members that have no field here are kept.
    ///
    /// - Returns: nil where there is nothing to write.
    func written(over old: JSONValue?) -> JSONValue?
    /// The value may be left out where its field allows that.
    var isBlank: Bool { get }
    /// What a document of this type is made of, for strict readers.
    static var shape: WireShape { get }
}

/// What a document is made of.
public indirect enum WireShape: Sendable {
    /// Text, a number, a boolean.
    case leaf
    /// Anything.
    case any
    /// A list of one shape.
    case list(WireShape)
    /// An object with any member names.
    case map(WireShape)
    /// An object with known members, and their values where they are left out.
    case object(members: @Sendable () -> [String: WireShape], defaults: @Sendable () -> JSONValue)
}

extension WireValue {
    /// Nothing is blank unless its type says so.
    public var isBlank: Bool { false }
    /// A leaf unless its type says otherwise.
    public static var shape: WireShape { .leaf }
}

/// A member of Octopus' JSON that can't be read.
public struct WireFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it stands, such as `Steps[0].Name`; empty for the whole document.
    public let path: String
    /// What was expected and found.
    public let message: String

    /// A fault.
    public init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    init(_ path: String, expected: String, found: JSONValue) {
        self.init(path, "expected \(expected), found \(found.kind)")
    }

    /// The message with its place.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension JSONValue {
    /// What kind of value this is, in words.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension String: WireValue {
    /// Reads text; numbers and booleans are taken as their text.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> String {
        switch json {
        case .string(let text): return text
        case .number(let number): return JSONValue.text(of: number)
        case .bool(let flag): return flag ? "True" : "False"
        case .null: return ""
        case .array, .object: throw WireFault(path, expected: "text", found: json)
        }
    }
    /// Text.
    public func written(over old: JSONValue?) -> JSONValue? { .string(self) }
    /// Empty text is blank.
    public var isBlank: Bool { isEmpty }
}

extension Bool: WireValue {
    /// Reads a boolean, also as text.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Bool {
        switch json {
        case .bool(let flag): return flag
        case .string(let text) where ["true", "false"].contains(text.lowercased()): return text.lowercased() == "true"
        default: throw WireFault(path, expected: "true or false", found: json)
        }
    }
    /// A boolean.
    public func written(over old: JSONValue?) -> JSONValue? { .bool(self) }
}

extension Int: WireValue {
    /// Reads a whole number, also as text.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Int {
        if let number = json.int { return number }
        if let text = json.string, let number = Int(text) { return number }
        throw WireFault(path, expected: "a whole number", found: json)
    }
    /// A number.
    public func written(over old: JSONValue?) -> JSONValue? { .number(Double(self)) }
}

extension JSONValue: WireValue {
    /// Any value.
    public static func read(_ json: JSONValue, at path: String) -> JSONValue { json }
    /// Itself.
    public func written(over old: JSONValue?) -> JSONValue? { self }
    /// Null is blank.
    public var isBlank: Bool { self == .null }
    /// Anything.
    public static var shape: WireShape { .any }
}

/// A value that null stands for.
protocol NullableWireValue: WireValue {}

extension Optional: NullableWireValue where Wrapped: WireValue {}

extension Optional: WireValue where Wrapped: WireValue {
    /// Null is nil.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Wrapped? {
        if json == .null { return nil }
        return try Wrapped.read(json, at: path)
    }
    /// Nil is null.
    public func written(over old: JSONValue?) -> JSONValue? {
        switch self {
        case .none: .null
        case .some(let value): value.written(over: old)
        }
    }
    /// Nil is blank.
    public var isBlank: Bool { self == nil }
    /// That of the value.
    public static var shape: WireShape { Wrapped.shape }
}

extension Array: WireValue where Element: WireValue {
    /// Reads a list; null is an empty one.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> [Element] {
        if json == .null { return [] }
        guard let items = json.array else { throw WireFault(path, expected: "a list", found: json) }
        var out: [Element] = []
        for (place, item) in items.enumerated() { out.append(try Element.read(item, at: "\(path)[\(place)]")) }
        return out
    }
    /// A list; an item is written over the older item of the same Id.
    public func written(over old: JSONValue?) -> JSONValue? {
        let older = old?.array ?? []
        return .array(
            compactMap { item in
                guard !older.isEmpty, let id = (item as? any WireResource)?.id, !id.isEmpty else {
                    return item.written(over: nil)
                }
                return item.written(over: older.first { $0["Id"]?.string == id })
            })
    }
    /// An empty list is blank.
    public var isBlank: Bool { isEmpty }
    /// A list.
    public static var shape: WireShape { .list(Element.shape) }
}

extension Dictionary: WireValue where Key == String, Value: WireValue {
    /// Reads an object as a map; null is an empty one.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> [String: Value] {
        if json == .null { return [:] }
        guard let members = json.object else { throw WireFault(path, expected: "an object", found: json) }
        var out: [String: Value] = [:]
        for (name, member) in members { out[name] = try Value.read(member, at: "\(path).\(name)") }
        return out
    }
    /// An object with its members sorted by name.
    public func written(over old: JSONValue?) -> JSONValue? {
        var members = JSONValue.emptyObject.object ?? [:]
        for (name, value) in sorted(by: { $0.key < $1.key }) { members[name] = value.written(over: nil) }
        return .object(members)
    }
    /// An empty map is blank.
    public var isBlank: Bool { isEmpty }
    /// A map.
    public static var shape: WireShape { .map(Value.shape) }
}
