/// Reads the notation that the schemas are written in.
///
///     @steps: github inputs hashFiles(1,255)     names that expressions may use; @other includes another list
///     step-env: @steps { *text: string }         a type; @list says what its expressions may use
///     on: 'push' 'fork' | [event]                words, alternatives, a sequence
///     step: { run!: string, if: condition }      keys, ! is required, * is any other key
///
/// A line that starts with a space goes on with the one before; `#` starts a remark.
struct SchemaNotation {
    private var contexts: [String: [String]] = [:]
    private var parsed: [String: Parsed] = [:]
    private var tokens: [Substring] = []
    private var at = 0
    private var count = 0

    /// A type before its alternatives' names are followed.
    private struct Parsed {
        var alternatives: [Alternative] = []
        var scope: ExpressionScope?
    }

    private enum Alternative {
        case shape(Schema.Shape)
        case name(String)
    }

    static func read(_ text: String) -> Schema {
        var notation = SchemaNotation()
        var statement = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) where !line.hasPrefix("#") {
            if line.hasPrefix(" ") {
                statement += line
            } else {
                notation.add(statement)
                statement = String(line)
            }
        }
        notation.add(statement)
        return notation.schema()
    }

    private mutating func add(_ statement: String) {
        guard let colon = statement.firstIndex(of: ":") else { return }
        let name = String(statement[..<colon])
        let rest = statement[statement.index(after: colon)...]
        if name.hasPrefix("@") {
            contexts[name] = rest.split(separator: " ").flatMap { contexts[String($0)] ?? [String($0)] }
            return
        }
        tokens = Self.tokens(rest)
        at = 0
        parsed[name] = type()
    }

    private static func tokens(_ text: Substring) -> [Substring] {
        var tokens: [Substring] = []
        var rest = text
        while let first = rest.first {
            if first == " " {
                rest = rest.dropFirst()
            } else if "{}[]|,:*!".contains(first) {
                tokens.append(rest.prefix(1))
                rest = rest.dropFirst()
            } else if first == "'" {
                let word = rest.dropFirst().prefix { $0 != "'" }
                tokens.append(rest.prefix(word.count + 1))
                rest = rest.dropFirst(word.count + 2)
            } else {
                let word = rest.prefix { !" {}[]|,:*!'".contains($0) }
                tokens.append(word)
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    private var next: Substring? { at < tokens.count ? tokens[at] : nil }

    private mutating func take(_ token: Substring) -> Bool {
        guard next == token else { return false }
        at += 1
        return true
    }

    private mutating func type() -> Parsed {
        var type = Parsed()
        if let list = next, list.hasPrefix("@") {
            at += 1
            type.scope = ExpressionScope(schema: contexts[String(list)] ?? [])
        }
        repeat { type.alternatives.append(alternative()) } while take("|")
        return type
    }

    private mutating func alternative() -> Alternative {
        guard let token = next else { return .name("any") }
        at += 1
        switch token {
        case "[":
            let item = inner()
            _ = take("]")
            return .shape(.sequence(item: item))
        case "{": return .shape(.mapping(mapping()))
        default: break
        }
        guard token.hasPrefix("'") else { return .name(String(token)) }
        var words = [String(token.dropFirst())]
        while let word = next, word.hasPrefix("'") {
            words.append(String(word.dropFirst()))
            at += 1
        }
        return .shape(.words(words))
    }

    private mutating func mapping() -> Schema.Mapping {
        var mapping = Schema.Mapping()
        while let token = next, token != "}" {
            at += 1
            if token == "," { continue }
            if token == "*" {
                let key = inner()
                _ = take(":")
                mapping.loose = (key, inner())
            } else {
                let isRequired = take("!")
                _ = take(":")
                mapping.properties[String(token)] = Schema.Property(type: inner(), isRequired: isRequired)
            }
        }
        at += 1
        return mapping
    }

    /// The name of a type that stands inside another; one that has no name gets one.
    private mutating func inner() -> String {
        let type = type()
        if type.scope == nil, type.alternatives.count == 1, case .name(let name) = type.alternatives[0] { return name }
        count += 1
        parsed["#\(count)"] = type
        return "#\(count)"
    }
}

extension SchemaNotation {
    private static let basic: [String: [Schema.Shape]] = [
        "null": [.null], "boolean": [.boolean], "number": [.number], "string": [.string(isRequired: false)],
        "text": [.string(isRequired: true)],
        "any": [
            .null, .boolean, .number, .string(isRequired: false), .sequence(item: "any"),
            .mapping(.init(loose: (key: "string", value: "any"))),
        ],
    ]

    private func schema() -> Schema {
        var definitions = Self.basic.mapValues { Schema.Definition(shapes: $0, scope: nil) }
        for (name, type) in parsed {
            definitions[name] = Schema.Definition(shapes: shapes(type, level: 0), scope: type.scope)
        }
        return Schema(definitions)
    }

    private func shapes(_ type: Parsed, level: Int) -> [Schema.Shape] {
        type.alternatives.flatMap { alternative -> [Schema.Shape] in
            switch alternative {
            case .shape(let shape): return [shape]
            case .name(let name):
                if let basic = Self.basic[name] { return basic }
                guard level < 20, let other = parsed[name] else { return [] }
                return shapes(other, level: level + 1)
            }
        }
    }
}
