/// What is wrong with an expression, found while reading or while evaluating it.
public struct ExpressionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stage that found it.
    public enum Kind: String, Sendable, Hashable {
        /// Characters that are no token.
        case lexing
        /// Tokens that are no expression, or names that are not allowed here.
        case parsing
        /// Values that an operation does not take, or a limit.
        case evaluation
    }

    /// The stage that found it.
    public var kind: Kind
    /// What is wrong, in GitHub's words.
    public var message: String
    /// Offset of the token in UTF-16 units from the start of the expression; nil where there is no token.
    public var offset: Int?

    /// A fault.
    public init(_ kind: Kind, _ message: String, offset: Int? = nil) {
        self.kind = kind
        self.message = message
        self.offset = offset
    }

    /// The message.
    public var description: String { message }

    static let memory = ExpressionFault(.evaluation, "The maximum allowed memory size was exceeded")
}
