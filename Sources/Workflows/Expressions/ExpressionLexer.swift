/// Splits an expression into tokens and rejects those that may not follow the one before.
///
/// The rules, and which token a fault names, are those of actions/runner `LexicalAnalyzer`.
struct ExpressionLexer {
    struct Token {
        enum Kind {
            case startGroup, startIndex, startParameters, endGroup, endIndex, endParameters
            case separator, dereference, wildcard, oper, literal, propertyName, function, namedValue
        }
        var kind: Kind
        var raw: String
        var offset: Int
        var value: ExpressionValue = .null
    }

    private let units: [UInt16]
    private let source: String
    private var index = 0
    private(set) var last: Token?
    private(set) var unclosed: [Token.Kind] = []

    init(_ source: String) {
        self.source = source
        units = Array(source.utf16)
    }

    /// The next token, or nil at the end.
    mutating func next() throws(ExpressionFault) -> Token? {
        while index < units.count, Self.isSpace(units[index]) { index += 1 }
        guard index < units.count else { return nil }
        let token = try read()
        try check(token)
        last = token
        return token
    }

    private mutating func read() throws(ExpressionFault) -> Token {
        let unit = units[index]
        switch Unicode.Scalar(unit) {
        case "(": return single(last?.kind == .function ? .startParameters : .startGroup)
        case "[": return single(.startIndex)
        case ")": return single(unclosed.last == .startParameters ? .endParameters : .endGroup)
        case "]": return single(.endIndex)
        case ",": return single(.separator)
        case "*": return single(.wildcard)
        case "'": return try string()
        case "!", ">", "<", "=", "&", "|": return try oper()
        case ".":
            if last.map({ Self.startsOperand($0.kind) }) ?? true { return try number() }
            return single(.dereference)
        case "-", "+", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9": return try number()
        default: return try keyword()
        }
    }

    private mutating func single(_ kind: Token.Kind) -> Token {
        index += 1
        return Token(kind: kind, raw: text(index - 1, index), offset: index - 1)
    }

    private mutating func string() throws(ExpressionFault) -> Token {
        let start = index
        var value: [UInt16] = []
        index += 1
        while index < units.count {
            let unit = units[index]
            index += 1
            if unit != 0x27 {
                value.append(unit)
            } else if index < units.count, units[index] == 0x27 {
                value.append(unit)
                index += 1
            } else {
                let text = String(decoding: value, as: UTF16.self)
                return Token(kind: .literal, raw: self.text(start, index), offset: start, value: .string(text))
            }
        }
        throw unexpected(.lexing, text(start, index), start)
    }

    private mutating func oper() throws(ExpressionFault) -> Token {
        let start = index
        for length in [2, 1] where start + length <= units.count {
            let raw = text(start, start + length)
            if ["!=", ">=", "<=", "==", "&&", "||", "!", ">", "<"].contains(raw) {
                index = start + length
                return Token(kind: .oper, raw: raw, offset: start)
            }
        }
        index += 1
        while index < units.count, !Self.isBoundary(units[index]) { index += 1 }
        throw unexpected(.lexing, text(start, index), start)
    }

    private mutating func number() throws(ExpressionFault) -> Token {
        let start = index
        index += 1
        while index < units.count, !Self.isBoundary(units[index]) || units[index] == 0x2E { index += 1 }
        let raw = text(start, index)
        let value = NumberText.parse(raw)
        if value.isNaN { throw unexpected(.lexing, raw, start) }
        return Token(kind: .literal, raw: raw, offset: start, value: .number(value))
    }

    private mutating func keyword() throws(ExpressionFault) -> Token {
        let start = index
        index += 1
        while index < units.count, !Self.isBoundary(units[index]) { index += 1 }
        let raw = text(start, index)
        guard Self.isKeyword(raw) else { throw unexpected(.lexing, raw, start) }
        if last?.kind == .dereference { return Token(kind: .propertyName, raw: raw, offset: start) }
        if let value = Self.constants[raw] { return Token(kind: .literal, raw: raw, offset: start, value: value) }
        var ahead = index
        while ahead < units.count, Self.isSpace(units[ahead]) { ahead += 1 }
        let isCall = ahead < units.count && units[ahead] == 0x28
        return Token(kind: isCall ? .function : .namedValue, raw: raw, offset: start)
    }

    private static let constants: [String: ExpressionValue] = [
        "null": .null, "true": .boolean(true), "false": .boolean(false), "NaN": .number(.nan),
        "Infinity": .number(.infinity),
    ]

    private func text(_ start: Int, _ end: Int) -> String { String(decoding: units[start..<end], as: UTF16.self) }

    /// The fault that names a token.
    func unexpected(_ kind: ExpressionFault.Kind, _ raw: String, _ offset: Int) -> ExpressionFault {
        fault("Unexpected symbol", raw, offset, kind)
    }

    /// A fault with its token, in GitHub's form.
    func fault(
        _ what: String, _ raw: String, _ offset: Int, _ kind: ExpressionFault.Kind = .parsing
    ) -> ExpressionFault {
        ExpressionFault(
            kind, "\(what): '\(raw)'. Located at position \(offset + 1) within expression: \(source)", offset: offset)
    }
}

extension ExpressionLexer {
    /// Checks that the token may follow the last one, and keeps track of what is open.
    private mutating func check(_ token: Token) throws(ExpressionFault) {
        let afterOperand = last.map { Self.endsOperand($0.kind) } ?? false
        let atStart = last.map { Self.startsOperand($0.kind) } ?? true
        let legal =
            switch token.kind {
            case .startGroup, .literal, .function, .namedValue: atStart
            case .startIndex, .dereference: last.map { Self.isCollection($0) } ?? false
            case .startParameters: last?.kind == .function
            case .endGroup: afterOperand && unclosed.last == .startGroup
            case .endIndex: afterOperand && unclosed.last == .startIndex
            case .endParameters: afterOperand || last?.kind == .startParameters
            case .separator: afterOperand && unclosed.last == .startParameters
            case .wildcard: last?.kind == .startIndex || last?.kind == .dereference
            case .oper: token.raw == "!" ? atStart : afterOperand
            case .propertyName: last?.kind == .dereference
            }
        guard legal else { throw unexpected(.parsing, token.raw, token.offset) }
        switch token.kind {
        case .startGroup, .startIndex, .startParameters: unclosed.append(token.kind)
        case .endGroup, .endIndex, .endParameters: unclosed.removeLast()
        default: break
        }
    }

    private static func startsOperand(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .separator, .startGroup, .startIndex, .startParameters, .oper: true
        default: false
        }
    }

    private static func endsOperand(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .endGroup, .endParameters, .endIndex, .wildcard, .literal, .propertyName, .namedValue: true
        default: false
        }
    }

    private static func isCollection(_ token: Token) -> Bool { token.kind != .literal && endsOperand(token.kind) }

    static func isSpace(_ unit: UInt16) -> Bool {
        unit == 0x20 || (unit >= 0x09 && unit <= 0x0D)
            || (unit >= 0x80 && Unicode.Scalar(unit).map { $0.properties.isWhitespace } ?? false)
    }

    private static func isBoundary(_ unit: UInt16) -> Bool {
        switch Unicode.Scalar(unit) {
        case "(", "[", ")", "]", ",", ".", "!", ">", "<", "=", "&", "|": true
        default: isSpace(unit)
        }
    }

    /// A letter or `_`, then letters, digits, `_` and `-`.
    static func isKeyword(_ text: String) -> Bool {
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x5F: continue
            case 0x30...0x39, 0x2D: if place == 0 { return false }
            default: return false
            }
        }
        return !text.isEmpty
    }
}
