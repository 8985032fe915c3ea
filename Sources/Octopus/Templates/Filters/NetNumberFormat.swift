import Foundation

/// Numbers by a format of .NET in the invariant culture.
enum NetNumberFormat {
    enum Kind { case integer, double, decimal }

    /// The number by a standard format (a letter and a precision) or a custom one; nil where it is none.
    static func text(_ number: Decimal, _ format: String, kind: Kind) -> String? {
        let digits = format.dropFirst()
        if let letter = format.first, letter.isASCII, letter.isLetter, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            digits.count <= 3
        {
            return standard(number, letter, Int(digits), kind)
        }
        if format.isEmpty { return standard(number, "G", nil, kind) }
        return custom(number, format)
    }

    private static func standard(_ number: Decimal, _ letter: Character, _ precision: Int?, _ kind: Kind) -> String? {
        let sign = number < 0 ? "-" : ""
        switch letter {
        case "F", "f": return signed(number, fixed(number, precision ?? 2))
        case "N", "n": return signed(number, grouped(fixed(number, precision ?? 2)))
        case "C", "c":
            let text = "¤" + grouped(fixed(number, precision ?? 2))
            return number < 0 ? "(\(text))" : text
        case "P", "p": return signed(number, grouped(fixed(number * 100, precision ?? 2)) + " %")
        case "D", "d":
            guard kind == .integer else { return nil }
            let text = fixed(number, 0)
            return sign + String(repeating: "0", count: max(0, (precision ?? 0) - text.count)) + text
        case "X", "x":
            guard kind == .integer, let value = Int32(exactly: NSDecimalNumber(decimal: number).intValue) else {
                return nil
            }
            let text = String(UInt32(bitPattern: value), radix: 16, uppercase: letter == "X")
            return String(repeating: "0", count: max(0, (precision ?? 0) - text.count)) + text
        case "E", "e": return exponential(number, precision ?? 6, letter)
        case "G", "g", "R", "r":
            guard let precision, precision > 0, letter == "G" || letter == "g" else {
                return kind == .double
                    ? NetNumber.text(of: NSDecimalNumber(decimal: number).doubleValue) : plain(number)
            }
            return general(number, precision, letter)
        default: return nil
        }
    }

    private static func general(_ number: Decimal, _ precision: Int, _ letter: Character) -> String {
        let value = NSDecimalNumber(decimal: number).doubleValue
        guard value != 0 else { return "0" }
        let exponent = Int(log10(value.magnitude).rounded(.down))
        if exponent >= precision || exponent < -4 {
            let parts = exponential(number, precision - 1, letter == "G" ? "E" : "e").split(
                separator: letter == "G" ? "E" : "e")
            var mantissa = String(parts[0])
            if mantissa.contains(".") { mantissa = mantissa.trimmingTrailing("0").trimmingTrailing(".") }
            let size = String(abs(exponent))
            let padded = size.count < 2 ? "0" + size : size
            return "\(mantissa)\(letter == "G" ? "E" : "e")\(exponent < 0 ? "-" : "+")\(padded)"
        }
        let text = signed(number, fixed(number, max(0, precision - 1 - exponent)))
        return text.contains(".") ? text.trimmingTrailing("0").trimmingTrailing(".") : text
    }

    private static func exponential(_ number: Decimal, _ precision: Int, _ letter: Character) -> String {
        let value = NSDecimalNumber(decimal: number).doubleValue
        let text = String(format: "%.\(precision)e", value)
        let parts = text.split(separator: "e")
        let exponent = Int(parts[1]) ?? 0
        let size = String(abs(exponent))
        let padded = String(repeating: "0", count: max(0, 3 - size.count)) + size
        return "\(parts[0])\(letter)\(exponent < 0 ? "-" : "+")\(padded)"
    }

    /// The magnitude with a number of digits behind the point, rounded away from zero at the half.
    private static func fixed(_ number: Decimal, _ digits: Int) -> String {
        var value = number.magnitude
        var rounded = Decimal()
        NSDecimalRound(&rounded, &value, digits, .plain)
        let text = plain(rounded)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard digits > 0 else { return String(parts[0]) }
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        return "\(parts[0])." + fraction + String(repeating: "0", count: max(0, digits - fraction.count))
    }

    private static func plain(_ number: Decimal) -> String {
        NSDecimalNumber(decimal: number).description(withLocale: Locale(identifier: "en_US_POSIX"))
    }

    private static func signed(_ number: Decimal, _ text: String) -> String {
        let isZero = text.allSatisfy { !$0.isNumber || $0 == "0" }
        return number < 0 && !isZero ? "-" + text : text
    }

