/// The blocks: `if`, `unless`, `each`, `calc`, and the plain substitution.
extension TemplateParser {
    /// `#{`, but not the `#{/` that ends a block.
    private func open(_ place: Int) -> Parsed<Void> {
        matches("#{/", place) ? .fail(place) : literal("#{", place)
    }

    /// `#{expression}`.
    func substitution(_ start: Int) -> Parsed<TemplateToken> {
        guard case .ok(_, let inner) = open(start) else { return open(start).failed() }
        switch expression(spaces(inner)) {
        case .fail(let place): return .fail(place)
        case .ok(let expression, let place):
            switch literal("}", spaces(place)) {
            case .fail(let place): return .fail(place)
            case .ok(_, let end): return .ok(.substitution(expression), end)
            }
        }
    }

    /// `#{if c}…#{elseif c}…#{else}…#{/if}` and `#{unless c}…#{else}…#{/unless}`.
    func conditional(_ start: Int) -> Parsed<TemplateToken> {
        guard case .ok(_, let inner) = open(start) else { return open(start).failed() }
        let word = spaces(inner)
        let keyword: String
        if case .ok = literal("if", word, anyCase: true) {
            keyword = "if"
        } else if case .ok = literal("unless", word, anyCase: true) {
            keyword = "unless"
        } else {
            return first(
                word, [{ self.literal("if", $0, anyCase: true) }, { self.literal("unless", $0, anyCase: true) }]
            ).failed()
        }
        switch branch(word + keyword.count, isIf: keyword == "if") {
        case .fail(let place): return .fail(place)
        case .ok(let branch, let place):
            switch literal("#{/\(keyword)}", place) {
            case .fail(let place): return .fail(place)
            case .ok(_, let end):
                let (then, otherwise) =
                    keyword == "if" ? (branch.then, branch.otherwise) : (branch.otherwise, branch.then)
                return .ok(.conditional(branch.condition, then: then, otherwise: otherwise), end)
            }
        }
    }

    private typealias Branch = (condition: TemplateCondition, then: [TemplateToken], otherwise: [TemplateToken])

    /// A condition with its two bodies, up to the word that ends the whole block.
    private func branch(_ start: Int, isIf: Bool) -> Parsed<Branch> {
        guard start < text.count, text[start].properties.isWhitespace else { return .fail(start) }
        switch condition(spaces(start)) {
        case .fail(let place): return .fail(place)
        case .ok(let condition, let place):
            switch literal("}", spaces(place)) {
            case .fail(let place): return .fail(place)
            case .ok(_, let body):
                let (then, end) = tokens(body, until: isIf ? ["#{else}", "#{elseif "] : ["#{else}"])
                if isIf, matches("#{elseif", end), case .ok(let next, let rest) = branch(end + 8, isIf: true) {
                    let nested = TemplateToken.conditional(next.condition, then: next.then, otherwise: next.otherwise)
                    return .ok((condition, then, [nested]), rest)
                }
                guard matches("#{else}", end) else { return .ok((condition, then, []), end) }
                let (otherwise, rest) = tokens(end + 7)
                return .ok((condition, then, otherwise), rest)
            }
        }
    }

    /// An expression, or two compared by `==` or `!=`, one of which may be quoted text.
    private func condition(_ start: Int) -> Parsed<TemplateCondition> {
        var farthest = start
        if case .ok(let text, let place) = quoted(start), case .ok(let isEqual, let right) = comparison(place) {
            switch expression(right) {
            case .ok(let expression, let end):
                return .ok(TemplateCondition(left: expression, comparison: (isEqual, .text(text))), end)
            case .fail(let place): farthest = max(farthest, place)
            }
        }
        switch expression(start) {
        case .fail(let place): return .fail(max(farthest, place))
        case .ok(let left, let place):
            guard case .ok(let isEqual, let right) = comparison(place) else {
                return .ok(TemplateCondition(left: left), place)
            }
            if case .ok(let text, let end) = quoted(right) {
                return .ok(TemplateCondition(left: left, comparison: (isEqual, .text(text))), end)
            }
            if case .ok(let expression, let end) = expression(right) {
                return .ok(TemplateCondition(left: left, comparison: (isEqual, .expression(expression))), end)
            }
            return .ok(TemplateCondition(left: left), place)
        }
    }

    private func comparison(_ start: Int) -> Parsed<Bool> {
        let place = spaces(start)
        if matches("==", place) { return .ok(true, spaces(place + 2)) }
        if matches("!=", place) { return .ok(false, spaces(place + 2)) }
        return .fail(place)
    }

