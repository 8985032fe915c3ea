/// Upper case as .NET's ordinal comparisons have it: one UTF-16 unit to one, without regard to language.
enum Fold {
    /// The text in upper case; a character whose upper case is longer, and the dotless i and the long s, stay.
    static func upper(_ text: String) -> String {
        var plain = true
        for byte in text.utf8 where byte >= 0x80 || (byte >= 0x61 && byte <= 0x7A) {
            plain = false
            break
        }
        if plain { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { out.append(upper(scalar)) }
        return String(out)
    }

    private static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.value < 0x80 {
            return scalar.value >= 0x61 && scalar.value <= 0x7A ? Unicode.Scalar(UInt8(scalar.value - 32)) : scalar
        }
        if scalar.value == 0x131 || scalar.value == 0x17F { return scalar }
        let mapped = scalar.properties.uppercaseMapping.unicodeScalars
        guard let first = mapped.first, mapped.count == 1 else { return scalar }
        return first
    }

    @inline(__always)
    private static func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte - 32 : byte }

    /// The texts are equal without regard to case.
    static func equal(_ first: String, _ second: String) -> Bool {
        var first = first
        var second = second
        let quick: Bool? = first.withUTF8 { left in
            second.withUTF8 { right in
                var ascii = true
                var same = left.count == right.count
                if same {
                    for place in 0..<left.count {
                        if left[place] >= 0x80 || right[place] >= 0x80 { ascii = false }
                        if upper(left[place]) != upper(right[place]) {
                            same = false
                            break
                        }
                    }
                    if same { return true }
                }
                ascii = ascii && left.allSatisfy { $0 < 0x80 } && right.allSatisfy { $0 < 0x80 }
                return ascii ? false : nil
            }
        }
        return quick ?? upper(first).utf8.elementsEqual(upper(second).utf8)
    }

    /// The order of the texts without regard to case: negative, zero or positive.
    static func order(_ first: String, _ second: String) -> Int {
        var left = upper(first).utf16.makeIterator()
        var right = upper(second).utf16.makeIterator()
        while true {
            switch (left.next(), right.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let one?, let other?): if one != other { return one < other ? -1 : 1 }
            }
        }
    }

    /// The text starts with the other, without regard to case.
    static func starts(_ text: String, with prefix: String) -> Bool {
        upper(text).utf8.starts(with: upper(prefix).utf8)
    }

    /// The text ends with the other, without regard to case.
    static func ends(_ text: String, with suffix: String) -> Bool {
        upper(text).utf8.reversed().starts(with: upper(suffix).utf8.reversed())
    }

    /// The text holds the other, without regard to case.
    static func contains(_ text: String, _ part: String) -> Bool {
        let part = Array(upper(part).utf8)
        guard let first = part.first else { return true }
        let text = Array(upper(text).utf8)
        guard text.count >= part.count else { return false }
        for start in 0...(text.count - part.count) where text[start] == first {
            if text[start..<start + part.count].elementsEqual(part) { return true }
        }
        return false
    }
}
