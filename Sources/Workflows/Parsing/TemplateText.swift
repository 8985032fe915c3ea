/// Finds the expressions in a string.
enum TemplateText {
    /// What is wrong in a string.
    struct Fault: Error { let message: String }

    private enum Segment {
        case text(String)
        case expression(String)
    }

    /// The string itself, the one expression that it is, or all of it folded into a `format` call.
    static func read(_ text: String, in scope: ExpressionScope) throws(Fault) -> Template.Kind {
        let segments = try split(text)
        guard segments.contains(where: { if case .expression = $0 { true } else { false } }) else {
            return .string(text)
        }
        var expressions: [Expression] = []
        for case .expression(let source) in segments {
            if source == "insert" {
                guard segments.count == 1 else {
                    throw Fault(
                        message: "The directive 'insert' is not allowed in this context. "
                            + "Directives are not supported for expressions that are embedded within a string. "
                            + "Directives are only supported when the entire value is an expression.")
                }
                return .expression(.insert)
            }
            expressions.append(try parse(source, in: scope))
        }
        if segments.count == 1 {
            if let literal = expressions[0].literalString { return .string(literal) }
            return .expression(expressions[0])
        }
        return .expression(try parse(folded(segments), in: scope))
    }

    /// The text of an `if` whose value may have braces around it: without them where they are all there is.
    private static func parse(_ source: String, in scope: ExpressionScope) throws(Fault) -> Expression {
        do { return try Expression.parse(source, in: scope) } catch { throw Fault(message: error.message) }
    }

    private static func folded(_ segments: [Segment]) -> String {
        var format = ""
        var arguments = ""
        var count = 0
        for segment in segments {
            switch segment {
            case .text(let text):
                format += text.replacing("'", with: "''").replacing("{", with: "{{").replacing("}", with: "}}")
            case .expression(let source):
                format += "{\(count)}"
                arguments += ", \(source)"
                count += 1
            }
        }
        return "format('\(format)'\(arguments))"
    }

    private static func split(_ text: String) throws(Fault) -> [Segment] {
        let bytes = Array(text.utf8)
        var segments: [Segment] = []
        var start = 0
        while let open = find(bytes, from: start) {
            if open > start { segments.append(.text(String(decoding: bytes[start..<open], as: UTF8.self))) }
            guard let end = close(bytes, from: open + 3) else {
                throw Fault(
                    message: "The expression is not closed. An unescaped ${{ sequence was found, "
                        + "but the closing }} sequence was not found.")
            }
            let inner = trimmed(String(decoding: bytes[open + 3..<end - 2], as: UTF8.self))
            if inner.isEmpty { throw Fault(message: "An expression was expected") }
            segments.append(.expression(inner))
            start = end
        }
        if start < bytes.count { segments.append(.text(String(decoding: bytes[start...], as: UTF8.self))) }
        return segments
    }

    private static func find(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 3, start <= bytes.count - 3 else { return nil }
        for at in start...bytes.count - 3
        where bytes[at] == 0x24 && bytes[at + 1] == 0x7B && bytes[at + 2] == 0x7B { return at }
        return nil
    }

    /// The place behind the first `}}` that stands in no string.
    private static func close(_ bytes: [UInt8], from start: Int) -> Int? {
        var inString = false
        for at in start..<max(start, bytes.count) {
            if bytes[at] == 0x27 {
                inString.toggle()
            } else if !inString, bytes[at] == 0x7D, bytes[at - 1] == 0x7D, at > start {
                return at + 1
            }
        }
        return nil
    }

    /// The text without white space around it.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
