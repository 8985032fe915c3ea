import Core

/// Variables with templates as values, and the evaluation of `#{}` templates over them.
///
/// Names ignore case and keep the order in which they came. The language is Octopus' template syntax
/// (https://octopus.com/docs/projects/variables/variable-substitutions), with the reference implementation's
/// behaviour where its documentation is silent.
public struct VariableDictionary: Sendable {
    private var values: [(name: String, value: String)] = []
    private var places: [String: Int] = [:]
    private let time: any TimeSource

    /// What an evaluation gives.
    public struct Evaluation: Sendable, Hashable {
        /// The text; nil where a template demands null, or where the evaluation failed.
        public let value: String?
        /// Tokens that could not be resolved and are echoed in the text, in order.
        public let missing: [String]
        /// Why the text is not what was wanted: it can't be read, tokens are missing, or a variable needs itself.
        public let error: String?
        /// The evaluation could not go on at all: a loop, or a template that asks for too much.
        public let hasFailed: Bool
    }

    /// No variables.
    ///
    /// - Parameter time: the clock of the filters NowDate and NowDateUtc.
    public init(time: any TimeSource = SystemTime()) { self.time = time }

    /// Variables in order.
    public init(_ variables: [(name: String, value: String)], time: any TimeSource = SystemTime()) {
        self.init(time: time)
        for variable in variables { self[variable.name] = variable.value }
    }

    /// The names in order, as they were first given.
    public var names: [String] { values.map(\.name) }

    /// The raw value of a variable; setting nil removes it.
    public subscript(name: String) -> String? {
        get { places[name.lowercased()].map { values[$0].value } }
        set {
            let key = name.lowercased()
            if let newValue {
                if let place = places[key] {
                    values[place].value = newValue
                } else {
                    places[key] = values.count
                    values.append((name, newValue))
                }
            } else if let place = places.removeValue(forKey: key) {
                values.remove(at: place)
                for (index, variable) in values.enumerated().dropFirst(place) {
                    places[variable.name.lowercased()] = index
                }
            }
        }
    }

    /// Sets all variables of another dictionary.
    public mutating func merge(_ other: VariableDictionary) {
        for variable in other.values { self[variable.name] = variable.value }
    }

    /// The evaluated value of a variable; nil where it is not set.
    public func get(_ name: String) -> String? { self[name].map { evaluate($0).value ?? "" } }

    /// Evaluates a template.
    ///
    /// - Parameter haltOnError: a part that can't be read returns the whole template as it is; false keeps that
    ///   part and evaluates the rest, as for files and inline scripts.
    public func evaluate(_ template: String, haltOnError: Bool = true) -> Evaluation {
        switch TemplateParser(template).template(haltOnError: haltOnError) {
        case .failure(let fault):
            return Evaluation(value: template, missing: [], error: fault.description, hasFailed: false)
        case .success(let tokens):
            return evaluate(tokens)
        }
    }

    /// The template resolves without any error to a text that is not falsy: empty, 0, no or false.
    public func evaluateTruthy(_ template: String) -> Bool {
        let result = evaluate(template)
        guard result.error == nil, let value = result.value else { return false }
        return VariableDictionary.isTruthy(value)
    }

    /// A text that counts as true in a condition.
    public static func isTruthy(_ text: String) -> Bool {
        !text.isEmpty && text != "0" && !["no", "false"].contains(text.trimmed.lowercased())
    }

    private func evaluate(_ tokens: [TemplateToken]) -> Evaluation {
        let root = Binding()
        for variable in values {
            if let path = TemplateParser.path(variable.name) { root.set(variable.value, at: path) }
        }
        var evaluator = TemplateEvaluator()
        do {
            try evaluator.evaluate(tokens, in: TemplateScope(root, budget: TemplateBudget(time: time)))
        } catch {
            return Evaluation(value: nil, missing: [], error: error.message, hasFailed: true)
        }
        let report = evaluator.report
        let shown = report.missing.map { "'\($0)'" }.joined(separator: ", ")
        return Evaluation(
            value: report.isNull ? nil : evaluator.output, missing: report.missing,
            error: report.missing.isEmpty ? nil : "The following tokens were unable to be evaluated: \(shown)",
            hasFailed: false)
    }
}
