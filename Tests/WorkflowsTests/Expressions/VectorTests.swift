import Core
import Foundation
import Testing

@testable import Workflows

/// GitHub's own expression vectors, where they are on this machine.
@Suite("GitHub's expression vectors", .enabled(if: Vectors.isThere))
struct VectorTests {
    @Test(
        "every case of a file has the value or the fault it should",
        arguments: Vectors.files("expressions", suffix: ".json"))
    func cases(file: String) throws {
        let json = try JSONValue.parse(try Data(contentsOf: URL(filePath: file)))
        let lines = try ExpressionCases.lines(json)
        var at = 0
        for (group, cases) in json.object ?? [:] {
            for item in cases.array ?? [] {
                let line = lines[at]
                at += 1
                let text = item["expr"]?.string ?? ""
                if let wanted = item["err"] {
                    #expect(line["error"]?["kind"] == wanted["kind"], "\(group): \(text)")
                    let message = line["error"]?["message"]?.string ?? ""
                    #expect(message.contains(wanted["value"]?.string ?? "?"), "\(group): \(text)")
                } else {
                    #expect(line["kind"] == item["result"]?["kind"], "\(group): \(text)")
                    #expect(line["value"] == item["result"]?["value"], "\(group): \(text)")
                }
            }
        }
        #expect(at == lines.count)
    }
}
