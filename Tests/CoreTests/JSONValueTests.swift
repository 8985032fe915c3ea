import Core
import Foundation
import Testing

@Suite struct JSONValueTests {
    @Test func keepsTheOrderOfMembers() throws {
        let text = #"{"z":1,"a":[true,null,"x"],"m":{"b":-1.5,"a":2e3}}"#
        #expect(try JSONValue.parse(text).text() == #"{"z":1,"a":[true,null,"x"],"m":{"b":-1.5,"a":2000}}"#)
    }

    @Test(arguments: [
        ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("01", 1), ("1.", 1), ("\"\\x\"", 3), ("tru", 0), ("1 2", 2),
        ("\"\u{1}\"", 2), ("", 0), ("nulll", 4), ("+1", 0), ("{a:1}", 1), ("[1", 2), ("'a'", 0),
    ])
    func refusesWhatIsNotJSON(text: String, offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text) }
        #expect(error?.offset == offset)
    }

    @Test(arguments: [
        #""\u00e9""#: "é", #""\ud83d\ude00""#: "😀", #""\ud83dx""#: "\u{FFFD}x", #""a\/b\"\\\n""#: "a/b\"\\\n",
    ])
    func readsEscapes(text: String, value: String) throws {
        #expect(try JSONValue.parse(text) == .string(value))
    }

    @Test func refusesTooDeep() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(String(repeating: "[", count: 100_000)) }
    }

    @Test func controlCharactersAreEscaped() throws {
        let value = JSONValue.string("\u{0}\u{1f}\t\"é")
        #expect(value.text() == #""\u0000\u001f\t\"é""#)
        #expect(try JSONValue.parse(value.text()) == value)
    }

    @Test(arguments: 0..<300)
    func neverCrashesOnDamagedText(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = Array(#"{"a":[1,2.5e-3,{"b":"\u00e9\n"}],"c":null,"d":[true,false]}"#.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        }
        if let value = try? JSONValue.parse(Data(bytes)) { #expect(try JSONValue.parse(value.text()) == value) }
    }
}
