import Foundation

/// Numbers to text and back, as the expression language has them.
public enum NumberText {
    /// The number in .NET's `G15` form: at most 15 digits, `1E+15` style exponents; minus zero is `0`.
    public static func format(_ number: Double) -> String {
        if number == 0 { return "0" }
        if let whole = Int64(exactly: number), whole.magnitude < 1_000_000_000_000_000 { return String(whole) }
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return String(format: "%.15G", number)
    }

    /// The number that a text stands for: blank is 0, what is no number is NaN.
    ///
    /// Decimal with sign and exponent, `0x` and `0o` of 32 bits (the upper half is negative), `Infinity`.
    public static func parse(_ text: String) -> Double {
        let text = trimmed(text)
        if text.isEmpty { return 0 }
        if let number = decimal(text) { return number }
        if text.hasPrefix("0x") { return word(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return word(text.dropFirst(2), radix: 8) }
        switch text {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: return .nan
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        var rest = Substring(text)
        while let first = rest.unicodeScalars.first, first.properties.isWhitespace { rest.unicodeScalars.removeFirst() }
        while let last = rest.unicodeScalars.last, last.properties.isWhitespace { rest.unicodeScalars.removeLast() }
        return rest
    }

    private static func word(_ digits: Substring, radix: Int) -> Double {
        guard let first = digits.unicodeScalars.first, first != "+", first != "-",
            let bits = UInt32(digits, radix: radix)
        else { return .nan }
        return Double(Int32(bitPattern: bits))
    }

    /// Sign, digits with an optional point, optional exponent; nil for anything else.
    static func decimal(_ text: Substring) -> Double? {
        let bytes = Array(text.utf8)
        var at = 0
        var digits = 0
        func isDigit(_ place: Int) -> Bool { place < bytes.count && bytes[place] >= 0x30 && bytes[place] <= 0x39 }
        func isSign(_ place: Int) -> Bool { place < bytes.count && (bytes[place] == 0x2B || bytes[place] == 0x2D) }
        if isSign(at) { at += 1 }
        while isDigit(at) { (at, digits) = (at + 1, digits + 1) }
        if at < bytes.count, bytes[at] == 0x2E {
            at += 1
            while isDigit(at) { (at, digits) = (at + 1, digits + 1) }
        }
        guard digits > 0 else { return nil }
        if at < bytes.count, bytes[at] | 0x20 == 0x65 {
            at += 1
            if isSign(at) { at += 1 }
            guard isDigit(at) else { return nil }
            while isDigit(at) { at += 1 }
        }
        guard at == bytes.count else { return nil }
        return strtod(String(text), nil)
    }
}
