import Core

/// Template cases as data: variables, a template, and how it is evaluated.
public enum TemplateCases {
    /// Evaluates one case.
    ///
    /// - Parameter json: `variables` (name to raw value, null is empty), `order` (names in insertion order),
    ///   `template`, `mode` ("truthy" asks for a boolean), `haltOnError` (default true), `name`.
    /// - Returns: `{name, value, missing, error}`.
    public static func evaluate(_ json: JSONValue, time: any TimeSource) -> JSONValue {
        let variables = self.variables(json["variables"], order: json["order"], time: time)
        let template = json["template"]?.string ?? ""
        let name = json["name"] ?? .null
        let result = variables.evaluate(template, haltOnError: json["haltOnError"]?.bool ?? true)
        let value: JSONValue =
            if json["mode"]?.string == "truthy" {
                .bool(variables.evaluateTruthy(template))
            } else {
                result.value.map { .string($0) } ?? .null
            }
        return [
            "name": name, "value": value, "missing": .array(result.missing.map { .string($0) }),
            "error": result.error.map { .string($0) } ?? .null,
        ]
    }

    /// The variables of a JSON object: text as it is, null as empty text, anything else as its JSON.
    ///
    /// - Parameter order: a list of names in the order in which they are set; names outside of it follow.
    public static func variables(
        _ json: JSONValue?, order: JSONValue? = nil, time: any TimeSource
    ) -> VariableDictionary {
        let members = json?.object ?? [:]
        let first = order?.array?.compactMap(\.string).filter { members[$0] != nil } ?? []
        var variables = VariableDictionary(time: time)
        for name in first + members.keys.filter({ !first.contains($0) }) {
            switch members[name] ?? .null {
            case .null: variables[name] = ""
            case .string(let text): variables[name] = text
            case .bool(let flag): variables[name] = flag ? "True" : "False"
            case let other: variables[name] = other.text()
            }
        }
        return variables
    }
}
