/// A filter pattern of `branches`, `tags` and `paths`.
///
/// `*` is any run without a slash, `**` any run, `?` and `+` repeat the character before, `[a-z]` is one of a range,
/// `\` takes the next character as it is
/// (https://docs.github.com/actions/reference/workflow-syntax#filter-pattern-cheat-sheet).
struct FilterPattern: Sendable {
    /// The pattern starts with `!`: what it matches is taken out again.
    let isNegative: Bool
    private let parts: [Part]

    private struct Part: Sendable {
        var kind: Kind
        /// Fewest and most times.
        var minimum = 1
        var isEndless = false
        var isOptional: Bool { minimum == 0 }
    }

    private enum Kind: Sendable {
        case exact(Unicode.Scalar)
        case oneOf([ClosedRange<UInt32>])
        case segment
        case any
        /// `**/` at the start of a name: nothing, or any folders.
        case folders
    }

    init(_ text: String) {
        isNegative = text.hasPrefix("!")
        parts = Self.parts(Array((isNegative ? text.dropFirst() : Substring(text)).unicodeScalars))
    }

    private static func parts(_ text: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var at = 0
        while at < text.count {
            let scalar = text[at]
            at += 1
            switch scalar {
            case "*":
                let isAny = at < text.count && text[at] == "*"
                if isAny { at += 1 }
                if isAny, at < text.count, text[at] == "/", at == 2 || text[at - 3] == "/" {
                    at += 1
                    parts.append(Part(kind: .folders))
                    continue
                }
                parts.append(Part(kind: isAny ? .any : .segment, minimum: 0, isEndless: true))
            case "?" where !parts.isEmpty: parts[parts.count - 1].minimum = 0
            case "+" where !parts.isEmpty: parts[parts.count - 1].isEndless = true
            case "[":
                guard let end = text[at...].firstIndex(of: "]") else {
                    parts.append(Part(kind: .exact(scalar)))
                    continue
                }
                parts.append(Part(kind: .oneOf(ranges(Array(text[at..<end])))))
                at = end + 1
            case "\\" where at < text.count:
                parts.append(Part(kind: .exact(text[at])))
                at += 1
            default: parts.append(Part(kind: .exact(scalar)))
            }
        }
        return parts
    }

    private static func ranges(_ text: [Unicode.Scalar]) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        var at = 0
        while at < text.count {
            if at + 2 < text.count, text[at + 1] == "-", text[at].value <= text[at + 2].value {
                ranges.append(text[at].value...text[at + 2].value)
                at += 3
            } else {
                ranges.append(text[at].value...text[at].value)
                at += 1
            }
        }
        return ranges
    }

    /// The whole text fits the pattern; takes time in proportion to text times pattern.
    func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var reached = [Bool](repeating: false, count: text.count + 1)
        reached[0] = true
        for part in parts {
            var after = [Bool](repeating: false, count: text.count + 1)
            if case .folders = part.kind {
                let first = reached.firstIndex(of: true) ?? reached.endIndex
                for at in reached.indices { after[at] = reached[at] || (at > first && text[at - 1] == "/") }
                reached = after
                continue
            }
            for at in text.indices where Self.fits(text[at], part.kind) {
                if reached[at] || (part.isEndless && after[at]) { after[at + 1] = true }
            }
            if part.isOptional { for at in after.indices where reached[at] { after[at] = true } }
            reached = after
        }
        return reached[text.count]
    }

    private static func fits(_ scalar: Unicode.Scalar, _ kind: Kind) -> Bool {
        switch kind {
        case .exact(let wanted): scalar == wanted
        case .oneOf(let ranges): ranges.contains { $0.contains(scalar.value) }
        case .segment: scalar != "/"
        case .any, .folders: true
        }
    }

    /// The last pattern that fits decides; a text that fits none is out.
    static func select(_ text: String, by patterns: [String]) -> Bool {
        var isIn = false
        for pattern in patterns.map(FilterPattern.init) where pattern.matches(text) { isIn = !pattern.isNegative }
        return isIn
    }
}
