import Foundation

/// Numbers as .NET reads and prints them in the invariant culture.
enum NetNumber {
    /// A number's shortest text that reads back as the same double, in .NET's notation: `1E+16`, `1E-05`.
    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == 0 { return number.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = shortest(number.magnitude)
        let sign = number < 0 ? "-" : ""
        if exponent >= 15 || exponent < -4 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = String(abs(exponent))
            let padded = size.count < 2 ? "0" + size : size
            return "\(sign)\(digits.prefix(1))\(fraction)E\(exponent < 0 ? "-" : "+")\(padded)"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// The significant digits of a positive number and the decimal exponent of the first one.
    private static func shortest(_ number: Double) -> (digits: String, exponent: Int) {
        let text = "\(number)".lowercased()
        let parts = text.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = String(all.dropFirst(leading))
        while digits.hasSuffix("0") { digits.removeLast() }
        let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1 - leading
        return (digits, exponent)
    }

    /// Reads a number with optional sign, thousands' commas, fraction and exponent; nil for anything else.
    static func double(_ text: String) -> Double? {
        let trimmed = text.trimmed
        if trimmed == "Infinity" || trimmed == "∞" { return .infinity }
        if trimmed == "-Infinity" || trimmed == "-∞" { return -.infinity }
        if trimmed == "NaN" { return .nan }
        guard matches(trimmed, #"^[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?$"#) else { return nil }
        return Double(trimmed.replacing(",", with: ""))
    }

    /// Reads a decimal: as `double`, without an exponent; the digits are kept as they are.
    static func decimal(_ text: String) -> Decimal? {
        let trimmed = text.trimmed
        guard matches(trimmed, #"^[+-]?(\d[\d,]*\.?\d*|\.\d+)$"#), trimmed.count < 29 else { return nil }
        return Decimal(string: trimmed.replacing(",", with: ""), locale: Locale(identifier: "en_US_POSIX"))
    }

    /// A number of JSON as the text of a variable: a whole one as it was written, else in its shortest form.
    static func tidied(_ text: String) -> String {
        if text.allSatisfy({ $0.isNumber || $0 == "-" }) { return text }
        return Double(text).map { self.text(of: $0) } ?? text
    }

    static func matches(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) != nil
    }
}
