import Core

/// Turns a YAML tree into a template that fits a schema, and collects what does not fit.
///
/// Which fault is found where follows actions/runner `TemplateReader`.
struct SchemaReader {
    private let schema: Schema
    private let file: String
    private(set) var faults: Faults
    /// Characters in the scalars read so far, aliases counted each time.
    private var characters = 0

    private static let nothing = ExpressionScope(contexts: [])
    /// Most characters of all scalars together (10 MB of UTF-16).
    private static let characterLimit = 5_242_880

    init(schema: Schema, file: String, faults: Faults) {
        self.schema = schema
        self.file = file
        self.faults = faults
    }

    /// Reads the root.
    mutating func read(_ root: YAMLNode) throws(YAMLFault) -> Template {
        try value(root, schema["root"], Self.nothing)
    }

    private func place(_ node: YAMLNode) -> Place { Place(file: file, line: node.line, column: node.column) }

    private mutating func value(
        _ node: YAMLNode, _ definition: Schema.Definition, _ outer: ExpressionScope
    ) throws(YAMLFault) -> Template {
        let scope = definition.scope ?? outer
        switch node.kind {
        case .scalar:
            let template = try scalar(node, scope)
            return Template(check(template, definition, scope), at: template.place)
        case .sequence(let nodes):
            guard let item = definition.item else {
                faults.add(place(node), "A sequence was not expected")
                return Template(.sequence([]), at: place(node))
            }
            let definition = schema[item]
            var items: [Template] = []
            for node in nodes { items.append(try value(node, definition, scope)) }
            return Template(.sequence(items), at: place(node))
        case .mapping(let pairs):
            let mappings = definition.mappings
            guard let first = mappings.first else {
                faults.add(place(node), "A mapping was not expected")
                return Template(.mapping([]), at: place(node))
            }
            if mappings.count == 1, first.properties.isEmpty, let loose = first.loose {
                return Template(.mapping(try looseEntries(pairs, loose, scope)), at: place(node))
            }
            return Template(.mapping(try entries(pairs, mappings, scope, place(node))), at: place(node))
        }
    }

    /// The literal as the schema wants it: what is no string may become one.
    private mutating func check(
        _ template: Template, _ definition: Schema.Definition, _ scope: ExpressionScope
    ) -> Template.Kind {
        switch template.kind {
        case .null, .boolean, .number, .string:
            if definition.fits(template.kind) { return template.kind }
            let text = Self.text(template.kind)
            if definition.fits(.string(text)) { return .string(text) }
            faults.add(template.place, "Unexpected value '\(text)'")
        case .expression:
            if scope.isEmpty { faults.add(template.place, "A template expression is not allowed in this context") }
        case .sequence, .mapping: break
        }
        return template.kind
    }

    /// The text of a literal.
    static func text(_ kind: Template.Kind) -> String {
        switch kind {
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let number): NumberText.format(number)
        case .string(let text): text
        default: ""
        }
    }

    private mutating func scalar(_ node: YAMLNode, _ scope: ExpressionScope) throws(YAMLFault) -> Template {
        guard case .scalar(let text, let style, let tag) = node.kind else {
            throw YAMLFault(message: "A key must be a scalar", line: node.line, column: node.column)
        }
        characters += text.utf8.count + 12
        if characters > Self.characterLimit { throw YAMLFault(message: "Maximum object size exceeded") }
        let kind = try YAMLScalar.value(text, style: style, tag: tag, line: node.line, column: node.column)
        guard case .string(let text) = kind, text.utf8.contains(UInt8(ascii: "$")) else {
            return Template(kind, at: place(node))
        }
        do {
            return Template(try TemplateText.read(text, in: scope), at: place(node))
        } catch {
            faults.add(place(node), error.message)
            return Template(kind, at: place(node))
        }
    }
}

/// Mappings.
extension SchemaReader {
    private typealias Pairs = [(key: YAMLNode, value: YAMLNode)]

