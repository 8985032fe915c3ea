/// What an evaluation could not do.
struct TemplateReport {
    /// Tokens that could not be resolved, each once, in order.
    private(set) var missing: [String] = []
    /// A token demands that the whole result be null.
    var isNull = false

    mutating func miss(_ token: String) {
        if !missing.contains(token) { missing.append(token) }
    }

    mutating func add(_ other: TemplateReport) {
        other.missing.forEach { miss($0) }
        isNull = isNull || other.isNull
    }
}

/// Writes the text of tokens; what can't be resolved is echoed and reported.
struct TemplateEvaluator {
    private(set) var output = ""
    private(set) var report = TemplateReport()

    mutating func evaluate(_ tokens: [TemplateToken], in scope: TemplateScope) throws(TemplateFailure) {
        for token in tokens {
            try evaluate(token, in: scope)
            guard output.utf8.count <= TemplateBudget.longest else { throw .tooMuch("its result is too long") }
        }
    }

    private mutating func evaluate(_ token: TemplateToken, in scope: TemplateScope) throws(TemplateFailure) {
        switch token {
        case .text(let text): output += text
        case .substitution(let expression): try substitute(token, expression, in: scope)
        case .conditional(let condition, let then, let otherwise):
            guard let holds = try holds(condition, in: scope) else {
                output += token.source
                return
            }
            try evaluate(holds ? then : otherwise, in: scope)
        case .repetition(let name, let path, let body):
            try repeatBody(name, path, body, in: scope)
        case .calculation(let calculation):
            if let number = try calculate(calculation, in: scope) {
                output += NetNumber.text(of: number)
            } else {
                output += token.source
            }
        }
    }

    private mutating func substitute(
        _ token: TemplateToken, _ expression: TemplateExpression, in scope: TemplateScope
    ) throws(TemplateFailure) {
        if let value = try value(expression, in: scope) {
            output += value
        } else if case .call("null", _, _) = expression {
            report.isNull = true
        } else {
            report.miss(token.source)
            output += token.source
        }
    }

    private mutating func repeatBody(
        _ name: String, _ path: SymbolPath, _ body: [TemplateToken], in scope: TemplateScope
    ) throws(TemplateFailure) {
        let items = try scope.items(path, &report)
        for (index, item) in items.enumerated() {
            let locals = Binding()
            let specials = [
                ("Index", String(index)), ("First", index == 0 ? "True" : "False"),
                ("Last", index == items.count - 1 ? "True" : "False"),
            ]
            for (special, value) in specials {
                let steps = ["Octopus", "Template", "Each", special].map(SymbolPath.Step.name)
                locals.set(value, at: SymbolPath(steps: steps))
            }
            locals.set(name, item)
            try evaluate(body, in: scope.inner(locals))
        }
    }

    /// The answer of a condition; nil where a filter in it gives nothing, which echoes the whole block.
    private mutating func holds(
        _ condition: TemplateCondition, in scope: TemplateScope
    ) throws(TemplateFailure) -> Bool? {
        guard let left = try side(condition.left, in: scope) else { return nil }
        guard let (isEqual, right) = condition.comparison else { return VariableDictionary.isTruthy(left) }
        switch right {
        case .text(let text): return (left == text) == isEqual
        case .expression(let expression):
            guard let value = try side(expression, in: scope) else { return nil }
            return (left == value) == isEqual
        }
    }

    /// A side of a comparison: an undefined variable is empty text.
    private mutating func side(
        _ expression: TemplateExpression, in scope: TemplateScope
    ) throws(TemplateFailure) -> String? {
        if case .symbol(let path) = expression { return try scope.value(path, &report) ?? "" }
        let value = try value(expression, in: scope)
        if value == nil { report.miss(expression.text) }
        return value
    }

    private mutating func value(
        _ expression: TemplateExpression, in scope: TemplateScope
    ) throws(TemplateFailure) -> String? {
        switch expression {
        case .symbol(let path):
            // A variable that is null on its own does not make null what it stands in.
            var inner = TemplateReport()
            let value = try scope.value(path, &inner)
            inner.isNull = false
            report.add(inner)
            return value
        case .call(let name, let input, let options):
            let input = try value(input, in: scope)
            var arguments: [String] = []
            for option in options {
                var evaluator = TemplateEvaluator()
                try evaluator.evaluate([option], in: scope.inner())
                report.add(evaluator.report)
                arguments.append(evaluator.output)
            }
            return TemplateFilters.apply(name, input, arguments, time: scope.budget.time)
        }
    }

    private mutating func calculate(
        _ calculation: Calculation, in scope: TemplateScope
    ) throws(TemplateFailure) -> Double? {
        switch calculation {
        case .number(let number): return number
        case .variable(let path): return try scope.value(path, &report).flatMap { NetNumber.double($0) }
        case .operation(let left, let sign, let right):
            guard let left = try calculate(left, in: scope), let right = try calculate(right, in: scope) else {
                return nil
            }
            switch sign {
            case "+": return left + right
            case "-": return left - right
            case "*": return left * right
            case "/": return left / right
            default:
                guard let left = Int64(exactly: left), let right = Int64(exactly: right), right != 0 else { return nil }
                return right == -1 ? 0 : Double(left % right)
            }
        }
    }
}
