import Core
import Testing

@testable import Workflows

@Suite("Expressions made of noise")
struct ExpressionFuzzTests {
    private static let pieces = [
        "a", "b.c", "a.*", "[", "]", "[*]", "(", ")", ".", ",", "!", "==", "!=", "<", ">=", "&&", "||", "'x'", "'",
        "''",
        "1", "-1", "0x1", "1e9", "null", "true", "NaN", "contains(", "format('{0}',", "toJSON(", "fromJSON(", "case(",
        "join(", " ", "\n", "\t", "é", "😊", "{", "}", "${{", "}}", "_", "-", "=", "&", "|", "*", "\"", "\u{0}",
    ]
    private static let seeds = [
        "a.b == 'x' && !contains(a.*.c, 'y') || format('{0}-{1}', a, 1.5)", "case(a == 1, 'x', b, 'y', 'z')",
        "toJSON(fromJSON('{\"a\":[1,2,{}]}').a.*)", "a['b'][0].*[1] >= -0x10 || endsWith(join(a, '-'), 'z')",
    ]

    /// Never a crash, never a value without a kind; a fault is fine.
    private func tryOut(_ text: String) {
        _ = try? evaluate(text, #"{"a": {"b": [1, {"c": "y"}], "c": "x"}, "b": null}"#)
    }

    @Test("pieces in any order", arguments: 1...8)
    func pieces(seed: Int) {
        var random = Seeded(UInt64(seed))
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...14, using: &random)
            tryOut((0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined())
        }
    }

    @Test("valid expressions with bytes changed", arguments: 1...8)
    func mutations(seed: Int) {
        var random = Seeded(UInt64(seed) &+ 1000)
        for _ in 0..<1_500 {
            var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                default: if bytes.count > 1 { bytes.remove(at: at) }
                }
            }
            tryOut(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("random bytes", arguments: 1...4)
    func noise(seed: Int) {
        var random = Seeded(UInt64(seed) &+ 2000)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            tryOut(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("toJSON and fromJSON give back what they got", arguments: 1...4)
    func roundTrip(seed: Int) throws {
        var random = Seeded(UInt64(seed) &+ 3000)
        for _ in 0..<300 {
            let value = Self.value(&random, depth: 4)
            let back = try ExpressionCases.evaluate("fromJSON(toJSON(x))", contexts: .object(["x": value]))
            #expect(back.json == value)
        }
    }

    private static func value(_ random: inout Seeded, depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 5 : 3), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 8)
        case 3: return .string(["", "é\n", "😊", "\"\\", "plain", "\u{1}"].randomElement(using: &random) ?? "")
        case 4: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            let count = Int.random(in: 0...3, using: &random)
            let members = (0..<count).map { ("k\($0)", value(&random, depth: depth - 1)) }
            return .object(.init(uniqueKeysWithValues: members))
        }
    }
}
