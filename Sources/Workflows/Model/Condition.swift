/// An `if`: one expression, already wrapped by GitHub's implicit rule.
///
/// Where the text uses none of `always`, `cancelled`, `failure` and `success`, the expression is
/// `success() && (text)`; no text at all is `success()`.
public struct Condition: Sendable {
    /// Where the `if` stands, or the job or step where there is none.
    public var place: Place
    /// The text as it was written, without braces; empty where there is no `if`.
    public var source: String
    /// What is evaluated.
    public var expression: Expression

    /// A condition whose expression is already wrapped.
    public init(source: String, expression: Expression, at place: Place) {
        self.source = source
        self.expression = expression
        self.place = place
    }

    /// The truth of the condition.
    ///
    /// - Throws: `ExpressionFault`, which counts as a failure of the step or job.
    public func holds(_ evaluator: Evaluator) throws(ExpressionFault) -> Bool {
        try evaluator.evaluate(expression).isTruthy
    }
}
