import Core
import Foundation

/// An object of Octopus' JSON: a struct of defaults and the list of its fields.
///
/// One model serves both sides: the client reads answers and writes requests with it, the lab's server the other
/// way round. Names on the wire are PascalCase (those of the executions API camelCase) and are read in any case.
public protocol WireModel: WireValue, Codable {
    /// The object with every field at its default.
    init()
    /// The fields in the order they are written.
    static var fields: [WireField<Self>] { get }
}

/// An object with an identity of its own.
public protocol WireResource: WireModel {
    /// Such as `Projects-1`; empty before the server gave one.
    var id: String { get set }
}

/// A resource that users call by its name.
public protocol NamedResource: WireResource {
    /// The name.
    var name: String { get set }
}

/// How a field without a value is written.
public enum WhenBlank: Sendable {
    /// As it is: null, an empty text, an empty list.
    case write
    /// Not at all.
    case omit
}

/// One field of a model.
public struct WireField<Model: WireModel>: Sendable {
    /// The name on the wire.
    public let name: String
    /// The shape of the value.
    public let shape: WireShape
    /// Null is a value of its own, not the lack of one.
    let takesNull: Bool
    let load: @Sendable (JSONValue, String, inout Model) throws(WireFault) -> Void
    let store: @Sendable (Model, JSONValue?) -> JSONValue?

    /// A field of a name.
    public init<Value: WireValue>(
        _ name: String, _ path: any WritableKeyPath<Model, Value> & Sendable, _ blank: WhenBlank = .write
    ) {
        self.name = name
        shape = Value.shape
        takesNull = Value.self is any NullableWireValue.Type
        load = { json, place, model throws(WireFault) in model[keyPath: path] = try Value.read(json, at: place) }
        store = { model, old in
            let value = model[keyPath: path]
            // A value that was there and is not any more is cleared, not left out.
            if blank == .omit, value.isBlank, old == nil || old == .null { return nil }
            return value.written(over: old)
        }
    }
}

extension WireModel {
    /// An object of the model's fields.
    public static var shape: WireShape {
        .object(
            members: { Dictionary(fields.map { ($0.name, $0.shape) }) { $1 } }, defaults: { Self().json })
    }

    /// Reads an object; members that are missing leave the default, null is nil or leaves it.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Self {
        guard let members = json.object else { throw WireFault(path, expected: "an object", found: json) }
        var model = Self()
        var folded: [String: JSONValue]?
        for field in fields {
            var member = members[field.name]
            if member == nil {
                let names = folded ?? Dictionary(members.map { ($0.key.lowercased(), $0.value) }) { $1 }
                folded = names
                member = names[field.name.lowercased()]
            }
            guard let member, member != .null || field.takesNull else { continue }
            try field.load(member, path.isEmpty ? field.name : "\(path).\(field.name)", &model)
        }
        return model
    }

    /// Writes the object; members of the older form that have no field here are kept.
    public func written(over old: JSONValue?) -> JSONValue? { members(over: old) }

    /// Every field over the members of an older form.
    func members(over old: JSONValue?) -> JSONValue {
        var members = old?.object ?? [:]
        for field in Self.fields { members[field.name] = field.store(self, old?[field.name]) }
        return .object(members)
    }

    /// Reads an object.
    ///
    /// - Throws: `WireFault` with the path of the member that can't be read.
    public init(json: JSONValue) throws(WireFault) { self = try Self.read(json, at: "") }

    /// The object as JSON, fields in their order.
    public var json: JSONValue { written(over: nil) ?? .emptyObject }

    /// Reads the object from any decoder.
    public init(from decoder: any Decoder) throws { try self.init(json: JSONValue(from: decoder)) }

    /// Writes the object to any encoder.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

    /// A copy that a closure has changed.
    public func with(_ change: (inout Self) throws -> Void) rethrows -> Self {
        var copy = self
        try change(&copy)
        return copy
    }

    /// The object with every field at its default, changed by a closure.
    public static func make(_ change: (inout Self) throws -> Void) rethrows -> Self { try Self().with(change) }
}

/// A name out of a list that newer servers may add to, such as a health status.
public protocol WireName: WireValue, CustomStringConvertible {
    /// The name on the wire.
    var name: String { get }
    /// A name, known or not.
    init(name: String)
}

extension WireName {
    /// Reads a name.
    public static func read(_ json: JSONValue, at path: String) throws(WireFault) -> Self {
        guard let text = json.string else { throw WireFault(path, expected: "a name", found: json) }
        return Self(name: text)
    }
    /// The name.
    public func written(over old: JSONValue?) -> JSONValue? { .string(name) }
    /// The name.
    public var description: String { name }
}
