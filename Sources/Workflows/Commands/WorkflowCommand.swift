import OrderedCollections

/// A command that a step gives by printing a line: `::name key=value,key=value::data`, or `##[name key=value;]data`.
///
/// Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the rules are those of
/// actions/runner, src/Runner.Worker/ActionCommand.cs.
public struct WorkflowCommand: Sendable, Hashable {
    /// The name in lower case.
    public var name: String
    /// The properties in their order; empty values are left out.
    public var properties: OrderedDictionary<String, String>
    /// The text behind it.
    public var data: String

    /// A command.
    public init(_ name: String, properties: OrderedDictionary<String, String> = [:], data: String = "") {
        self.name = name
        self.properties = properties
        self.data = data
    }

    /// The names that a step may use.
    public static let names: Set<String> = [
        "debug", "notice", "warning", "error", "group", "endgroup", "add-mask", "stop-commands", "echo",
        "add-matcher", "remove-matcher", "save-state", "set-output", "set-env", "add-path", "internal-set-repo-path",
    ]

    /// Reads a line in either form; nil when it is no command of the given names.
    public static func parse(_ line: String, names: Set<String> = names) -> WorkflowCommand? {
        parseColons(line, names: names) ?? parseBrackets(line, names: names)
    }

    /// The form `::name k=v::data`, at the start of a line but for blanks.
    public static func parseColons(_ line: String, names: Set<String>) -> WorkflowCommand? {
        let text = line.utf8.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard text.starts(with: "::".utf8) else { return nil }
        let inner = text.dropFirst(2)
        guard let end = find("::", in: inner) else { return nil }
        return build(
            info: inner[..<end], data: inner[inner.index(end, offsetBy: 2)...], separator: 0x2C, names: names,
            property: [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")],
            text: [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")])
    }

    /// The older form `##[name k=v;]data`, anywhere in a line.
    public static func parseBrackets(_ line: String, names: Set<String>) -> WorkflowCommand? {
        let text = line.utf8[...]
        guard let start = find("##[", in: text) else { return nil }
        let inner = text[text.index(start, offsetBy: 3)...]
        guard let end = find("]", in: inner) else { return nil }
        let escapes = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")]
        return build(
            info: inner[..<end], data: inner[inner.index(after: end)...], separator: 0x3B, names: names,
            property: escapes, text: escapes)
    }

    private static func build(
        info: Substring.UTF8View, data: Substring.UTF8View, separator: UInt8, names: Set<String>,
        property: [(String, String)], text: [(String, String)]
    ) -> WorkflowCommand? {
        let space = info.firstIndex(of: 0x20) ?? info.endIndex
        let name = String(Substring(info[..<space])).lowercased()
        guard names.contains(name) else { return nil }
        var properties: OrderedDictionary<String, String> = [:]
        for part in info[space...].split(separator: separator) {
            guard let equals = part.firstIndex(of: 0x3D) else { continue }
            let key = Substring(part[..<equals]).drop { $0 == " " }
            let value = unescape(Substring(part[part.index(after: equals)...]), property)
            if !value.isEmpty { properties[String(key)] = value }
        }
        return WorkflowCommand(name, properties: properties, data: unescape(Substring(data), text))
    }

    private static func unescape(_ text: Substring, _ table: [(String, String)]) -> String {
        guard text.utf8.contains(0x25) else { return String(text) }
        var out = String(text)
        // In the table's order: the sign of percent itself comes last, so that "%250A" gives "%0A".
        for (code, character) in table { out.replace(code, with: character) }
        return out
    }

    private static func find(_ needle: String, in text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        let bytes = Array(needle.utf8)
        var index = text.startIndex
        while let start = text[index...].firstIndex(of: bytes[0]) {
            if text[start...].starts(with: bytes) { return start }
            index = text.index(after: start)
        }
        return nil
    }
}
