import Core
import Testing

@Suite struct LineSplitterTests {
    @Test(arguments: 0..<200)
    func anyCutGivesTheSameLines(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let text = "one\n\ntwo\r\nthrée 😀\nlast"
        var splitter = LineSplitter()
        var lines: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &generator)
            splitter.feed(rest.prefix(count)) { lines.append($0) }
            rest = rest.dropFirst(count)
        }
        if let last = splitter.rest() { lines.append(last) }
        #expect(lines == ["one", "", "two", "thrée 😀", "last"])
    }

    @Test func aLineWithoutEndIsCut() {
        var splitter = LineSplitter()
        var lines: [String] = []
        splitter.feed([UInt8](repeating: 0x41, count: LineSplitter.longest + 5)) { lines.append($0) }
        #expect(lines.map(\.utf8.count) == [LineSplitter.longest])
        #expect(splitter.rest() == "AAAAA")
    }
}
