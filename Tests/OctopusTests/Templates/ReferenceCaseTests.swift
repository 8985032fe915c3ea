import Core
import Foundation
import Testing

@testable import Octopus

/// The reference implementation's own cases, where they are at hand.
@Suite struct ReferenceCaseTests {
    @Test(.enabled(if: Evidence.isThere)) func `every case of the reference implementation gives what it expects`()
        throws
    {
        let path = (Evidence.folder ?? "") + "/octostache/cases.json"
        let cases = try JSONValue.parse(Data(contentsOf: URL(filePath: path))).array ?? []
        #expect(cases.count > 300)
        let wrong = cases.compactMap { item -> String? in
            let result = TemplateCases.evaluate(item, time: SystemTime())
            guard let why = ReferenceCaseTests.difference(item, result) else { return nil }
            return "\(item["name"]?.string ?? ""): \(item["template"]?.string ?? "") \(why)"
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(cases.count) differ:\n\(wrong.joined(separator: "\n"))")
    }

    /// How a result differs from what a case expects; nil where it does not.
    private static func difference(_ item: JSONValue, _ result: JSONValue) -> String? {
        if item["error"] == "recursion" {
            return result["error"] == item["message"] ? nil : "fails with \(result["error"]?.text() ?? "")"
        }
        var value = result["value"] ?? .null
        for step in item["compare"]?.array ?? [] {
            guard let text = value.string else { continue }
            value = .string(step == "trim" ? text.trimmed : text.replacing("\"", with: ""))
        }
        let allowed = item["expectAny"]?.array ?? item.object?["expect"].map { [$0] } ?? []
        if !allowed.isEmpty, !allowed.contains(value) { return "gives \(value.text()), not \(allowed[0].text())" }
        if let missing = item["missing"], missing != result["missing"] {
            return "misses \(result["missing"]?.text() ?? "")"
        }
        switch item.object?["error"] {
        case .null?: return result["error"] == .null ? nil : "reports \(result["error"]?.text() ?? "")"
        case .bool(true)?: return result["error"] == .null ? "reports no error" : nil
        default: return nil
        }
    }
}
