import Core
import Foundation
import Yams

/// Writes data to standard output; the single place where an output format is chosen.
public enum Output {
    /// Renders data: as a table for people, or the same data as JSON or YAML.
    ///
    /// - Parameters:
    ///   - value: the data for programs.
    ///   - table: what people see; computed only when a table is wanted.
    public static func render(
        _ value: JSONValue, as format: OutputFormat, to terminal: any Terminal, table: () -> Table
    ) throws {
        switch format {
        case .table: for line in table().lines() { terminal.out(line + "\n") }
        case .json: terminal.out(value.text(indent: 2) + "\n")
        case .yaml: terminal.out(try Yams.serialize(node: node(value)))
        }
    }

    /// Renders text of several lines instead of a table.
    public static func render(
        _ value: JSONValue, as format: OutputFormat, to terminal: any Terminal, lines: () -> [String]
    ) throws {
        if format == .table {
            for line in lines() { terminal.out(line + "\n") }
        } else {
            try render(value, as: format, to: terminal) { Table([], rows: []) }
        }
    }

    /// Renders any encodable data; its members are sorted by name.
    public static func render(
        encodable value: some Encodable, as format: OutputFormat, to terminal: any Terminal, table: () -> Table
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var single = encoder.singleValueContainer()
            try single.encode(date.iso8601)
        }
        try render(try JSONValue.parse(try encoder.encode(value)), as: format, to: terminal, table: table)
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: Node("null", Tag(.null))
        case .bool(let flag): Node(flag ? "true" : "false", Tag(.bool))
        case .number(let number): Node(JSONValue.text(of: number), Tag(.float))
        case .string(let text): scalar(text)
        case .array(let items): Node(items.map(node))
        case .object(let members): Node(members.map { (scalar($0.key), node($0.value)) })
        }
    }

    /// Text that YAML would read as another type, or that holds several lines, is quoted.
    private static func scalar(_ text: String) -> Node {
        let plain = Node(text)
        let isText = plain.null == nil && plain.bool == nil && plain.float == nil && plain.int == nil
        let style: Node.Scalar.Style =
            text.isEmpty || !isText || text.contains("\n") || text.contains(":") ? .doubleQuoted : .any
        return Node(text, Tag(.str), style)
    }
}
