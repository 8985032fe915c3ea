import Core

/// The functions that are there at every place.
extension Evaluation {
    mutating func call(
        _ function: Expression.Builtin, _ start: Int32, _ count: Int32
    ) throws(ExpressionFault) -> ExpressionValue {
        let arguments = Arguments(start: start, count: count)
        switch function {
        case .contains: return .boolean(try contains(arguments))
        case .startsWith: return .boolean(try pair(arguments).map { Fold.starts($0, with: $1) } ?? false)
        case .endsWith: return .boolean(try pair(arguments).map { Fold.ends($0, with: $1) } ?? false)
        case .format: return .string(try format(arguments))
        case .join: return .string(try join(arguments))
        case .toJSON:
            var writer = JSONText()
            try writer.write(try value(arguments, 0), level: 0)
            return .string(writer.out)
        case .fromJSON: return try fromJSON(try value(arguments, 0).text)
        case .choose: return try choose(arguments)
        }
    }

    /// Places of a call's arguments.
    struct Arguments {
        let start: Int32
        let count: Int32
    }

    private mutating func value(_ arguments: Arguments, _ place: Int) throws(ExpressionFault) -> ExpressionValue {
        try value(expression.children[Int(arguments.start) + place])
    }

    /// The texts of two primitive arguments; nil where one is a collection.
    private mutating func pair(_ arguments: Arguments) throws(ExpressionFault) -> (String, String)? {
        let first = try value(arguments, 0)
        guard first.isPrimitive else { return nil }
        let second = try value(arguments, 1)
        return second.isPrimitive ? (first.text, second.text) : nil
    }

    private mutating func contains(_ arguments: Arguments) throws(ExpressionFault) -> Bool {
        let first = try value(arguments, 0)
        switch first {
        case .object: return false
        case .array(let array):
            if array.items.isEmpty { return false }
            let wanted = try value(arguments, 1)
            return array.items.contains { ExpressionValue.equal(wanted, $0) }
        default:
            let second = try value(arguments, 1)
            return second.isPrimitive && Fold.contains(first.text, second.text)
        }
    }

    private mutating func join(_ arguments: Arguments) throws(ExpressionFault) -> String {
        let first = try value(arguments, 0)
        guard case .array(let array) = first else { return first.isPrimitive ? first.text : "" }
        var separator = ","
        if array.items.count > 1, arguments.count > 1 {
            let second = try value(arguments, 1)
            if second.isPrimitive { separator = second.text }
        }
        var out = ""
        for (place, item) in array.items.enumerated() {
            if place > 0 { out += separator }
            out += item.text
            if Self.size(out) > Evaluator.memoryLimit { throw .memory }
        }
        return out
    }

    private mutating func choose(_ arguments: Arguments) throws(ExpressionFault) -> ExpressionValue {
        let last = Int(arguments.count) - 1
        for place in stride(from: 0, to: last, by: 2) {
            guard case .boolean(let flag) = try value(arguments, place) else {
                throw ExpressionFault(.evaluation, "case predicate must evaluate to a boolean value")
            }
            if flag { return try value(arguments, place + 1) }
        }
        return try value(arguments, last)
    }

    private func fromJSON(_ text: String) throws(ExpressionFault) -> ExpressionValue {
        do {
            return ExpressionValue(try JSONValue.parse(text))
        } catch {
            let shown = text.isEmpty ? "empty input" : "\(error)"
            throw ExpressionFault(.evaluation, "Error parsing fromJson: \(shown)")
        }
    }
}

/// `format`.
extension Evaluation {
    private mutating func format(_ arguments: Arguments) throws(ExpressionFault) -> String {
        let pattern = try value(arguments, 0).text
        let bytes = Array(pattern.utf8)
        var out: [UInt8] = []
        var cache: [Int: [UInt8]] = [:]
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x7B || byte == 0x7D else {
                out.append(byte)
                at += 1
                continue
            }
            if at + 1 < bytes.count, bytes[at + 1] == byte {
                out.append(byte)
                at += 2
                continue
            }
            guard byte == 0x7B, let (number, next) = Self.placeholder(bytes, at + 1) else {
                throw ExpressionFault(.evaluation, "The following format string is invalid: \(pattern)")
            }
            guard number < Int(arguments.count) - 1 else {
                throw ExpressionFault(
                    .evaluation,
                    "The following format string references more arguments than were supplied: \(pattern)")
            }
            if cache[number] == nil { cache[number] = Array(try value(arguments, number + 1).text.utf8) }
            out += cache[number] ?? []
            at = next
            if out.count > Evaluator.memoryLimit / 2 { throw .memory }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The number of a placeholder whose digits start at a place, and the place behind its brace.
    private static func placeholder(_ bytes: [UInt8], _ start: Int) -> (Int, Int)? {
        var at = start
        var number = 0
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39, number < 256 {
            number = number * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > start, number < 256, at < bytes.count, bytes[at] == 0x7D else { return nil }
        return (number, at + 1)
    }
}

/// Writes values as GitHub's `toJSON` does: two spaces a level, numbers in `G15`.
struct JSONText {
    var out = ""

    mutating func write(_ value: ExpressionValue, level: Int) throws(ExpressionFault) {
        switch value {
        case .null: out += "null"
        case .string(let text): quote(text)
        case .boolean, .number: out += value.text
        case .array(let array):
            out += "["
            for (place, item) in array.items.enumerated() {
                separate(place, level + 1)
                try write(item, level: level + 1)
            }
            end("]", array.items.isEmpty, level)
        case .object(let object):
            out += "{"
            for (place, member) in object.members.enumerated() {
                separate(place, level + 1)
                quote(member.key)
                out += ": "
                try write(member.value, level: level + 1)
            }
            end("}", object.members.isEmpty, level)
        }
        if Evaluation.size(out) > Evaluator.memoryLimit { throw .memory }
    }

    private mutating func separate(_ place: Int, _ level: Int) {
        out += place > 0 ? ",\n" : "\n"
        out += String(repeating: "  ", count: level)
    }

    private mutating func end(_ close: String, _ isEmpty: Bool, _ level: Int) {
        if !isEmpty { out += "\n" + String(repeating: "  ", count: level) }
        out += close
    }

    private mutating func quote(_ text: String) {
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
            case "\u{0}"..<" ", "\u{85}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
