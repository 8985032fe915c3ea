import Core

/// Why an evaluation can't go on at all.
enum TemplateFailure: Error {
    /// A variable needs itself.
    case loop(path: SymbolPath, chain: [SymbolPath])
    /// The template asks for too much: nesting, look-ups or text.
    case tooMuch(String)

    /// One sentence; the first is the reference implementation's.
    var message: String {
        switch self {
        case .loop(let path, let chain):
            let shown = (chain + [path]).map(\.text).joined(separator: " -> ")
            return "An attempt to parse the variable symbol \"\(path.text)\" appears to have resulted in a self "
                + "referencing loop (\(shown)). Ensure that recursive loops do not exist in the variable values."
        case .tooMuch(let what): return "The template can't be evaluated: \(what)."
        }
    }
}

/// What all scopes of one evaluation share: bounds against templates that would never end.
final class TemplateBudget {
    /// Look-ups that one evaluation may make.
    static let lookups = 1_000_000
    /// Scopes inside scopes; a variable inside a variable takes two.
    static let deepest = 240
    /// The longest result of a variable, in UTF-8 bytes.
    static let longest = 32 << 20

    let time: any TimeSource
    var spent = 0
    var depth = 0
    private var parsed: [String: [TemplateToken]?] = [:]

    init(time: any TimeSource) { self.time = time }

    /// The tokens of a variable's value; nil where it can't be read, and is then plain text.
    func tokens(_ text: String) -> [TemplateToken]? {
        if let known = parsed[text] { return known }
        let tokens = try? TemplateParser(text).template(haltOnError: true).get()
        parsed[text] = .some(tokens)
        return tokens
    }
}

/// Where names are looked up: the variables, or what a loop adds to them.
final class TemplateScope {
    private let binding: Binding
    private let parent: TemplateScope?
    let budget: TemplateBudget
    /// The paths that are being resolved here, outermost first.
    private var resolving: [SymbolPath] = []

    init(_ binding: Binding, parent: TemplateScope? = nil, budget: TemplateBudget) {
        self.binding = binding
        self.parent = parent
        self.budget = budget
    }

    /// A scope inside this one.
    func inner(_ binding: Binding = Binding()) -> TemplateScope {
        TemplateScope(binding, parent: self, budget: budget)
    }

    /// The value at a path, evaluated; nil where there is none.
    func value(_ path: SymbolPath, _ report: inout TemplateReport) throws(TemplateFailure) -> String? {
        try walk(path, &report)?.value
    }

    /// What a loop over a path runs through.
    func items(_ path: SymbolPath, _ report: inout TemplateReport) throws(TemplateFailure) -> [Binding] {
        guard let found = try walk(path, &report) else { return [] }
        if !found.indexed.isEmpty { return found.indexed.map(\.binding) }
        guard let value = found.value else { return [] }
        switch LooseJSON.parse(value) {
        case .array(let items): return items.map { Binding($0.text) }
        case .object(let members):
            return members.map { member in
                let item = Binding(member.name)
                item.set("Key", Binding(member.name))
                item.set("Value", Binding(member.value.text))
                return item
            }
        default: return value.split(separator: ",", omittingEmptySubsequences: false).map { Binding(String($0)) }
        }
    }

    private func walk(_ path: SymbolPath, _ report: inout TemplateReport) throws(TemplateFailure) -> Binding? {
        try enter(path)
        defer { leave() }
        guard let path = try withIndexes(path) else { return nil }
        var found = binding
        for step in path.steps {
            var next: Binding?
            let name: String
            switch step {
            case .name(let text): (next, name) = (found.child(text), text)
            case .index(let text): (next, name) = (found.child(at: text), text)
            case .lookup: return nil
            }
            if next == nil { next = try json(of: found, name) }
            guard let next else { return try parent?.walk(path, &report) }
            found = next
        }
        return try evaluated(found, &report)
    }

    private func enter(_ path: SymbolPath) throws(TemplateFailure) {
        var scope: TemplateScope? = self
        while let current = scope {
            if current.resolving.contains(path) { throw .loop(path: path, chain: current.resolving) }
            scope = current.parent
        }
        budget.spent += 1
        guard budget.spent <= TemplateBudget.lookups else { throw .tooMuch("it looks up too many variables") }
        guard budget.depth < TemplateBudget.deepest else { throw .tooMuch("its variables are nested too deep") }
        budget.depth += 1
        resolving.append(path)
    }

    private func leave() {
        budget.depth -= 1
        resolving.removeLast()
    }

    /// The path with its `[#{…}]` replaced by their values; one without a value makes the path resolve to nothing.
    private func withIndexes(_ path: SymbolPath) throws(TemplateFailure) -> SymbolPath? {
        var steps: [SymbolPath.Step] = []
        for step in path.steps {
            guard case .lookup(let inner) = step else {
                steps.append(step)
                continue
            }
            var ignored = TemplateReport()
            guard let index = try walk(inner, &ignored)?.value else { return nil }
            steps.append(.index(index))
        }
        return SymbolPath(steps: steps)
    }

    private func evaluated(_ found: Binding, _ report: inout TemplateReport) throws(TemplateFailure) -> Binding {
        guard let value = found.value, let tokens = budget.tokens(value) else { return found }
        if case .text(let text)? = tokens.first, tokens.count == 1 { return Binding(text) }
        if tokens.isEmpty { return Binding("") }
        var evaluator = TemplateEvaluator()
        try evaluator.evaluate(tokens, in: inner())
        report.add(evaluator.report)
        return Binding(evaluator.output)
    }

    /// A member of a value that is JSON.
    private func json(of found: Binding, _ name: String) throws(TemplateFailure) -> Binding? {
        guard var value = found.value, !value.isEmpty, !name.isEmpty else { return nil }
        if value.contains("#{") {
            var ignored = TemplateReport()
            do {
                value = try evaluated(found, &ignored).value ?? value
            } catch .loop {
                // A member that names another member of the same value: that one is read from the raw text.
            }
        }
        switch LooseJSON.parse(value) {
        case nil: return nil
        case .array(let items):
            guard let index = Int(name) else { return nil }
            return Binding(items.indices.contains(index) ? items[index].text : "")
        case .object(let members): return Binding(members.last { $0.name == name }?.value.text ?? "")
        case .null: return Binding()
        case let scalar?: return Binding(scalar.text)
        }
    }
}
