import Foundation
import Testing

@testable import Lab

/// Forms that come in pieces of every size.
@Suite struct MultipartTests {
    private static let body =
        "--b1\r\nContent-Disposition: form-data; name=\"raw.directory\"\r\n\r\n/d\r\n"
        + "--b1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a \\\"b\\\".txt\"\r\n"
        + "Content-Type: text/x\r\n\r\nline 1\r\n--b\r\n\r\n--b1--\r\n"

    @Test(arguments: [1, 2, 3, 7, 16, 1000])
    func readsPartsWhateverTheSizeOfThePieces(_ size: Int) throws {
        var reader = try #require(MultipartReader(contentType: "multipart/form-data; boundary=b1"))
        var events: [MultipartReader.Event] = []
        let bytes = Data(MultipartTests.body.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += try reader.feed(bytes[start..<min(bytes.count, start + size)])
        }
        var parts: [(MultipartReader.Part, String)] = []
        for event in events {
            switch event {
            case .part(let part): parts.append((part, ""))
            case .bytes(let bytes): parts[parts.count - 1].1 += String(decoding: bytes, as: UTF8.self)
            case .end: break
            }
        }
        #expect(reader.isComplete)
        #expect(parts.map(\.1) == ["/d", "line 1\r\n--b\r\n"])
        #expect(parts[1].0 == .init(name: "f", filename: "a \"b\".txt", contentType: "text/x"))
    }

    @Test(arguments: ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", ""])
    func refusesOtherTypes(_ type: String) { #expect(MultipartReader(contentType: type) == nil) }

    @Test func refusesAPartWithoutAName() throws {
        var reader = try #require(MultipartReader(contentType: "multipart/form-data; boundary=\"b1\""))
        #expect(throws: MultipartReader.Fault.self) {
            try reader.feed(Data("--b1\r\nContent-Type: a\r\n\r\nx\r\n--b1--".utf8))
        }
    }

    @Test func aFormThatStopsIsNotComplete() throws {
        var reader = try #require(MultipartReader(contentType: "multipart/form-data; boundary=b1"))
        _ = try reader.feed(Data(MultipartTests.body.utf8.dropLast(8)))
        #expect(!reader.isComplete)
    }
}
