import Values

/// An attribute of a block, with what its provider does beyond its type.
package struct Attribute: Sendable {
    package var type: ValueType
    /// Attributes of a nested object and its nesting; the type is made of them.
    package var nested: Nested?
    package var required = false
    package var optional = false
    package var computed = false
    package var sensitive = false
    package var deprecated = false
    package var writeOnly = false
    /// A number that must be whole.
    package var isWhole = false
    /// What is planned where the configuration says nothing.
    package var fallback: Value?
    /// Whether a change makes a new resource.
    package var isForcing = false
    /// Whether the value is normalised before it is planned.
    package var isNormalised = false
    /// Whether some differences are no change.
    package var isLenient = false
    /// Whether an update keeps the computed value.
    package var keepsState = false
    /// Members of each element, for a list of objects that is written as blocks.
    package var elements: [String: Attribute]?
    package var maximum: Int?
    package var rule: Rule?
    package var elementRule: Rule?
    package var requiredWith: [String] = []

    /// A nested object, list, set or map of objects.
    package struct Nested: Sendable {
        package let nesting: Nesting
        package let attributes: [String: Attribute]
    }
}

/// What a value must be.
package struct Rule: Sendable {
    package var choices: [Value] = []
    package var minimum: Double?
    package var maximum: Double?
    package var isFilled = false
    package var mayBeEmpty = false
    package var format: String?
    package var pattern: String?
    package var requires: [String] = []
}

/// How blocks or objects are nested.
package enum Nesting: String, Sendable {
    case single, list, set, map, group
}

/// A block: attributes and further blocks.
package struct Block: Sendable {
    package var attributes: [String: Attribute] = [:]
    package var blocks: [String: NestedBlock] = [:]

    /// The type of the block's value: an object with every attribute and every block.
    package var type: ValueType {
        var members = attributes.mapValues(\.type)
        for (name, nested) in blocks { members[name] = nested.type }
        return .object(members)
    }
}

/// A block within a block.
package struct NestedBlock: Sendable {
    package var nesting: Nesting
    package var minimum = 0
    package var maximum = 0
    package var block: Block
    package var isForcing = false
    package var isComputed = false
    package var isLenient = false
    /// What an absent block means to the API; never planned.
    package var fallback: JSON = .null

    package var type: ValueType {
        switch nesting {
        case .single, .group: block.type
        case .list: .list(block.type)
        case .set: .set(block.type)
        case .map: .map(block.type)
        }
    }
}

/// A resource or data source.
package struct Schema: Sendable {
    package var name: String
    package var version = 0
    package var block: Block
    /// Whether it follows the legacy type system, as resources of the older plugin library do.
    package var isLegacy = false
    package var isDeprecated = false
    /// The name whose code serves it, which differs for an alias.
    package var canonical: String
}

/// Everything that the provider serves.
package struct Catalogue: Sendable {
    package var provider: Block
    package var resources: [String: Schema]
    package var dataSources: [String: Schema]
}
