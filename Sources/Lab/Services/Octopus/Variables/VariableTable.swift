import Core
import Octopus

/// The variables that count at one place: those of the template language, with which of them are secret.
struct VariableTable: Sendable {
    private var dictionary: VariableDictionary
    private var sensitive: Set<String> = []

    /// No variables.
    init(time: any TimeSource = SystemTime()) { dictionary = VariableDictionary(time: time) }

    /// The names in the order in which they were first set.
    var names: [String] { dictionary.names }

    /// Sets a variable; a later value replaces an earlier one and keeps its place.
    mutating func set(_ name: String, _ value: String, isSensitive: Bool = false) {
        dictionary[name] = value
        if isSensitive { sensitive.insert(name.lowercased()) } else { sensitive.remove(name.lowercased()) }
    }

    /// Sets a variable unless there is one of the name.
    mutating func setMissing(_ name: String, _ value: String, isSensitive: Bool = false) {
        if dictionary[name] == nil { set(name, value, isSensitive: isSensitive) }
    }

    /// The value as it stands, not evaluated; nil where there is none.
    func raw(_ name: String) -> String? { dictionary[name] }

    /// The evaluated value; nil where there is none.
    func value(_ name: String) -> String? { dictionary[name].map { expand($0).text } }

    /// The evaluated value is "True" in any case.
    func flag(_ name: String) -> Bool { value(name)?.lowercased() == "true" }

    /// A text with its templates evaluated.
    ///
    /// - Parameter isLenient: what does not parse stays as text and the rest still is evaluated, as in files.
    /// - Returns: the text, and one sentence where something did not resolve.
    func expand(_ text: String, isLenient: Bool = false) -> (text: String, faults: [String]) {
        guard text.contains("#") else { return (text, []) }
        let result = dictionary.evaluate(text, haltOnError: !isLenient)
        if result.hasFailed { return (text, [result.error ?? "The text could not be evaluated."]) }
        return (result.value ?? "", result.error.map { [$0] } ?? [])
    }

    /// Whether an expression holds: it evaluates without a fault, to something that is not falsy.
    func isTrue(_ expression: String) -> Bool { dictionary.evaluateTruthy(expression) }

    /// All variables evaluated, for a script; values that can't be evaluated stand as they are.
    var evaluated: [BashScript.Variable] {
        names.map { BashScript.Variable(name: $0, value: value($0) ?? "") }
    }

    /// Evaluated values that must not be shown.
    var secrets: [String] { names.filter { sensitive.contains($0.lowercased()) }.compactMap(value) }
}
