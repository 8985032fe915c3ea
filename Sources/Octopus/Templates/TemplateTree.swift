/// A path to a variable: `Octopus.Action[Package A].Name`.
struct SymbolPath: Hashable, Sendable {
    /// One step of a path.
    enum Step: Hashable, Sendable {
        /// A name, trimmed.
        case name(String)
        /// `[text]`; empty and `*` have their own meanings.
        case index(String)
        /// `[#{path}]`: the text is the value of another variable.
        case lookup(SymbolPath)
    }

    var steps: [Step]

    /// The path as it is written.
    var text: String {
        var out = ""
        for step in steps {
            switch step {
            case .name(let name): out += (out.isEmpty ? "" : ".") + name
            case .index(let index): out += "[\(index)]"
            case .lookup(let path): out += "[#{\(path.text)}]"
            }
        }
        return out
    }
}

/// What stands in a substitution: a path, or a path through filters.
indirect enum TemplateExpression: Hashable, Sendable {
    case symbol(SymbolPath)
    case call(filter: String, input: TemplateExpression, options: [TemplateToken])

    /// The expression re-rendered, as unresolved tokens are echoed: options in double quotes.
    var text: String {
        switch self {
        case .symbol(let path): return path.text
        case .call(let filter, let input, let options):
            let shown = options.map { option in
                if case .text(let text) = option { "\"\(text)\"" } else { option.source }
            }
            return ([input.text, "|", filter] + shown).joined(separator: " ")
        }
    }
}

/// The question of an `if`.
struct TemplateCondition: Hashable, Sendable {
    /// What the left side is compared with.
    enum Right: Hashable, Sendable {
        case text(String)
        case expression(TemplateExpression)
    }

    var left: TemplateExpression
    /// Nil asks whether the left side is truthy.
    var comparison: (isEqual: Bool, right: Right)?

    /// The condition as it is echoed.
    var source: String {
        guard let comparison else { return left.text }
        let right =
            switch comparison.right {
            case .text(let text): "\"\(text)\""
            case .expression(let expression): expression.text
            }
        return "\(left.text) \(comparison.isEqual ? "==" : "!=") \(right) "
    }

    static func == (one: TemplateCondition, other: TemplateCondition) -> Bool {
        one.left == other.left && one.comparison?.isEqual == other.comparison?.isEqual
            && one.comparison?.right == other.comparison?.right
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(left)
        hasher.combine(comparison?.right)
    }
}

/// Arithmetic of `calc`.
indirect enum Calculation: Hashable, Sendable {
    case number(Double)
    case variable(SymbolPath)
    case operation(Calculation, Unicode.Scalar, Calculation)

    /// The arithmetic as it is echoed.
    var source: String {
        switch self {
        case .number(let number): NetNumber.text(of: number)
        case .variable(let path): path.text
        case .operation(let left, let sign, let right): "\(left.source)\(sign)\(right.source)"
        }
    }
}

/// A part of a template.
indirect enum TemplateToken: Hashable, Sendable {
    case text(String)
    case substitution(TemplateExpression)
    case conditional(TemplateCondition, then: [TemplateToken], otherwise: [TemplateToken])
    case repetition(name: String, over: SymbolPath, body: [TemplateToken])
    case calculation(Calculation)

    /// The token re-rendered, as it is echoed where it can't be resolved.
    var source: String {
        switch self {
        case .text(let text): return text.replacing("#{", with: "##{")
        case .substitution(let expression): return "#{\(expression.text)}"
        case .conditional(let condition, let then, let otherwise):
            let last = otherwise.isEmpty ? "" : "#{else}" + otherwise.map(\.source).joined()
            return "#{if \(condition.source)}" + then.map(\.source).joined() + last + "#{/if}"
        case .repetition(let name, let path, let body):
            return "#{each \(name) in \(path.text)}" + body.map(\.source).joined() + "#{/each}"
        case .calculation(let calculation): return "#{\(calculation.source)}"
        }
    }
}
