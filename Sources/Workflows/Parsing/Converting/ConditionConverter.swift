/// `if` of jobs and steps.
enum ConditionConverter {
    private static let needs = ["github", "inputs", "vars", "needs"]
    private static let after = needs + ["strategy", "matrix", "steps", "job", "runner", "env"]
    private static let action = ["github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"]
    private static let status = ["always(0,0)", "failure(0,0)", "cancelled(0,0)", "success(0,0)"]
    private static let files = ["hashFiles(1,255)"]
    static let statusNames = ["always", "cancelled", "failure", "success"]

    private static let jobScope = ExpressionScope(
        schema: needs + ["always(0,0)", "failure(0,MAX)", "cancelled(0,0)", "success(0,MAX)"])
    private static let stepScope = ExpressionScope(schema: after + status + files)
    private static let actionScope = ExpressionScope(schema: action + status + files)

    static func job(_ template: Template?, at place: Place, _ faults: inout Faults) -> Condition {
        condition(template, at: place, in: jobScope, &faults)
    }

    static func step(
        _ template: Template?, at place: Place, isAction: Bool, _ faults: inout Faults
    ) -> Condition {
        condition(template, at: place, in: isAction ? actionScope : stepScope, &faults)
    }

    private static func condition(
        _ template: Template?, at place: Place, in scope: ExpressionScope, _ faults: inout Faults
    ) -> Condition {
        guard let template else { return success(at: place) }
        let expression: Expression
        switch template.kind {
        case .expression(let given): expression = given
        default:
            let text = TemplateText.trimmed(SchemaReader.text(template.kind))
            if text.isEmpty { return success(at: template.place) }
            do {
                expression = try Expression.parse(text, in: scope)
            } catch {
                faults.add(template.place, error.message)
                return success(at: template.place)
            }
        }
        let hasStatus = expression.calls(anyOf: statusNames)
        return Condition(
            source: expression.source, expression: hasStatus ? expression : expression.guarded(byCall: "success"),
            at: template.place)
    }

    /// No text: `success()`.
    private static func success(at place: Place) -> Condition {
        Condition(source: "", expression: .success, at: place)
    }

    /// `pre-if` and `post-if` of actions, which are `always()` where they are left out.
    static func around(_ template: Template?, _ faults: inout Faults) -> Condition? {
        template.map { condition($0, at: $0.place, in: actionScope, &faults) }
    }
}
