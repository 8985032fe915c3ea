/// Values as Terraform sends them: MessagePack, read and written by the type that the schema gives.
extension Value {
    /// Reads MessagePack bytes; no bytes are null.
    package init(messagePack bytes: [UInt8], type: ValueType) throws {
        self = bytes.isEmpty ? .null : try Value(MessagePackReader.read(bytes), type)
    }

    /// Reads one value, which must be of the type.
    package init(_ raw: MessagePack, _ type: ValueType) throws {
        switch (raw, type) {
        case (.null, _): self = .null
        case (.extension, _): self = .unknown
        case (.bool(let flag), .bool): self = .bool(flag)
        case (.string(let text), .string): self = .string(text)
        case (_, .number): self = try Self.number(raw)
        case (.array(let items), .list(let element)), (.array(let items), .set(let element)):
            self = .list(try items.map { try Value($0, element) })
        case (.array(let items), .tuple(let types)) where items.count == types.count:
            self = .list(try zip(items, types).map { try Value($0, $1) })
        case (.map(let pairs), .map(let element)):
            self = .object(try Self.members(pairs).mapValues { try Value($0, element) })
        case (.map(let pairs), .object(let types)): self = try Self.object(Self.members(pairs), types)
        case (.array(let parts), .dynamic) where parts.count == 2: self = try Self.dynamic(parts)
        default: throw DecodingTrouble("\(raw) is not of type \(type)")
        }
    }

    private static func number(_ raw: MessagePack) throws -> Value {
        switch raw {
        case .int(let number): return .int(number)
        case .large(let number): return .digits(String(number))
        case .float(let number): return Value(number)
        case .string(let text):
            if let number = Int(text) { return .int(number) }
            guard Double(text) != nil else { throw DecodingTrouble("\(text) is not a number") }
            return .digits(text)
        default: throw DecodingTrouble("\(raw) is not a number")
        }
    }

    private static func members(_ pairs: [MessagePack.Pair]) throws -> [String: MessagePack] {
        var members: [String: MessagePack] = [:]
        for pair in pairs {
            guard case .string(let key) = pair.key else { throw DecodingTrouble("the key \(pair.key) is not a string") }
            members[key] = pair.value
        }
        return members
    }

    private static func object(_ members: [String: MessagePack], _ types: [String: ValueType]) throws -> Value {
        if let other = members.keys.first(where: { types[$0] == nil }) { throw DecodingTrouble("no member \(other)") }
        return .object(
            try Dictionary(
                uniqueKeysWithValues: types.map { key, type in
                    guard let raw = members[key] else { throw DecodingTrouble("the member \(key) is missing") }
                    return (key, try Value(raw, type))
                }))
    }

    private static func dynamic(_ parts: [MessagePack]) throws -> Value {
        guard case .binary(let json) = parts[0] else { throw DecodingTrouble("a dynamic value without its type") }
        let type = try ValueType(JSON(parsing: json))
        return .dynamic(type, try Value(parts[1], type))
    }

    /// MessagePack bytes of the value; keys are sorted.
    package func messagePack(_ type: ValueType) throws -> [UInt8] { try raw(type).bytes }

    private func raw(_ type: ValueType) throws -> MessagePack {
        switch (self, type) {
        case (.null, _): return .null
        case (.unknown, _): return .extension(0, [0])
        case (.bool(let flag), .bool): return .bool(flag)
        case (.int(let number), .number): return .int(number)
        case (.double(let number), .number): return .float(number)
        case (.digits(let text), .number), (.string(let text), .string): return .string(text)
        case (.list(let items), .list(let element)), (.list(let items), .set(let element)):
            return .array(try items.map { try $0.raw(element) })
        case (.list(let items), .tuple(let types)) where items.count == types.count:
            return .array(try zip(items, types).map { try $0.raw($1) })
        case (.object(let members), .map(let element)):
            return .map(
                try members.sorted { $0.key < $1.key }.map { .init(.string($0.key), try $0.value.raw(element)) })
        case (.object(let members), .object(let types)):
            if let other = members.keys.first(where: { types[$0] == nil }) {
                throw DecodingTrouble("no member \(other)")
            }
            return .map(
                try types.sorted { $0.key < $1.key }.map {
                    .init(.string($0.key), try (members[$0.key] ?? .null).raw($0.value))
                })
        case (.dynamic(let own, let value), .dynamic):
            return .array([.binary(try own.json.text()), try value.raw(own)])
        default: throw DecodingTrouble("\(self) is not of type \(type)")
        }
    }

    /// Reads JSON, as in a state file; members that are missing become null and others are left out.
    package init(json: JSON, type: ValueType) throws {
        switch (json, type) {
        case (.null, _): self = .null
        case (_, .string): self = try Self.wanted(json.string.map(Value.string), json, type)
        case (_, .bool): self = try Self.wanted(json.bool.map(Value.bool), json, type)
        case (.int(let number), .number): self = .int(number)
        case (.double(let number), .number): self = Value(number)
        case (.string(let text), .number): self = try Self.number(.string(text))
        case (.array(let items), .list(let element)), (.array(let items), .set(let element)):
            self = .list(try items.map { try Value(json: $0, type: element) })
        case (.array(let items), .tuple(let types)) where items.count == types.count:
            self = .list(try zip(items, types).map { try Value(json: $0, type: $1) })
        case (.object(let members), .map(let element)):
            self = .object(try members.mapValues { try Value(json: $0, type: element) })
        case (.object(let members), .object(let types)):
            self = .object(
                try Dictionary(
                    uniqueKeysWithValues: types.map { ($0, try Value(json: members[$0] ?? .null, type: $1)) }))
        case (.object, .dynamic):
            let own = try ValueType(json["type"])
            self = .dynamic(own, try Value(json: json["value"], type: own))
        default: throw DecodingTrouble("\(json) is not of type \(type)")
        }
    }

    private static func wanted(_ value: Value?, _ json: JSON, _ type: ValueType) throws -> Value {
        guard let value else { throw DecodingTrouble("\(json) is not of type \(type)") }
        return value
    }
}
