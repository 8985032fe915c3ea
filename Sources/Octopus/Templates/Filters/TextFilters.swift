import Foundation

/// Filters that cut, join and compare text; lengths are counted in UTF-16 units, as .NET does.
enum TextFilters {
    static func toBase64(_ input: String?, _ options: [String]) -> String? {
        guard let input, options.count <= 1, let bytes = bytes(input, options.first ?? "utf8") else { return nil }
        return Data(bytes).base64EncodedString()
    }

    static func fromBase64(_ input: String?, _ options: [String]) -> String? {
        guard let input, options.count <= 1,
            let data = Data(base64Encoded: input.filter { !$0.isWhitespace })
        else { return nil }
        switch (options.first ?? "utf8").lowercased() {
        case "utf8", "utf-8": return String(decoding: data, as: UTF8.self)
        case "unicode":
            let units = stride(from: 0, to: data.count - data.count % 2, by: 2).map { place in
                UInt16(data[place]) | UInt16(data[place + 1]) << 8
            }
            return String(decoding: units, as: UTF16.self)
        default: return nil
        }
    }

    /// Text in an encoding: utf8, or unicode for UTF-16 with the low byte first.
    static func bytes(_ text: String, _ encoding: String) -> [UInt8]? {
        switch encoding.lowercased() {
        case "utf8", "utf-8": Array(text.utf8)
        case "unicode": text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        default: nil
        }
    }

    static func append(_ input: String?, _ options: [String]) -> String? {
        options.isEmpty ? nil : (input ?? "") + options.joined()
    }

    static func prepend(_ input: String?, _ options: [String]) -> String? {
        options.isEmpty ? nil : options.joined() + (input ?? "")
    }

    /// `length`, or `start length`; a length past the end is cut.
    static func substring(_ input: String?, _ options: [String]) -> String? {
        let numbers = options.compactMap { Int32($0.trimmed) }.map { Int($0) }
        guard let input, (1...2).contains(options.count), numbers.count == options.count,
            numbers.allSatisfy({ $0 >= 0 })
        else { return nil }
        let start = numbers.count == 2 ? numbers[0] : 0
        let units = Array(input.utf16)
        guard let length = numbers.last, start <= units.count else { return nil }
        return String(decoding: units.dropFirst(start).prefix(length), as: UTF16.self)
    }

    /// `length` and what stands for the rest, `...` unless given.
    static func truncate(_ input: String?, _ options: [String]) -> String? {
        guard let input, (1...2).contains(options.count), let length = Int32(options[0].trimmed), length >= 0 else {
            return nil
        }
        let units = Array(input.utf16)
        guard units.count > length else { return input }
        return String(decoding: units.prefix(Int(length)), as: UTF16.self) + (options.count == 2 ? options[1] : "...")
    }

    static func trim(_ input: String?, _ options: [String]) -> String? {
        guard let input else { return nil }
        let scalars = input.unicodeScalars
        switch options.first?.lowercased() {
        case nil: return input.trimmed
        case "start": return String(scalars.drop { $0.properties.isWhitespace })
        case "end":
            let last = scalars.lastIndex { !$0.properties.isWhitespace }
            return last.map { String(scalars[...$0]) } ?? ""
        default: return nil
        }
    }

    /// Nothing (four spaces), a number, `first/rest`, a text, or two texts; a number above 255 is a text.
    static func indent(_ input: String?, _ options: [String]) -> String? {
        guard let input else { return nil }
        if input.isEmpty { return "" }
        guard let (first, rest) = indents(options) else { return nil }
        return first + input.replacingOccurrences(of: "\n", with: "\n" + rest)
    }

    private static func indents(_ options: [String]) -> (first: String, rest: String)? {
        func spaces(_ digits: Substring) -> String? {
            digits.count > 3 || !digits.allSatisfy(\.isASCII)
                ? nil : UInt8(digits).map { String(repeating: " ", count: Int($0)) }
        }
        switch options.count {
        case 0: return ("    ", "    ")
        case 2: return (options[0], options[1])
        case 1:
            let text = options[0]
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 1, let both = spaces(parts[0]) { return (both, both) }
            if parts.count == 2, let rest = spaces(parts[1]) {
                if parts[0].isEmpty { return ("", rest) }
                if let first = spaces(parts[0]) { return (first, rest) }
            }
            return (text, text)
        default: return nil
        }
    }

    /// A regular expression and its replacement, with `$1`, `${name}`, `$&` and `$$`.
    static func replace(_ input: String?, _ options: [String]) -> String? {
        guard let input, (1...2).contains(options.count), let pattern = try? NSRegularExpression(pattern: options[0])
        else { return nil }
        let text = input as NSString
        var out = ""
        var place = 0
        for match in pattern.matches(in: input, range: NSRange(location: 0, length: text.length)) {
            out += text.substring(with: NSRange(location: place, length: match.range.location - place))
            out += expand(options.count == 2 ? options[1] : "", match, text)
            place = match.range.location + match.range.length
        }
        return out + text.substring(from: place)
    }

    private static func expand(_ replacement: String, _ match: NSTextCheckingResult, _ text: NSString) -> String {
        func group(_ range: NSRange) -> String { range.location == NSNotFound ? "" : text.substring(with: range) }
        var out = ""
        var rest = replacement[...]
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                out += "$"
                rest = rest.dropFirst()
            } else if rest.first == "&" {
                out += group(match.range)
                rest = rest.dropFirst()
            } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = rest[rest.index(after: rest.startIndex)..<end]
                if let number = Int(name), number < match.numberOfRanges {
                    out += group(match.range(at: number))
                } else {
                    out += Int(name) == nil ? group(match.range(withName: String(name))) : "${\(name)}"
                }
                rest = rest[rest.index(after: end)...]
            } else {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                if let number = Int(digits), number < match.numberOfRanges {
                    out += group(match.range(at: number))
                    rest = rest.dropFirst(digits.count)
                } else {
                    out += "$"
                }
            }
        }
        return out + rest
    }

    static func match(_ input: String?, _ options: [String]) -> String? {
        guard let input, options.count == 1, let pattern = try? NSRegularExpression(pattern: options[0]) else {
            return nil
        }
        let whole = NSRange(location: 0, length: (input as NSString).length)
        return pattern.firstMatch(in: input, range: whole) == nil ? "false" : "true"
    }

    /// A filter that compares with its one option and answers true or false.
    static func compare(_ holds: @escaping @Sendable (String, String) -> Bool) -> TemplateFilters.Filter {
        { input, options in
            guard let input, options.count == 1 else { return nil }
            return holds(input, options[0]) ? "true" : "false"
        }
    }
}

extension String {
    /// The text begins with the same UTF-16 units.
    func hasPrefix(utf16 other: String) -> Bool { utf16.starts(with: other.utf16) }
    /// The text ends with the same UTF-16 units.
    func hasSuffix(utf16 other: String) -> Bool { utf16.reversed().starts(with: other.utf16.reversed()) }
}
