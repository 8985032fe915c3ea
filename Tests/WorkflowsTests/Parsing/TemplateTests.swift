import Core
import Testing

@testable import Workflows

@Suite("Values evaluated at run time")
struct TemplateTests {
    private let evaluator = Evaluator(
        contexts: ExpressionObject([
            (
                "github",
                .object([
                    ("a", .string("x")), ("n", .number(3)), ("yes", .boolean(true)), ("list", .array([.number(1)])),
                ])
            ),
            ("needs", .object([("j", .object([("map", .string(#"{"K": 1, "l": null}"#))]))])),
        ]))

    private func env(_ text: String) throws -> Template {
        try #require(
            try workflow(job("    env:\n      " + text)).jobs["a"].flatMap { job in
                if case .steps(let work) = job.work { work.env } else { nil }
            })
    }

    @Test("a mapping of texts: scalars as text, keys as written, expressions evaluated, members inserted")
    func texts() throws {
        #expect(try env("A: 1.50").texts(evaluator) == ["A": "1.5"])
        #expect(try env("b: true\n      c:").texts(evaluator) == ["b": "true", "c": ""])
        #expect(try env("d: v-${{ github.a }}").texts(evaluator) == ["d": "v-x"])
        #expect(try env("\"k${{ github.n }}\": 1").texts(evaluator) == ["k3": "1"])
        #expect(try env("${{ insert }}: ${{ fromJSON(needs.j.map) }}").texts(evaluator) == ["K": "1", "l": ""])
        #expect(try env("e: ${{ github.list.nope }}").texts(evaluator) == ["e": ""])
    }

    @Test("a whole env may be one expression")
    func wholeExpression() throws {
        let text = "on: push\njobs:\n  a:\n    runs-on: x\n    env: ${{ fromJSON(needs.j.map) }}\n"
        guard case .steps(let work)? = try workflow(text).jobs["a"]?.work else { return }
        #expect(try work.env?.texts(evaluator) == ["K": "1", "l": ""])
    }

    @Test("what is no text is a fault with its place")
    func noText() throws {
        let template = try env("a: ${{ github.list }}")
        let fault = #expect(throws: TemplateFault.self) { try template.texts(evaluator) }
        #expect(fault?.description == "ci.yml:6:7: A string was expected for 'a'")
        let failing = try env("a: ${{ fromJSON('{') }}")
        let other = #expect(throws: TemplateFault.self) { try failing.texts(evaluator) }
        #expect(other?.place.line == 6)
    }

    @Test("booleans and numbers are strict")
    func strict() throws {
        let place = Place(file: "x")
        #expect(try Template(.boolean(true), at: place).flag(evaluator))
        #expect(try Template(.number(5), at: place).number(evaluator) == 5)
        #expect(throws: TemplateFault.self) { try Template(.string("true"), at: place).flag(evaluator) }
        #expect(throws: TemplateFault.self) { try Template(.string("5"), at: place).number(evaluator) }
        #expect(throws: TemplateFault.self) { try Template(.sequence([]), at: place).text(evaluator) }
        #expect(try Template(.null, at: place).text(evaluator) == "")
    }
}
