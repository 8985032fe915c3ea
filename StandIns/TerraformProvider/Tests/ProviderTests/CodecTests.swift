import Testing
import Values

@Suite struct CodecTests {
    @Test func readsWhatItWrites() throws {
        let value = Value.object(["a": .int(300), "b": .list([.unknown, .string("x")])])
        let type = ValueType.object(["a": .number, "b": .list(.string)])
        #expect(try Value(messagePack: value.messagePack(type), type: type) == value)
    }
}
