import Core
import Foundation
import Testing

@testable import Octopus

/// Templates that nobody writes, or that somebody writes to do harm: always an answer, always soon.
@Suite struct TemplateHarmTests {
    /// A reproducible generator: the same seed, the same templates.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let pieces = [
        "#{", "}", "#", "##{", "#{if ", "#{/if}", "#{else}", "#{elseif ", "#{unless ", "#{/unless}", "#{each x in ",
        "#{/each}",
        "#{calc ", "A", "B", ".", "[", "]", "[#{", " | ", "|", "ToLower", "Replace ", "\"", "\\\"", "==", " != ", " ",
        "\n", "(", ")", "+",
        "-", "/", "*", "1", "é", "😀", "\u{0}", "{", ",", "Format ", "null", "Markdown", "Json.a", "\r\n", "\t",
        "Indent 3/2",
    ]

    @Test(arguments: 0..<8) func `any text gives an answer`(seed: Int) {
        var random = Seeded(state: UInt64(seed) &* 7_919 &+ 1)
        let variables = VariableDictionary([
            ("A", "a"), ("B", "#{A}#{Missing}"), ("Json", "{\"a\":[1]}"), ("x", "#{x}"), ("A[1].B", "deep"),
        ])
        for _ in 0..<400 {
            let count = Int.random(in: 1...24, using: &random)
            let text = (0..<count).map { _ in TemplateHarmTests.pieces.randomElement(using: &random) ?? "" }.joined()
            let strict = variables.evaluate(text)
            let going = variables.evaluate(text, haltOnError: false)
            #expect(strict.hasFailed || strict.error != nil || strict.value != nil || text.contains("null"))
            // Where the whole text could be read, going on after errors makes no difference.
            if strict.error?.contains("can't be read") != true { #expect(strict == going, "\(text)") }
        }
    }

    @Test func `text without tokens comes back as it is`() {
        var random = Seeded(state: 5)
        for _ in 0..<200 {
            let scalars = (0..<40).compactMap { _ in Unicode.Scalar(UInt32.random(in: 1...0x2FF, using: &random)) }
            let text = String(String.UnicodeScalarView(scalars)).replacing("#", with: "")
            #expect(VariableDictionary().evaluate(text).value == text)
        }
    }

    @Test(arguments: [
        String(repeating: "#{if A}", count: 2_000), String(repeating: "#{A | Append ", count: 500),
        String(repeating: "#{", count: 5_000),
        String(repeating: "[", count: 5_000), "#{A" + String(repeating: "[", count: 5_000),
        "#{calc " + String(repeating: "(", count: 5_000),
        String(repeating: "#{if A}x#{/if}", count: 2_000), String(repeating: "#", count: 20_000),
        "#{A" + String(repeating: " ", count: 20_000) + "}",
        String(repeating: "#{each x in A}", count: 300) + String(repeating: "#{/each}", count: 300),
    ])
    func `deep and long texts end soon`(text: String) {
        let start = ContinuousClock.now
        _ = VariableDictionary([("A", "a")]).evaluate(text)
        _ = VariableDictionary([("A", "a")]).evaluate(text, haltOnError: false)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `variables that double one another are stopped`() {
        var variables = VariableDictionary([("v0", "0123456789")])
        for level in 1...60 { variables["v\(level)"] = "#{v\(level - 1)}#{v\(level - 1)}" }
        let result = variables.evaluate("#{v60}")
        #expect(result.hasFailed)
        #expect(result.error?.contains("can't be evaluated") == true)
    }

    @Test func `a long chain of variables is stopped`() {
        var variables = VariableDictionary([("v0", "end")])
        for level in 1...5_000 { variables["v\(level)"] = "#{v\(level - 1)}" }
        #expect(variables.evaluate("#{v50}").value == "end")
        #expect(variables.evaluate("#{v5000}").hasFailed)
    }
}
