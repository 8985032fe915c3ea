import Foundation

/// Filters that escape text for the place where it will stand.
enum EscapeFilters {
    @Sendable static func html(_ text: String) -> String { escape(text, xmlEntities.merging(["/": "&#x2F;"]) { $1 }) }
    @Sendable static func xml(_ text: String) -> String { escape(text, xmlEntities) }
    /// Only what would end or break a JSON string; other control characters stay.
    @Sendable static func json(_ text: String) -> String {
        escape(text, ["\"": "\\\"", "\r": "\\r", "\t": "\\t", "\n": "\\n", "\\": "\\\\"])
    }

    /// Keeps the characters that a whole URI may hold (RFC 3986 reserved and unreserved).
    @Sendable static func uri(_ text: String) -> String {
        percent(text, keeping: CharacterSet(charactersIn: unreserved + ";/?:@&=+$,#[]!'()*"))
    }
    /// Keeps unreserved characters only.
    @Sendable static func uriData(_ text: String) -> String {
        percent(text, keeping: CharacterSet(charactersIn: unreserved))
    }

    /// Doubles quotes; a run of line breaks gets one more, since YAML folds the first into a space.
    @Sendable static func yamlSingleQuote(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var isInRun = false
        let scalars = Array(text.unicodeScalars)
        for (place, scalar) in scalars.enumerated() {
            let startsBreak =
                scalar == "\n" || scalar == "\r" && place + 1 < scalars.count && scalars[place + 1] == "\n"
            if startsBreak, !isInRun {
                out.append(contentsOf: (scalar == "\r" ? "\r\n" : "\n").unicodeScalars)
            }
            isInRun = startsBreak || scalar == "\n"
            out.append(scalar)
        }
        return escape(String(out), ["'": "''"])
    }

    @Sendable static func yamlDoubleQuote(_ text: String) -> String {
        let fixed = ["\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\", "\"": "\\\""]
        return units(text) { unit, _ in
            (0x20...0x7E).contains(unit) ? nil : hexEscape(unit)
        } fixed: {
            fixed[$0]
        }
    }

    @Sendable static func propertiesKey(_ text: String) -> String {
        let fixed = common.merging([" ": "\\ ", ":": "\\:", "=": "\\="]) { $1 }
        return units(text) { unit, _ in
            unit < 0xFF ? nil : hexEscape(unit)
        } fixed: {
            fixed[$0]
        }
    }

    @Sendable static func propertiesValue(_ text: String) -> String {
        units(text) { unit, place in
            if place == 0, unit == 0x20 { return "\\ " }
            return unit < 0xFF ? nil : hexEscape(unit)
        } fixed: {
            common[$0]
        }
    }

    private static let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    private static let common = ["\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t"]
    private static let xmlEntities = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"]

    private static func escape(_ text: String, _ map: [String: String]) -> String {
        text.unicodeScalars.map { map[String($0)] ?? String($0) }.joined()
    }

    private static func percent(_ text: String, keeping kept: CharacterSet) -> String {
        text.addingPercentEncoding(withAllowedCharacters: kept) ?? text
    }

    private static func hexEscape(_ unit: UInt16) -> String {
        let hex = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }

    /// Maps every UTF-16 unit, so that a character outside the basic plane becomes two escapes.
    private static func units(
        _ text: String, _ escaped: (UInt16, Int) -> String?, fixed: (String) -> String?
    ) -> String {
        var out = ""
        for (place, unit) in text.utf16.enumerated() {
            let plain = Unicode.Scalar(unit).map { String($0) }
            if let plain, let known = fixed(plain) {
                out += known
            } else {
                out += escaped(unit, place) ?? plain ?? ""
            }
        }
        return out
    }
}
