import Core

/// Evaluates expressions for people and for test data, as `nante workflow eval` does.
public enum ExpressionCases {
    /// Evaluates an expression over the contexts of a JSON object; only its names may be used.
    ///
    /// - Throws: `ExpressionFault`.
    public static func evaluate(_ text: String, contexts: JSONValue) throws(ExpressionFault) -> ExpressionValue {
        let members = contexts.object?.elements.map { ($0.key, ExpressionValue($0.value)) } ?? []
        let scope = ExpressionScope(contexts: members.map(\.0))
        let expression = try Expression.parse(text, in: scope)
        return try Evaluator(contexts: ExpressionObject(members)).evaluate(expression)
    }

    /// `{"kind", "value"}` of a value.
    public static func shown(_ value: ExpressionValue) -> JSONValue {
        .object(["kind": .string(value.kindName), "value": value.json])
    }

    /// One line for each case of a file in the form of GitHub's expression test data.
    ///
    /// - Throws: `Failure` where the file has another form.
    public static func lines(_ file: JSONValue) throws -> [JSONValue] {
        guard let groups = file.object else { throw Failure(.usage, "the cases must be a JSON object of groups") }
        var lines: [JSONValue] = []
        for (group, cases) in groups {
            guard let cases = cases.array else { throw Failure(.usage, "the group '\(group)' must be an array") }
            for (index, item) in cases.enumerated() {
                lines.append(line(group, index, item))
            }
        }
        return lines
    }

    private static func line(_ group: String, _ index: Int, _ item: JSONValue) -> JSONValue {
        var line: [(String, JSONValue)] = [("group", .string(group)), ("index", .number(Double(index)))]
        do {
            let value = try evaluate(item["expr"]?.string ?? "", contexts: item["contexts"] ?? .emptyObject)
            line += [("kind", .string(value.kindName)), ("value", value.json)]
        } catch {
            let fault: JSONValue = .object([
                "kind": .string(error.kind.rawValue), "message": .string(error.message),
            ])
            line.append(("error", fault))
        }
        return .object(.init(uniqueKeysWithValues: line))
    }
}
