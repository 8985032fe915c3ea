import Core
import Yams

/// Reads a YAML file into a model: unknown keys and wrong types are faults with line and column.
public enum StrictYAML {
    /// Reads a document.
    ///
    /// - Throws: `SourceFault`.
    public static func read<Model: WireModel>(_ type: Model.Type, text: String, file: String) throws -> Model {
        let root = try YAMLReader(text: text, file: file)
        var places: [String: YAMLReader] = [:]
        let json = try json(root, Model.shape, at: "", named: "the file", places: &places)
        do { return try Model(json: json) } catch {
            throw (places[error.path] ?? root).fault(
                "\(error.path.isEmpty ? "the file" : error.path): \(error.message)")
        }
    }

    private static func json(
        _ node: YAMLReader, _ shape: WireShape, at path: String, named name: String,
        places: inout [String: YAMLReader]
    ) throws -> JSONValue {
        places[path] = node
        if node.isNull { return .null }
        switch shape {
        case .leaf:
            if node.node.scalar == nil, name.hasPrefix("Properties") == false {
                throw node.fault("\(name) must be text")
            }
            return try scalarOrAny(node, isProperty: path.contains("Properties."))
        case .any: return try any(node)
        case .list(let inner):
            guard node.node.sequence != nil else { throw node.fault("\(name) must be a list") }
            var items: [JSONValue] = []
            for (index, item) in try node.items(of: name).enumerated() {
                items.append(
                    try json(item, inner, at: "\(path)[\(index)]", named: "\(name)[\(index)]", places: &places))
            }
            return .array(items)
        case .map(let inner):
            var members = JSONValue.emptyObject.object ?? [:]
            for member in try node.members(of: name) {
                let place = path.isEmpty ? member.key : "\(path).\(member.key)"
                members[member.key] = try json(member.value, inner, at: place, named: member.key, places: &places)
            }
            return .object(members)
        case .object(let known, _):
            let shapes = known()
            var members = JSONValue.emptyObject.object ?? [:]
            let found = try node.members(of: name, known: shapes.keys.sorted())
            for (key, value) in found.sorted(by: { $0.key < $1.key }) {
                let place = path.isEmpty ? key : "\(path).\(key)"
                members[key] = try json(value, shapes[key] ?? .any, at: place, named: key, places: &places)
            }
            return .object(members)
        }
    }

    /// A scalar as its text, so that `1.10` stays `1.10`; a bare true or false of a setting is True or False.
    private static func scalarOrAny(_ node: YAMLReader, isProperty: Bool) throws -> JSONValue {
        guard let scalar = node.node.scalar else { return try any(node) }
        if isProperty, scalar.style == .plain, let flag = node.node.bool { return .bool(flag) }
        return .string(scalar.string)
    }

    private static func any(_ node: YAMLReader) throws -> JSONValue {
        if node.isNull { return .null }
        switch node.node {
        case .scalar(let scalar):
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let flag = node.node.bool { return .bool(flag) }
            if let number = node.node.float { return .number(number) }
            return .string(scalar.string)
        case .sequence: return .array(try node.items(of: "a list").map(any))
        case .mapping:
            var members = JSONValue.emptyObject.object ?? [:]
            for member in try node.members(of: "an object") { members[member.key] = try any(member.value) }
            return .object(members)
        case .alias: throw node.fault("an alias is not allowed here")
        }
    }

    /// Writes a model: members at their defaults are left out, text of several lines is a block.
    public static func text<Model: WireModel>(_ model: Model) throws -> String {
        let json = brief(model.json, Model.shape) ?? .emptyObject
        return try Yams.serialize(node: node(json), width: -1, allowUnicode: true)
    }

    /// The value without what its shape's defaults say anyway; nil where nothing is left.
    private static func brief(_ json: JSONValue, _ shape: WireShape) -> JSONValue? {
        switch (json, shape) {
        case (.object(let members), .object(let known, let defaults)):
            let shapes = known()
            let usual = defaults()
            var kept = JSONValue.emptyObject.object ?? [:]
            for (name, value) in members {
                // Version and Name say what the thing is, also where they are at their defaults.
                guard value != usual[name] && value != .null || name == "Version" || name == "Name" && value != ""
                else {
                    continue
                }
                kept[name] = brief(value, shapes[name] ?? .any) ?? value
            }
            return .object(kept)
        case (.array(let items), .list(let inner)): return .array(items.map { brief($0, inner) ?? $0 })
        default: return json
        }
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: Node("null", Tag(.null))
        case .bool(let flag): Node(flag ? "true" : "false", Tag(.bool))
        case .number(let number): Node(JSONValue.text(of: number), Tag(.float))
        case .string(let text): scalar(text)
        case .array(let items): Node(items.map(node), Tag(.seq), items.allSatisfy { $0.string != nil } ? .flow : .block)
        case .object(let members): Node(members.map { (scalar($0.key), node($0.value)) })
        }
    }

    private static func scalar(_ text: String) -> Node {
        let plain = Node(text)
        let isText = plain.null == nil && plain.bool == nil && plain.float == nil && plain.int == nil
        let hasLines = text.contains("\n") && !text.contains(" \n") && !text.contains("\t") && !text.contains("\r")
        let style: Node.Scalar.Style = hasLines ? .literal : text.isEmpty || !isText ? .doubleQuoted : .any
        return Node(text, Tag(.str), style)
    }
}
