/// Expressions: paths, filters and their options.
extension TemplateParser {
    /// A path through at least one filter, or a path; white space behind a filter is taken in.
    func expression(_ start: Int) -> Parsed<TemplateExpression> {
        var farthest = start
        switch filtered(start) {
        case .ok(let expression, let place): return .ok(expression, place)
        case .fail(let place): farthest = place
        }
        switch symbol(start) {
        case .ok(let path, let place): return .ok(.symbol(path), place)
        case .fail(let place): return .fail(max(farthest, place))
        }
    }

    private func filtered(_ start: Int) -> Parsed<TemplateExpression> {
        var input = TemplateExpression.symbol(SymbolPath(steps: []))
        var place = start
        if case .ok(let path, let next) = symbol(start) {
            input = .symbol(path)
            place = spaces(next)
        }
        guard case .ok(var value, var end) = filter(place, input) else { return filter(place, input) }
        while case .ok(let next, let place) = filter(end, value) { (value, end) = (next, place) }
        return .ok(value, end)
    }

    /// `| name option*`; the bar stands right at the place.
    private func filter(_ start: Int, _ input: TemplateExpression) -> Parsed<TemplateExpression> {
        guard case .ok(_, let bar) = literal("|", start) else { return .fail(start) }
        let name = identifier(spaces(bar), withSpaces: false)
        guard case .ok(let filter, let behind) = name else { return name.failed() }
        var place = spaces(behind)
        var options: [TemplateToken] = []
        while case .ok(let option, let next) = option(place) {
            options.append(option)
            place = next
        }
        return .ok(.call(filter: filter, input: input, options: options), place)
    }

    /// A block or substitution, a bare word, or quoted text; only the last two take in the white space around them.
    private func option(_ start: Int) -> Parsed<TemplateToken> {
        if matches("#{", start), case .ok(let token, let next) = token(start) {
            if case .text = token { return .fail(start) }
            return .ok(token, next)
        }
        if case .ok(let word, let next) = identifier(spaces(start), withSpaces: false) {
            return .ok(.text(word), spaces(next))
        }
        guard case .ok(let text, let next) = quoted(start) else { return .fail(start) }
        return .ok(.text(text), next)
    }

    /// `"text"` without `"` or `#` in it, or `\"text\"`; white space around it is taken in.
    func quoted(_ start: Int) -> Parsed<String> {
        let place = spaces(start)
        if matches("\"", place) {
            var end = place + 1
            while end < text.count, text[end] != "\"", text[end] != "#" { end += 1 }
            guard end < text.count, text[end] == "\"" else { return .fail(end) }
            return .ok(string(place + 1, end), spaces(end + 1))
        }
        guard matches("\\\"", place) else { return .fail(place) }
        var end = place + 2
        while end < text.count, !matches("\\\"", end) { end += 1 }
        guard end < text.count else { return .fail(end) }
        return .ok(string(place + 2, end), spaces(end + 2))
    }

    /// A name and the steps behind it.
    func symbol(_ start: Int) -> Parsed<SymbolPath> {
        let name = identifier(start)
        guard case .ok(let first, var place) = name else { return name.failed() }
        var steps: [SymbolPath.Step] = [.name(first)]
        while place < text.count {
            if text[place] == ".", case .ok(let name, let next) = identifier(place + 1) {
                steps.append(.name(name))
                place = next
            } else if text[place] == "[", case .ok(let step, let next) = index(place, depth: 0) {
                steps.append(step)
                place = next
            } else {
                break
            }
        }
        return .ok(SymbolPath(steps: steps), place)
    }

    /// `[#{path}]`, `[text]` or `[]`.
    private func index(_ start: Int, depth: Int) -> Parsed<SymbolPath.Step> {
        let inner = spaces(start + 1)
        if matches("#{", inner), case .ok(.substitution(.symbol(let path)), let next) = token(inner),
            case .ok(_, let end) = literal("]", spaces(next))
        {
            return .ok(.lookup(path), end)
        }
        guard case .ok(let text, let end) = bracketed(start) else { return .fail(start) }
        return .ok(.index(text), end)
    }

    /// The text between brackets, which may nest.
    private func bracketed(_ start: Int) -> Parsed<String> {
        var level = 1
        var place = spaces(start + 1)
        let from = place
        while place < text.count {
            if text[place] == "[" { level += 1 }
            if text[place] == "]" { level -= 1 }
            if level == 0 { return .ok(string(from, place), place + 1) }
            place += 1
        }
        return .fail(place)
    }

    /// Letters, digits and `_ - : / ~ ( ) @`, with inner white space where it does not end the name; trimmed.
    func identifier(_ start: Int, withSpaces: Bool = true) -> Parsed<String> {
        var place = start
        while place < text.count {
            let scalar = text[place]
            if scalar.properties.isWhitespace {
                guard withSpaces, !endsName(place) else { break }
            } else if !TemplateParser.isNamePart(scalar) {
                break
            }
            place += 1
        }
        guard place > start else { return .fail(start) }
        let name = string(start, place)
        return .ok(name.trimmed, place)
    }

    /// White space before `|`, `}`, or one of the words `in`, `==` and `!=`.
    private func endsName(_ place: Int) -> Bool {
        let next = place + 1
        guard next < text.count else { return false }
        if text[next] == "|" || text[next] == "}" { return true }
        return ["in", "==", "!="].contains { word in
            matches(word, next) && next + 2 < text.count && text[next + 2].properties.isWhitespace
        }
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
        default: "_-:/~()@".unicodeScalars.contains(scalar)
        }
    }

    /// The place behind any white space.
    func spaces(_ start: Int) -> Int {
        var place = start
        while place < text.count, text[place].properties.isWhitespace { place += 1 }
        return place
    }

    /// A fixed text; fails at the first character that differs.
    func literal(_ word: String, _ start: Int, anyCase: Bool = false) -> Parsed<Void> {
        var place = start
        for scalar in word.unicodeScalars {
            guard place < text.count else { return .fail(place) }
            let found = anyCase ? text[place].properties.lowercaseMapping : String(text[place])
            guard found == String(scalar) else { return .fail(place) }
            place += 1
        }
        return .ok((), place)
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
