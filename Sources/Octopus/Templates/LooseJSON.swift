import Core

/// JSON as variables may hold it: member names without quotes, single quotes, comments, a trailing comma.
indirect enum LooseJSON: Hashable {
    case null
    case bool(Bool)
    /// A number as it was written.
    case number(String)
    case string(String)
    case array([LooseJSON])
    case object([Member])

    struct Member: Hashable {
        var name: String
        var value: LooseJSON
    }

    /// The value as the text of a variable: a scalar's own text, else compact JSON; null is empty.
    var text: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "True" : "False"
        case .number(let text): NetNumber.tidied(text)
        case .string(let text): text
        case .array, .object: written
        }
    }

    private var written: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSONValue.string(text).text()
        case .array(let items): "[" + items.map(\.written).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONValue.string($0.name).text() + ":" + $0.value.written }.joined(separator: ",") + "}"
        }
    }

    /// Reads a whole text; nil where it is not JSON.
    static func parse(_ text: String) -> LooseJSON? {
        // Most values are no JSON at all, which their first character tells.
        guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }),
            first.isASCII, "{[\"'-+.0123456789tfnuNI/".unicodeScalars.contains(first)
        else { return nil }
        var reader = LooseJSONReader(Array(text.unicodeScalars))
        return reader.document()
    }
}

private struct LooseJSONReader {
    let text: [Unicode.Scalar]
    var place = 0
    var depth = 0

    init(_ text: [Unicode.Scalar]) { self.text = text }

    var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    mutating func document() -> LooseJSON? {
        guard let value = value(), skip(), next == nil else { return nil }
        return value
    }

    /// Skips white space and comments; false where a comment does not end.
    mutating func skip() -> Bool {
        while let scalar = next {
            if scalar.properties.isWhitespace {
                place += 1
            } else if scalar == "/", place + 1 < text.count, text[place + 1] == "/" {
                while let scalar = next, scalar != "\n" { _ = scalar; place += 1 }
            } else if scalar == "/", place + 1 < text.count, text[place + 1] == "*" {
                place += 2
                while place + 1 < text.count, !(text[place] == "*" && text[place + 1] == "/") { place += 1 }
                guard place + 1 < text.count else { return false }
                place += 2
            } else {
                return true
            }
        }
        return true
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard skip(), next == scalar else { return false }
        place += 1
        return true
    }

    mutating func value() -> LooseJSON? {
        guard skip(), let scalar = next, depth < 64 else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch scalar {
        case "{": return object()
        case "[": return array()
        case "\"", "'": return string().map { .string($0) }
        default: return word()
        }
    }

    mutating func array() -> LooseJSON? {
        place += 1
        var items: [LooseJSON] = []
        while !take("]") {
            guard let item = value() else { return nil }
            items.append(item)
            if take(",") { continue }
            return take("]") ? .array(items) : nil
        }
        return .array(items)
    }

    mutating func object() -> LooseJSON? {
        place += 1
        var members: [LooseJSON.Member] = []
        while !take("}") {
            guard skip(), let scalar = next else { return nil }
            let name = scalar == "\"" || scalar == "'" ? string() : bareName()
            guard let name, take(":"), let value = value() else { return nil }
            if let place = members.firstIndex(where: { $0.name == name }) {
                members[place].value = value
            } else {
                members.append(.init(name: name, value: value))
            }
            if take(",") { continue }
            return take("}") ? .object(members) : nil
        }
        return .object(members)
    }

    mutating func bareName() -> String? {
        let start = place
        while let scalar = next, scalar.properties.isAlphabetic || "0123456789_$".unicodeScalars.contains(scalar) {
            place += 1
        }
        return place > start ? part(start) : nil
    }

    mutating func word() -> LooseJSON? {
        let start = place
        while let scalar = next, scalar.isASCII,
            scalar.properties.isAlphabetic || "0123456789+-.".unicodeScalars.contains(scalar)
        { place += 1 }
        let word = part(start)
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null", "undefined": return .null
        case "NaN", "Infinity", "-Infinity": return .number(word)
        default: return word.first?.isLetter == false && Double(word) != nil ? .number(word) : nil
        }
    }

    mutating func string() -> String? {
        let quote = next
        place += 1
        var out = String.UnicodeScalarView()
        while let scalar = next {
            place += 1
            if scalar == quote { return String(out) }
            guard scalar == "\\" else {
                out.append(scalar)
                continue
            }
            guard let escaped = escape() else { return nil }
            out.append(escaped)
        }
        return nil
    }

    mutating func escape() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        place += 1
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "\"", "'", "\\", "/": return scalar
        case "u":
            guard let high = hex() else { return nil }
            guard (0xD800..<0xDC00).contains(high), next == "\\", place + 1 < text.count, text[place + 1] == "u" else {
                return Unicode.Scalar(high) ?? "\u{FFFD}"
            }
            place += 2
            guard let low = hex(), (0xDC00..<0xE000).contains(low) else { return nil }
            return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
        default: return nil
        }
    }

    mutating func hex() -> UInt32? {
        guard place + 4 <= text.count else { return nil }
        let start = place
        place += 4
        return UInt32(part(start), radix: 16)
    }

    func part(_ start: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[start..<place])
        return String(view)
    }
}
