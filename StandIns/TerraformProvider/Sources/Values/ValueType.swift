/// The type of a value, as a schema gives it.
package indirect enum ValueType: Sendable, Hashable {
    case string, number, bool, dynamic
    case list(ValueType)
    case set(ValueType)
    case map(ValueType)
    case object([String: ValueType])
    case tuple([ValueType])

    /// Reads type JSON, such as `["list","string"]`.
    package init(_ json: JSON) throws {
        switch json {
        case .string("string"): self = .string
        case .string("number"): self = .number
        case .string("bool"): self = .bool
        case .string("dynamic"): self = .dynamic
        case .array(let parts) where parts.count == 2: self = try Self.collection(parts[0].string ?? "", parts[1])
        default: throw DecodingTrouble("\(json) is not a type")
        }
    }

    private static func collection(_ kind: String, _ part: JSON) throws -> ValueType {
        switch kind {
        case "list": .list(try ValueType(part))
        case "set": .set(try ValueType(part))
        case "map": .map(try ValueType(part))
        case "object": .object(try part.object.mapValues(ValueType.init))
        case "tuple": .tuple(try part.array.map(ValueType.init))
        default: throw DecodingTrouble("\(kind) is not a type")
        }
    }

    /// The type as JSON.
    package var json: JSON {
        switch self {
        case .string: "string"
        case .number: "number"
        case .bool: "bool"
        case .dynamic: "dynamic"
        case .list(let element): .array(["list", element.json])
        case .set(let element): .array(["set", element.json])
        case .map(let element): .array(["map", element.json])
        case .object(let members): .array(["object", .object(members.mapValues(\.json))])
        case .tuple(let members): .array(["tuple", .array(members.map(\.json))])
        }
    }
}

extension JSON: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
}
