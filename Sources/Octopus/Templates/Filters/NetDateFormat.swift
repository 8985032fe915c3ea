import Foundation

extension NetDate {
    /// The round-trip form: seven digits of fraction, Z for UTC, the offset where one was given.
    var roundTrip: String { formatted("yyyy-MM-ddTHH:mm:ss.fffffffK") }

    /// The date by a format of .NET: one letter is a standard format, all else a custom one; nil where it is none.
    func text(_ format: String, hasOffset: Bool) -> String? {
        guard format.count == 1, let letter = format.first else {
            return format.isEmpty ? text("G", hasOffset: hasOffset) : formatted(format)
        }
        switch letter {
        case "d": return formatted("MM/dd/yyyy")
        case "D": return formatted("dddd, dd MMMM yyyy")
        case "f": return formatted("dddd, dd MMMM yyyy HH:mm")
        case "F": return formatted("dddd, dd MMMM yyyy HH:mm:ss")
        case "g": return formatted("MM/dd/yyyy HH:mm")
        case "G": return formatted("MM/dd/yyyy HH:mm:ss")
        case "m", "M": return formatted("MMMM dd")
        case "o", "O": return hasOffset ? formatted("yyyy-MM-ddTHH:mm:ss.fffffffzzz") : roundTrip
        case "r", "R": return (hasOffset ? utc : self).formatted("ddd, dd MMM yyyy HH:mm:ss 'GMT'")
        case "s": return formatted("yyyy-MM-ddTHH:mm:ss")
        case "t": return formatted("HH:mm")
        case "T": return formatted("HH:mm:ss")
        case "u": return (hasOffset ? utc : self).formatted("yyyy-MM-dd HH:mm:ss'Z'")
        case "U": return hasOffset ? nil : utc.formatted("dddd, dd MMMM yyyy HH:mm:ss")
        case "y", "Y": return formatted("yyyy MMMM")
        default: return nil
        }
    }

    /// The date by a custom format.
    func formatted(_ format: String) -> String {
        let letters = Array(format)
        var out = ""
        var place = 0
        while place < letters.count {
            let letter = letters[place]
            var count = 1
            while place + count < letters.count, letters[place + count] == letter { count += 1 }
            switch letter {
            case "'", "\"":
                let end = letters[(place + 1)...].firstIndex(of: letter) ?? letters.count
                out += String(letters[(place + 1)..<end])
                place = end + 1
            case "\\":
                if place + 1 < letters.count { out.append(letters[place + 1]) }
                place += 2
            case "%": place += 1
            default:
                if let part = part(letter, count) {
                    // A fraction without digits takes its point with it.
                    if letter == "F", part.isEmpty, out.hasSuffix(".") { out.removeLast() }
                    out += part
                    place += count
                } else {
                    out.append(letter)
                    place += 1
                }
            }
        }
        return out
    }

    private func part(_ letter: Character, _ count: Int) -> String? {
        switch letter {
        case "y": return count == 1 ? String(year % 100) : count == 2 ? padded(year % 100, 2) : padded(year, count)
        case "M":
            let name = NetDate.months[month - 1]
            return count < 3 ? padded(month, count) : count == 3 ? String(name.prefix(3)) : name
        case "d":
            let name = NetDate.weekdays[weekday]
            return count < 3 ? padded(day, count) : count == 3 ? String(name.prefix(3)) : name
        case "H": return padded(hour, min(count, 2))
        case "h": return padded(hour % 12 == 0 ? 12 : hour % 12, min(count, 2))
        case "m": return padded(minute, min(count, 2))
        case "s": return padded(second, min(count, 2))
        case "f": return count > 7 ? nil : String(padded(fraction, 7).prefix(count))
        case "F":
            guard count <= 7 else { return nil }
            var digits = String(padded(fraction, 7).prefix(count))
            while digits.hasSuffix("0") { digits.removeLast() }
            return digits
        case "t": return count == 1 ? (hour < 12 ? "A" : "P") : hour < 12 ? "AM" : "PM"
        case "g": return "A.D."
        case "z":
            let sign = offset < 0 ? "-" : "+"
            let hours = padded(abs(offset) / 60, min(count, 2))
            return count < 3 ? sign + hours : "\(sign)\(padded(abs(offset) / 60, 2)):\(padded(abs(offset) % 60, 2))"
        case "K":
            let one: String
            switch zone {
            case .none: one = ""
            case .utc: one = "Z"
            case .offset: one = part("z", 3) ?? ""
            }
            return String(repeating: one, count: count)
        default: return nil
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
