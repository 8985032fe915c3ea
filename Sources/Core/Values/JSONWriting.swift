import Foundation

extension JSONValue {
    /// Writes the value as JSON text with members in their order.
    ///
    /// - Parameter indent: spaces a level; nil writes one line without spaces.
    public func text(indent: Int? = nil) -> String {
        var out = ""
        write(into: &out, indent: indent, level: 0)
        return out
    }

    private func write(into out: inout String, indent: Int?, level: Int) {
        switch self {
        case .null: out += "null"
        case .bool(let flag): out += flag ? "true" : "false"
        case .number(let number): out += JSONValue.text(of: number)
        case .string(let text): JSONValue.quote(text, into: &out)
        case .array(let items):
            list(into: &out, "[", "]", items.count, indent, level) { out, place in
                items[place].write(into: &out, indent: indent, level: level + 1)
            }
        case .object(let members):
            list(into: &out, "{", "}", members.count, indent, level) { out, place in
                let member = members.elements[place]
                JSONValue.quote(member.key, into: &out)
                out += indent == nil ? ":" : ": "
                member.value.write(into: &out, indent: indent, level: level + 1)
            }
        }
    }

    private func list(
        into out: inout String, _ open: String, _ close: String, _ count: Int, _ indent: Int?, _ level: Int,
        _ item: (inout String, Int) -> Void
    ) {
        out += open
        for place in 0..<count {
            if place > 0 { out += "," }
            if let indent { out += "\n" + String(repeating: " ", count: indent * (level + 1)) }
            item(&out, place)
        }
        if let indent, count > 0 { out += "\n" + String(repeating: " ", count: indent * level) }
        out += close
    }

    /// A number in its shortest form that reads back as the same double; a whole one without a fraction.
    public static func text(of number: Double) -> String {
        if let whole = Int64(exactly: number), abs(number) < 1e15 { return String(whole) }
        return number.isFinite ? "\(number)" : "null"
    }

    private static func quote(_ text: String, into out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{8}": out += "\\b"
            case "\u{C}": out += "\\f"
            case _ where scalar.value < 0x20:
                out += "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2)
                out += String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
