import Testing
import Values

@Suite struct CodecTests {
    @Test(arguments: [
        ("c0", MessagePack.null), ("c3", .bool(true)), ("7f", .int(127)), ("ff", .int(-1)), ("cc80", .int(128)),
        ("cdffff", .int(0xffff)), ("ce00010000", .int(0x1_0000)), ("cf0000000100000000", .int(0x1_0000_0000)),
        ("cfffffffffffffffff", .large(.max)), ("d080", .int(-128)), ("d18000", .int(-0x8000)),
        ("d280000000", .int(-0x8000_0000)), ("d3ffffffff7fffffff", .int(-0x8000_0001)),
        ("cb3ff8000000000000", .float(1.5)), ("a161", .string("a")), ("9101", .array([.int(1)])),
        ("81a16101", .map([.init(.string("a"), .int(1))])), ("d40000", .extension(0, [0])),
        ("c7030c810102", .extension(12, [0x81, 1, 2])), ("c40101", .binary([1])),
    ])
    func formsAreThoseOfTheSpecification(_ hex: String, _ value: MessagePack) throws {
        let bytes = Self.bytes(hex)
        #expect(try MessagePackReader.read(bytes) == value)
        #expect(value.bytes == bytes)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { place in
            UInt8(hex.dropFirst(place).prefix(2), radix: 16)
        }
    }

    @Test(arguments: [
        "", "c1", "a5616263", "dd7fffffff", "df7fffffff", "c6ffffffff", "0101", "a1ff", "81", "9f",
        String(repeating: "91", count: 5000),
    ])
    func brokenBytesAreRefused(_ hex: String) {
        #expect(throws: DecodingTrouble.self) { try MessagePackReader.read(Self.bytes(hex)) }
    }

    @Test(arguments: 1...40) func whateverIsWrittenIsRead(_ seed: UInt64) throws {
        var random = Seeded(state: seed)
        for _ in 0..<50 {
            let type = ValueType.random(3, &random)
            let value = Value.random(type, 3, &random)
            let bytes = try value.messagePack(type)
            #expect(try Value(messagePack: bytes, type: type) == value, "seed \(seed)")
            #expect(try ValueType(type.json) == type, "seed \(seed)")
        }
    }

    @Test(arguments: 1...40) func randomBytesNeverCrash(_ seed: UInt64) throws {
        var random = Seeded(state: seed)
        let type = ValueType.object(["a": .list(.number), "b": .map(.string), "c": .dynamic])
        let start = Value.object(["a": .list([.int(1), .unknown]), "b": .object(["x": .string("y")]), "c": .null])
        for _ in 0..<200 {
            var bytes = try start.messagePack(type)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = try? Value(messagePack: bytes, type: type)
        }
    }

    @Test func refinedUnknownsAndNumbersAsTextAreRead() throws {
        let refined = MessagePack.extension(12, [0x81, 1, 0xc2])
        #expect(try Value(refined, .string) == .unknown)
        #expect(try Value(.string("12"), .number) == .int(12))
        #expect(try Value(.string("0.1"), .number) == .digits("0.1"))
        #expect(try Value(.float(3), .number) == .int(3))
        #expect(try Value(.large(.max), .number) == .digits("18446744073709551615"))
    }

    @Test func anObjectHasItsMembersAndNoOthers() {
        let type = ValueType.object(["a": .string])
        #expect(throws: DecodingTrouble.self) { try Value(.map([]), type) }
        let other = MessagePack.map([.init(.string("a"), .null), .init(.string("b"), .null)])
        #expect(throws: DecodingTrouble.self) { try Value(other, type) }
    }

    @Test func aStateOfJSONGetsItsMissingMembers() throws {
        let type = ValueType.object(["a": .string, "b": .list(.object(["c": .number]))])
        let json = try JSON(parsing: #"{"b":[{"c":7,"d":1}],"gone":true}"#.utf8)
        let wanted = Value.object(["a": .null, "b": .list([.object(["c": .int(7)])])])
        #expect(try Value(json: json, type: type) == wanted)
    }
}

/// Numbers that are the same for the same seed.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    /// One step of https://prng.di.unimi.it/splitmix64.c as published.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension ValueType {
    fileprivate static func random(_ depth: Int, _ random: inout Seeded) -> ValueType {
        switch Int.random(in: 0..<(depth == 0 ? 3 : 9), using: &random) {
        case 0: .string
        case 1: .number
        case 2: .bool
        case 3: .dynamic
        case 4: .list(Self.random(depth - 1, &random))
        case 5: .set(Self.random(depth - 1, &random))
        case 6: .map(Self.random(depth - 1, &random))
        case 7: .tuple([Self.random(depth - 1, &random), .string])
        default: .object(["a": Self.random(depth - 1, &random), "b": Self.random(depth - 1, &random)])
        }
    }
}

extension Value {
    fileprivate static func random(_ type: ValueType, _ depth: Int, _ random: inout Seeded) -> Value {
        let chance = Int.random(in: 0..<10, using: &random)
        if chance == 0 { return .null }
        if chance == 1 { return .unknown }
        switch type {
        case .string: return .string(String(repeating: "ä\n", count: .random(in: 0...40, using: &random)))
        case .number: return chance < 6 ? .int(.random(in: .min ... .max, using: &random)) : .double(0.5)
        case .bool: return .bool(.random(using: &random))
        case .dynamic: return .dynamic(.list(.string), .list([.string("x"), .unknown]))
        case .list(let element), .set(let element):
            return .list((0..<Int.random(in: 0...20, using: &random)).map { _ in .random(element, depth - 1, &random) })
        case .map(let element):
            return .object(["k": .random(element, depth - 1, &random), "": .random(element, depth - 1, &random)])
        case .tuple(let types): return .list(types.map { .random($0, depth - 1, &random) })
        case .object(let types): return .object(types.mapValues { .random($0, depth - 1, &random) })
        }
    }
}
