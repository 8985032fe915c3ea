import Planning
import Values

/// What was recorded of the real provider.
enum Examples {
    static func recorded(_ key: String) throws -> JSON {
        try JSON(parsing: PackageResources.examples_json)[key]
    }

    /// A configuration with everything that it leaves out; a reference to something not made yet is not known.
    static func config(_ json: JSON, _ block: Block) throws -> Value {
        var members: [String: Value] = [:]
        for (name, attribute) in block.attributes {
            if let reference = json[name]["ref"].string {
                members[name] = reference.hasSuffix(".pool_id") ? .string("lab") : .unknown
            } else {
                members[name] = try Value(json: json[name], type: attribute.type)
            }
        }
        for (name, nested) in block.blocks {
            members[name] = .list(try json[name].array.map { try config($0, nested.block) })
        }
        return .object(members)
    }

    /// The part of a value that is known, as Terraform shows it: members that are not known are left out.
    static func known(_ value: Value) -> JSON? {
        switch value {
        case .null: .null
        case .unknown: nil
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .digits(let text), .string(let text): .string(text)
        case .list(let items): .array(items.map { known($0) ?? .null })
        case .object(let members): .object(members.compactMapValues(known))
        case .dynamic(_, let value): known(value)
        }
    }

    /// What of a value is not known, as nested marks; nil where all is known.
    static func unknown(_ value: Value) -> JSON? {
        switch value {
        case .unknown: return .bool(true)
        case .list(let items):
            let marks = items.map { unknown($0) }
            return marks.allSatisfy { $0 == nil } ? nil : .array(marks.map { $0 ?? .object([:]) })
        case .object(let members):
            let marks = members.compactMapValues(unknown)
            return marks.isEmpty ? nil : .object(marks)
        default: return nil
        }
    }
}
