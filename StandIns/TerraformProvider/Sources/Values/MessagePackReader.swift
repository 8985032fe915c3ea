/// Why bytes are not a MessagePack value of the wanted type.
package struct DecodingTrouble: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Reads MessagePack from the front of a byte array.
package struct MessagePackReader {
    /// How deep values may be nested, so that hostile bytes can't use up the stack.
    static let depth = 128

    private let bytes: [UInt8]
    private var place = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that the bytes hold.
    ///
    /// Throws when they end early, go on after it, or hold an unassigned mark.
    package static func read(_ bytes: [UInt8]) throws -> MessagePack {
        var reader = MessagePackReader(bytes)
        let value = try reader.value(depth: 0)
        guard reader.place == bytes.count else { throw DecodingTrouble("\(bytes.count - reader.place) bytes too many") }
        return value
    }

    private mutating func value(depth: Int) throws -> MessagePack {
        guard depth < Self.depth else { throw DecodingTrouble("nested more than \(Self.depth) deep") }
        let mark = try byte()
        switch mark {
        case 0x00...0x7f: return .int(Int(mark))
        case 0xe0...0xff: return .int(Int(Int8(bitPattern: mark)))
        case 0x80...0x8f: return try map(Int(mark & 0x0f), depth)
        case 0x90...0x9f: return try array(Int(mark & 0x0f), depth)
        case 0xa0...0xbf: return .string(try text(Int(mark & 0x1f)))
        case 0xc0: return .null
        case 0xc2: return .bool(false)
        case 0xc3: return .bool(true)
        case 0xc4...0xc6: return .binary(try take(length(mark - 0xc4)))
        case 0xc7...0xc9: return try extended(length(mark - 0xc7))
        case 0xca: return .float(Double(Float(bitPattern: UInt32(try number(4)))))
        case 0xcb: return .float(Double(bitPattern: try number(8)))
        case 0xcc...0xcf: return Self.unsigned(try number(1 << Int(mark - 0xcc)))
        case 0xd0...0xd3: return .int(Self.signed(try number(1 << Int(mark - 0xd0)), 1 << Int(mark - 0xd0)))
        case 0xd4...0xd8: return try extended(1 << Int(mark - 0xd4))
        case 0xd9...0xdb: return .string(try text(length(mark - 0xd9)))
        case 0xdc, 0xdd: return try array(length(mark - 0xdc + 1), depth)
        case 0xde, 0xdf: return try map(length(mark - 0xde + 1), depth)
        default: throw DecodingTrouble("the mark 0xc1 has no meaning")
        }
    }

    private static func unsigned(_ number: UInt64) -> MessagePack {
        Int(exactly: number).map(MessagePack.int) ?? .large(number)
    }

    private static func signed(_ number: UInt64, _ count: Int) -> Int {
        let unused = UInt64(64 - count * 8)
        return Int(Int64(bitPattern: number << unused) >> Int64(unused))
    }

    private mutating func byte() throws -> UInt8 {
        guard place < bytes.count else { throw DecodingTrouble("the bytes end early") }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard bytes.count - place >= count else { throw DecodingTrouble("the bytes end early") }
        defer { place += count }
        return Array(bytes[place..<place + count])
    }

    private mutating func number(_ count: Int) throws -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A length of 1, 2 or 4 bytes.
    private mutating func length(_ power: UInt8) throws -> Int { Int(try number(1 << Int(power))) }

    private mutating func text(_ count: Int) throws -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw DecodingTrouble("a string is not UTF-8")
        }
        return text
    }

    private mutating func extended(_ count: Int) throws -> MessagePack {
        let type = Int8(bitPattern: try byte())
        return .extension(type, try take(count))
    }

    private mutating func array(_ count: Int, _ depth: Int) throws -> MessagePack {
        guard count <= bytes.count - place else { throw DecodingTrouble("the bytes end early") }
        var items: [MessagePack] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try value(depth: depth + 1)) }
        return .array(items)
    }

    private mutating func map(_ count: Int, _ depth: Int) throws -> MessagePack {
        guard count <= (bytes.count - place) / 2 else { throw DecodingTrouble("the bytes end early") }
        var pairs: [MessagePack.Pair] = []
        pairs.reserveCapacity(count)
        for _ in 0..<count {
            let key = try value(depth: depth + 1)
            pairs.append(MessagePack.Pair(key, try value(depth: depth + 1)))
        }
        return .map(pairs)
    }
}
