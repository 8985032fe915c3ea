import Core

/// A part of an answer of Proxmox VE that can't be read.
public struct ProxmoxFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it stands, such as `data[2].vmid`.
    public let path: String
    /// What was expected and found.
    public let message: String
    /// The message with its place.
    public var description: String { "\(path): \(message)" }
}

/// Something that Proxmox VE answers with.
public protocol ProxmoxModel: Sendable, Hashable {
    /// Reads it.
    init(_ reader: inout ProxmoxReader) throws(ProxmoxFault)
}

/// Reads the members of one object as Proxmox VE writes them: booleans as 0, 1, true or "1", numbers as text.
public struct ProxmoxReader {
    private let value: JSONValue
    /// Where the object stands.
    public let path: String
    private var seen: Set<String> = []
    /// Members that no model knows, with their places.
    public private(set) var unknown: [String] = []

    /// A reader of a value.
    public init(_ value: JSONValue, at path: String = "data") {
        self.value = value
        self.path = path
    }

    /// The whole value.
    public var raw: JSONValue { value }
    /// The names of the members that are there, sorted.
    public var names: [String] { value.object.map { $0.keys.sorted() } ?? [] }

    /// A member, nil where it is absent or null.
    public mutating func member(_ name: String) -> JSONValue? {
        seen.insert(name)
        guard let member = value[name], member != .null else { return nil }
        return member
    }

    /// Members that are known and of no use here.
    public mutating func skip(_ names: String...) { seen.formUnion(names) }

    /// Every member is known.
    public mutating func skipAll() { seen.formUnion(names) }

    /// Text; a number is taken as its text.
    public mutating func text(_ name: String) throws(ProxmoxFault) -> String? {
        guard let member = member(name) else { return nil }
        switch member {
        case .string(let text): return text
        case .number: return member.text()
        case .bool(let flag): return flag ? "1" : "0"
        default: throw fault(name, "expected text")
        }
    }

    /// A whole number, also as text; a measured one that comes with a fraction is rounded.
    public mutating func int(_ name: String) throws(ProxmoxFault) -> Int? {
        guard let number = try number(name) else { return nil }
        guard let whole = Int(exactly: number.rounded()) else { throw fault(name, "expected a whole number") }
        return whole
    }

    /// A number, also as text; empty text is none.
    public mutating func number(_ name: String) throws(ProxmoxFault) -> Double? {
        guard let member = member(name) else { return nil }
        switch member {
        case .number(let number): return number
        case .bool(let flag): return flag ? 1 : 0
        case .string(let text) where text.isEmpty: return nil
        case .string(let text):
            guard let number = Double(text), number.isFinite else { throw fault(name, "expected a number") }
            return number
        default: throw fault(name, "expected a number")
        }
    }

    /// A boolean: 0, 1, true, false, or text of these, or yes, no, on, off.
    public mutating func flag(_ name: String) throws(ProxmoxFault) -> Bool? {
        guard let member = member(name) else { return nil }
        guard let flag = ProxmoxReader.flag(member) else { throw fault(name, "expected a boolean") }
        return flag
    }

    /// Text that must be there.
    public mutating func needText(_ name: String) throws(ProxmoxFault) -> String {
        guard let text = try text(name) else { throw fault(name, "is missing") }
        return text
    }

    /// A whole number that must be there.
    public mutating func needInt(_ name: String) throws(ProxmoxFault) -> Int {
        guard let number = try number(name) else { throw fault(name, "is missing") }
        guard let whole = Int(exactly: number) else { throw fault(name, "expected a whole number") }
        return whole
    }

    /// An object below this one.
    public mutating func object<Model: ProxmoxModel>(_ name: String, _ type: Model.Type) throws(ProxmoxFault) -> Model?
    {
        guard let member = member(name) else { return nil }
        guard member.object != nil else { throw fault(name, "expected an object") }
        return try read(member, "\(path).\(name)", type)
    }

    /// Objects in a list below this one.
    public mutating func list<Model: ProxmoxModel>(_ name: String, _ type: Model.Type) throws(ProxmoxFault) -> [Model] {
        guard let member = member(name) else { return [] }
        return try list(member, "\(path).\(name)", type)
    }

    /// The whole value as a list; null is an empty one.
    public mutating func items<Model: ProxmoxModel>(_ type: Model.Type) throws(ProxmoxFault) -> [Model] {
        if value == .null { return [] }
        return try list(value, path, type)
    }

    /// The whole value as one object.
    public mutating func whole<Model: ProxmoxModel>(_ type: Model.Type) throws(ProxmoxFault) -> Model {
        guard value.object != nil else { throw ProxmoxFault(path: path, message: "expected an object") }
        return try read(value, path, type)
    }

    /// A fault at a member.
    public func fault(_ name: String, _ message: String) -> ProxmoxFault {
        ProxmoxFault(path: "\(path).\(name)", message: message)
    }

    static func flag(_ value: JSONValue) -> Bool? {
        switch value {
        case .bool(let flag): return flag
        case .number(let number): return number == 0 ? false : number == 1 ? true : nil
        case .string(let text):
            switch text.lowercased() {
            case "1", "true", "yes", "on": return true
            case "0", "false", "no", "off", "": return false
            default: return nil
            }
        default: return nil
        }
    }

    private mutating func list<Model: ProxmoxModel>(
        _ value: JSONValue, _ path: String, _ type: Model.Type
    ) throws(ProxmoxFault) -> [Model] {
        guard let items = value.array else { throw ProxmoxFault(path: path, message: "expected a list") }
        var models: [Model] = []
        for (place, item) in items.enumerated() {
            guard item.object != nil else {
                throw ProxmoxFault(path: "\(path)[\(place)]", message: "expected an object")
            }
            models.append(try read(item, "\(path)[\(place)]", type))
        }
        return models
    }

    private mutating func read<Model: ProxmoxModel>(
        _ value: JSONValue, _ path: String, _ type: Model.Type
    ) throws(ProxmoxFault) -> Model {
        var inner = ProxmoxReader(value, at: path)
        let model = try Model(&inner)
        unknown += inner.unknown + inner.names.filter { !inner.seen.contains($0) }.map { "\(path).\($0)" }
        return model
    }
}