    private static func grouped(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1)
        var out = ""
        for (place, digit) in parts[0].enumerated() {
            if place > 0, (parts[0].count - place) % 3 == 0 { out += "," }
            out.append(digit)
        }
        return parts.count > 1 ? out + "." + parts[1] : out
    }

    /// `0` and `#` placeholders, `.`, `,`, `%`, quoted text and sections for positive, negative and zero.
    private static func custom(_ number: Decimal, _ format: String) -> String {
        let sections = sections(of: format)
        var section = sections[0]
        var value = number
        var sign = number < 0 ? "-" : ""
        if number < 0, sections.count > 1, !sections[1].isEmpty { (section, value, sign) = (sections[1], -number, "") }
        if number == 0, sections.count > 2 { section = sections[2] }
        let shape = CustomNumberShape(section)
        for _ in 0..<shape.percents { value *= 100 }
        for _ in 0..<shape.thousands { value /= 1000 }
        let text = fixed(value, shape.fraction.count)
        if text.allSatisfy({ $0 == "0" || $0 == "." }) { sign = "" }
        return sign + shape.fill(text)
    }

    private static func sections(of format: String) -> [String] {
        var out = [""]
        var quote: Character?
        for letter in format {
            if letter == quote { quote = nil } else if quote == nil, letter == "'" || letter == "\"" { quote = letter }
            if letter == ";", quote == nil { out.append("") } else { out[out.count - 1].append(letter) }
        }
        return out
    }
}

/// A section of a custom format, taken apart.
private struct CustomNumberShape {
    private enum Part { case digit(isZero: Bool), point, text(String) }
    private var parts: [Part] = []
    private var isGrouped = false
    private(set) var percents = 0
    private(set) var thousands = 0
    private(set) var fraction: [Bool] = []

    init(_ format: String) {
        var letters = Array(format)[...]
        var commas = 0
        var isFraction = false
        while let letter = letters.popFirst() {
            switch letter {
            case "0", "#":
                if commas > 0, !isFraction { isGrouped = true }
                commas = 0
                if isFraction { fraction.append(letter == "0") }
                parts.append(.digit(isZero: letter == "0"))
            case ".":
                if !isFraction { parts.append(.point) }
                thousands += commas
                commas = 0
                isFraction = true
            case ",": if !isFraction { commas += 1 }
            case "%":
                percents += 1
                parts.append(.text("%"))
            case "\\": if let next = letters.popFirst() { parts.append(.text(String(next))) }
            case "'", "\"":
                let text = letters.prefix { $0 != letter }
                letters = letters.dropFirst(text.count + 1)
                parts.append(.text(String(text)))
            default: parts.append(.text(String(letter)))
            }
        }
        thousands += commas
    }

    /// Writes a number with as many digits behind the point as the section has.
    func fill(_ number: String) -> String {
        let pieces = number.split(separator: ".", maxSplits: 1).map { Array($0) }
        let whole = pieces[0] == ["0"] ? [] : pieces[0]
        var behind = pieces.count > 1 ? pieces[1] : []
        var required = fraction
        while let last = behind.last, last == "0", required.last == false {
            behind.removeLast()
            required.removeLast()
        }
        let point = parts.firstIndex { if case .point = $0 { true } else { false } } ?? parts.count
        let slots = parts[..<point].count { if case .digit = $0 { true } else { false } }
        let firstZero = parts[..<point].filter { if case .digit = $0 { true } else { false } }
            .firstIndex { if case .digit(true) = $0 { true } else { false } }
        let least = firstZero.map { slots - $0 } ?? 0
        var digits = Array(repeating: Character("0"), count: max(0, least - whole.count)) + whole
        var out = ""
        var slot = 0
        func take(_ count: Int) {
            for _ in 0..<count where !digits.isEmpty {
                out.append(digits.removeFirst())
                if isGrouped, digits.count % 3 == 0, !digits.isEmpty { out.append(",") }
            }
        }
        for (place, part) in parts.enumerated() {
            switch part {
            case .text(let text): out += text
            case .point: if !behind.isEmpty { out += "." }
            case .digit where place < point:
                // The first slot takes all digits that have no slot of their own.
                let own = slots - slot
                take(slot == 0 ? max(0, digits.count - own + 1) : digits.count >= own ? 1 : 0)
                slot += 1
            case .digit: if !behind.isEmpty { out.append(behind.removeFirst()) }
            }
        }
        return out
    }
}

extension String {
    fileprivate func trimmingTrailing(_ letter: Character) -> String {
        var copy = self
        while copy.last == letter { copy.removeLast() }
        return copy
    }
}
