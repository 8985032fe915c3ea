import OrderedCollections

/// What may stand where in a workflow or action file.
///
/// Facts (keys, types, contexts and functions allowed) are those of GitHub's published schemas
/// (actions/languageservices `workflow-v1.0.json`, `action-v1.0.json`); the notation is this file's own.
final class Schema: Sendable {
    /// One way in which a value may look.
    enum Shape: Sendable {
        case null, boolean, number
        case string(isRequired: Bool)
        case words([String])
        case sequence(item: String)
        case mapping(Mapping)
    }

    /// Keys of a mapping.
    struct Mapping: Sendable {
        var properties: OrderedDictionary<String, Property> = [:]
        /// Types of any other key and its value.
        var loose: (key: String, value: String)?
    }

    /// A known key.
    struct Property: Sendable {
        var type: String
        var isRequired: Bool
    }

    /// A type: the shapes it may have, and what expressions in it may use.
    struct Definition: Sendable {
        var shapes: [Shape]
        /// Nil takes the one of the place around it.
        var scope: ExpressionScope?

        var mappings: [Mapping] { shapes.compactMap { if case .mapping(let mapping) = $0 { mapping } else { nil } } }
        var item: String? {
            for case .sequence(let item) in shapes { return item }
            return nil
        }
    }

    private let definitions: [String: Definition]

    init(_ definitions: [String: Definition]) { self.definitions = definitions }

    /// A type by its name; a name that is not there is a type that nothing fits.
    subscript(name: String) -> Definition { definitions[name] ?? Definition(shapes: [], scope: nil) }
}

extension Schema.Definition {
    /// A literal fits one of the shapes.
    func fits(_ kind: Template.Kind) -> Bool {
        shapes.contains { shape in
            switch (shape, kind) {
            case (.null, .null), (.boolean, .boolean), (.number, .number): true
            case (.string(let isRequired), .string(let text)): !isRequired || !text.isEmpty
            case (.words(let words), .string(let text)): words.contains(text)
            default: false
            }
        }
    }
}
