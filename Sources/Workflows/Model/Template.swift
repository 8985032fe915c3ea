/// A value of a workflow or action file that may hold expressions, with the place where it stands.
///
/// A scalar with text around an expression is folded into one `format(...)` expression, as GitHub's own reader does
/// (actions/runner, `TemplateReader.ParseScalar`), so a scalar is either a literal or exactly one expression.
public struct Template: Sendable {
    /// Where the value stands.
    public var place: Place
    /// What it holds.
    public var kind: Kind

    /// What a template value holds.
    public indirect enum Kind: Sendable {
        case null
        case boolean(Bool)
        case number(Double)
        case string(String)
        /// One expression, its text without the braces.
        case expression(Expression)
        case sequence([Template])
        case mapping([Entry])
    }

    /// One member of a mapping.
    public struct Entry: Sendable {
        /// A string, or an expression that gives one.
        public var key: Template
        /// The member's value.
        public var value: Template
        /// The key is `${{ insert }}`: the value's members take the place of this one.
        public var inserts: Bool

        /// A member; it is no `${{ insert }}` unless said.
        public init(key: Template, value: Template, inserts: Bool = false) {
            self.key = key
            self.value = value
            self.inserts = inserts
        }
    }

    /// A template at a place.
    public init(_ kind: Kind, at place: Place) {
        self.kind = kind
        self.place = place
    }
}

extension Template {
    /// The text of a literal string; nil for everything else.
    public var literal: String? { if case .string(let text) = kind { text } else { nil } }
    /// The members of a literal mapping; nil for everything else.
    public var entries: [Entry]? { if case .mapping(let entries) = kind { entries } else { nil } }
    /// The items of a literal sequence; nil for everything else.
    public var items: [Template]? { if case .sequence(let items) = kind { items } else { nil } }
    /// The value of a literal mapping's member by its exact key.
    public subscript(key: String) -> Template? { entries?.first { $0.key.literal == key }?.value }

    /// The value has an expression somewhere in it, keys included.
    public var hasExpression: Bool {
        switch kind {
        case .null, .boolean, .number, .string: false
        case .expression: true
        case .sequence(let items): items.contains(where: \.hasExpression)
        case .mapping(let entries):
            entries.contains { $0.inserts || $0.key.hasExpression || $0.value.hasExpression }
        }
    }
}