    /// `#{each x in path}…#{/each}`.
    func repetition(_ start: Int) -> Parsed<TemplateToken> {
        guard case .ok(_, let inner) = open(start) else { return open(start).failed() }
        let word = spaces(inner)
        guard case .ok(_, let gap) = literal("each", word, anyCase: true) else {
            return literal("each", word, anyCase: true).failed()
        }
        guard gap < text.count, text[gap].properties.isWhitespace else { return .fail(gap) }
        guard case .ok(let name, let afterName) = identifier(spaces(gap)) else {
            return identifier(spaces(gap)).failed()
        }
        let keyword = spaces(afterName)
        guard case .ok(_, let afterIn) = literal("in", keyword, anyCase: true) else {
            return literal("in", keyword, anyCase: true).failed()
        }
        let collection = symbol(spaces(afterIn))
        guard case .ok(let path, let afterPath) = collection else { return collection.failed() }
        guard case .ok(_, let bodyStart) = literal("}", spaces(afterPath)) else {
            return literal("}", spaces(afterPath)).failed()
        }
        let (body, end) = tokens(bodyStart)
        switch literal("#{/each}", end) {
        case .fail(let place): return .fail(place)
        case .ok(_, let place): return .ok(.repetition(name: name, over: path, body: body), place)
        }
    }

    /// `#{calc arithmetic}`.
    func calculation(_ start: Int) -> Parsed<TemplateToken> {
        guard case .ok(_, let inner) = open(start) else { return open(start).failed() }
        let word = spaces(inner)
        guard case .ok(_, let gap) = literal("calc", word, anyCase: true) else {
            return literal("calc", word, anyCase: true).failed()
        }
        guard gap < text.count, text[gap].properties.isWhitespace else { return .fail(gap) }
        switch sum(gap, depth: 0) {
        case .fail(let place): return .fail(place)
        case .ok(let calculation, let place):
            switch literal("}", spaces(place)) {
            case .fail(let place): return .fail(place)
            case .ok(_, let end): return .ok(.calculation(calculation), end)
            }
        }
    }

    private func sum(_ start: Int, depth: Int) -> Parsed<Calculation> {
        chain(start, ["+", "-"]) { self.chain($0, ["*", "/", "%"]) { self.factor($0, depth: depth) } }
    }

    private func chain(
        _ start: Int, _ signs: [Unicode.Scalar], _ part: (Int) -> Parsed<Calculation>
    ) -> Parsed<Calculation> {
        guard case .ok(var value, var place) = part(start) else { return part(start) }
        while true {
            let sign = spaces(place)
            guard sign < text.count, signs.contains(text[sign]), case .ok(let right, let next) = part(sign + 1) else {
                return .ok(value, place)
            }
            value = .operation(value, text[sign], right)
            place = next
        }
    }

    /// A number, `(…)`, `{path}` or a path.
    private func factor(_ start: Int, depth: Int) -> Parsed<Calculation> {
        let place = spaces(start)
        guard place < text.count, depth < TemplateParser.deepest else { return .fail(place) }
        var end = place + (text[place] == "-" ? 1 : 0)
        while end < text.count, ("0"..."9").contains(text[end]) { end += 1 }
        if end + 1 < text.count, text[end] == ".", ("0"..."9").contains(text[end + 1]) {
            end += 1
            while end < text.count, ("0"..."9").contains(text[end]) { end += 1 }
        }
        if let number = Double(string(place, end)) { return .ok(.number(number), end) }
        if text[place] == "(", case .ok(let inner, let close) = sum(place + 1, depth: depth + 1),
            case .ok(_, let end) = literal(")", spaces(close))
        {
            return .ok(inner, end)
        }
        if text[place] == "{" {
            switch symbol(spaces(place + 1)) {
            case .fail(let place): return .fail(place)
            case .ok(let path, let close):
                guard case .ok(_, let end) = literal("}", spaces(close)) else { return .fail(spaces(close)) }
                return .ok(.variable(path), end)
            }
        }
        switch symbol(place) {
        case .fail(let place): return .fail(place)
        case .ok(let path, let end): return .ok(.variable(path), end)
        }
    }
}

extension TemplateParser.Parsed {
    /// The same failure for a reader of another value.
    func failed<Other>() -> TemplateParser.Parsed<Other> {
        switch self {
        case .ok(_, let place), .fail(let place): .fail(place)
        }
    }
}
