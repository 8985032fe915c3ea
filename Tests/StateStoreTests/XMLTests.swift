import Foundation
import Testing

@testable import StateStore

/// The XML that S3 speaks.
@Suite struct XMLTests {
    private func parse(_ text: String) throws -> S3XML { try S3XML.parse(Data(text.utf8)) }

    @Test func readsWhatItWrites() throws {
        let tree = S3XML(
            "Error", [S3XML("Code", "a<b>&\"'\r\n\tü"), S3XML("None", ""), S3XML("In", [S3XML("A", "1")])])
        #expect(try S3XML.parse(Data(tree.document().utf8)) == tree)
    }

    @Test func readsPrefixesAttributesCommentsAndSections() throws {
        let tree = try parse(
            "\u{FEFF}<?xml version='1.0'?><!-- x --><s3:A xmlns:s3=\"u\" b='>'> <B/><!-- - --><C><![CDATA[<&>]]>"
                + "&#65;&#x42;</C><?p ?></s3:A>\n")
        #expect(tree.name == "A")
        #expect(tree["C"]?.text == "<&>AB")
        #expect(tree["B"]?.text == "")
        #expect(tree.all("B").count == 1)
    }

    @Test(arguments: [
        "", "x", "<a>", "<a></b>", "<a/><b/>", "<a", "<a b></a>", "<a b=c></a>", "<a>&x;</a>", "<a>&#0;</a>",
        "<a>&#xD800;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a><!-- </a>", "<a><![CDATA[</a>", "<>x</>",
    ])
    func refuses(_ text: String) {
        #expect(throws: S3XML.Fault.self) { try parse(text) }
    }

    @Test func refusesWhatIsTooDeep() throws {
        let deep = { (count: Int) in String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count) }
        _ = try parse(deep(32))
        #expect(throws: S3XML.Fault.self) { try parse(deep(33)) }
        #expect(throws: S3XML.Fault.self) { try parse(deep(100_000)) }
    }

    @Test(arguments: 1...8) func noiseIsReadOrRefused(seed: Int) {
        var random = Noise(seed: UInt64(seed))
        let original = Array(
            "<?xml version=\"1.0\"?><Delete xmlns='u'><Object><Key>a&amp;b</Key></Object><!-- x --><Q/></Delete>".utf8)
        for _ in 0..<500 {
            let bytes = random.change(original)
            if let tree = try? S3XML.parse(Data(bytes)) {
                #expect((try? S3XML.parse(Data(tree.document().utf8)))?.name == tree.name)
            }
            _ = StateLock(parsing: Data(bytes))
        }
    }
}

/// Random changes that a seed repeats.
struct Noise: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func change(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...5, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0...2, using: &self) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes.insert(Array("<>&;/='\"![]-?{}:,0\r\n".utf8).randomElement(using: &self) ?? 0, at: at)
            default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &self)))
            }
        }
        return bytes
    }
}