    /// A mapping of known keys, in which the keys that are there choose among the alternatives.
    private mutating func entries(
        _ pairs: Pairs, _ alternatives: [Schema.Mapping], _ scope: ExpressionScope, _ place: Place
    ) throws(YAMLFault) -> [Template.Entry] {
        var alternatives = alternatives
        let loose = alternatives.first?.loose
        var keys: Set<String> = []
        var entries: [Template.Entry] = []
        var hasExpressionKey = false
        for (keyNode, valueNode) in pairs {
            guard let key = try self.key(keyNode, scope, &keys) else { continue }
            guard let name = key.literal else {
                hasExpressionKey = true
                if scope.isEmpty {
                    faults.add(key.place, "A template expression is not allowed in this context")
                } else {
                    entries.append(Self.entry(key, try value(valueNode, schema["any"], scope)))
                }
                continue
            }
            if let property = alternatives.lazy.compactMap({ $0.properties[name] }).first {
                alternatives.removeAll { $0.properties[name] == nil }
                entries.append(Self.entry(key, try value(valueNode, schema[property.type], scope)))
            } else if let loose {
                _ = check(key, schema[loose.key], scope)
                entries.append(Self.entry(key, try value(valueNode, schema[loose.value], scope)))
            } else {
                faults.add(key.place, "Unexpected value '\(name)'")
            }
        }
        if alternatives.count > 1 {
            faults.add(place, Self.undecided(alternatives))
        } else if !hasExpressionKey, let only = alternatives.first {
            for (name, property) in only.properties where property.isRequired && !keys.contains(Fold.upper(name)) {
                faults.add(place, "Required property is missing: \(name)")
            }
        }
        return entries
    }

    private mutating func looseEntries(
        _ pairs: Pairs, _ loose: (key: String, value: String), _ scope: ExpressionScope
    ) throws(YAMLFault) -> [Template.Entry] {
        let keyType = schema[loose.key]
        let valueType = schema[loose.value]
        var keys: Set<String> = []
        var entries: [Template.Entry] = []
        for (keyNode, valueNode) in pairs {
            guard let key = try self.key(keyNode, scope, &keys) else { continue }
            if case .expression = key.kind, scope.isEmpty {
                faults.add(key.place, "A template expression is not allowed in this context")
                continue
            }
            _ = check(key, keyType, scope)
            let isInsert = Self.isInsert(key)
            entries.append(Self.entry(key, try value(valueNode, isInsert ? schema["any"] : valueType, scope)))
        }
        return entries
    }

    /// A key as a string or an expression; nil where it was there before or may not be used.
    private mutating func key(
        _ node: YAMLNode, _ scope: ExpressionScope, _ keys: inout Set<String>
    ) throws(YAMLFault) -> Template? {
        var key = try scalar(node, scope)
        if case .expression = key.kind { return key }
        let name = Self.text(key.kind)
        key.kind = .string(name)
        if case .scalar("<<", style: .plain, _) = node.kind {
            faults.add(key.place, "Unexpected value '<<'")
            return nil
        }
        guard keys.insert(Fold.upper(name)).inserted else {
            faults.add(key.place, "'\(name)' is already defined")
            return nil
        }
        return key
    }

    private static func isInsert(_ key: Template) -> Bool {
        if case .expression(let expression) = key.kind { expression.isInsert } else { false }
    }

    private static func entry(_ key: Template, _ value: Template) -> Template.Entry {
        Template.Entry(key: key, value: value, inserts: isInsert(key))
    }

    private static func undecided(_ alternatives: [Schema.Mapping]) -> String {
        var hits: [String: Int] = [:]
        for mapping in alternatives { for name in mapping.properties.keys { hits[name, default: 0] += 1 } }
        let names = hits.filter { $0.value == 1 }.keys.sorted()
        return "There's not enough info to determine what you meant. "
            + "Add one of these properties: \(names.joined(separator: ", "))"
    }
}
