import Core
import Testing

@testable import Workflows

@Suite("Members, indexes and filters")
struct IndexTests {
    static let contexts = #"""
        {"g": {"Ref": "main", "n": {"x": 1, "y": null}, "list": [10, 20, 30], "a-b": 1, "null": 2, "0": "zero"},
         "rows": [{"id": 1, "tags": ["a", "b"]}, {"id": 2}, {"id": null, "tags": ["c"]}, 5, [7, 8]],
         "many": {"k1": 1, "k2": 2, "k3": 3, "k4": 4, "k5": 5, "k6": 6, "k7": 7, "k8": 8, "k9": 9, "K10": 10}}
        """#

    @Test(
        "places",
        arguments: [
            ("g.ref", "String \"main\""), ("G.REF", "String \"main\""), ("g['ref']", "String \"main\""),
            ("g . ref", "String \"main\""), ("g.nope", "Null null"), ("g.nope.nope.nope", "Null null"),
            ("g.ref.length", "Null null"), ("g['n'].x", "Number 1"), ("g.n['X']", "Number 1"), ("g.n.y", "Null null"),
            ("g.a-b", "Number 1"), ("g.null", "Number 2"), ("g[null]", "Null null"), ("g[0]", "String \"zero\""),
            ("g.list[0]", "Number 10"), ("g.list[2]", "Number 30"), ("g.list[3]", "Null null"),
            ("g.list[-1]", "Null null"), ("g.list[1.9]", "Number 20"), ("g.list['1']", "Number 20"),
            ("g.list['x']", "Null null"), ("g.list.x", "Null null"), ("g.list[NaN]", "Null null"),
            ("g.list[true]", "Number 20"), ("g.list[null]", "Number 10"), ("g.list[g.list]", "Null null"),
            ("g[g.list]", "Null null"), ("g[format('r{0}', 'ef')]", "String \"main\""), ("g.list[0 || 2]", "Number 30"),
            ("(g).ref", "String \"main\""), ("fromJSON('{\"a\":{\"b\":7}}').a.b", "Number 7"),
            ("many.k9", "Number 9"), ("many.k10", "Number 10"), ("many.k11", "Null null"),
        ])
    func places(text: String, wanted: String) throws { #expect(try shown(text, Self.contexts) == wanted) }

    @Test(
        "filters",
        arguments: [
            ("g.list.*", "[10,20,30]"), ("g.list[*]", "[10,20,30]"), ("g.n.*", "[1,null]"), ("g.ref.*", "[]"),
            ("g.nope.*", "[]"), ("rows.*.id", "[1,2,null]"), ("rows.*.tags", "[[\"a\",\"b\"],[\"c\"]]"),
            ("rows.*.tags.*", "[\"a\",\"b\",\"c\"]"), ("rows.*.tags[0]", "[\"a\",\"c\"]"), ("rows.*[1]", "[8]"),
            ("rows.*.nope", "[]"), ("(rows.*.id)[0]", "[]"), ("rows.*.*", "[1,[\"a\",\"b\"],2,null,[\"c\"],7,8]"),
            ("g.*.x", "[1]"),
        ])
    func filters(text: String, wanted: String) throws { #expect(try shown(text, Self.contexts) == "Array \(wanted)") }

    @Test("names of an object are found without case, the later of two wins, order is kept")
    func names() {
        let object = ExpressionObject([("a", .number(1)), ("B", .number(2)), ("A", .number(3))])
        #expect(object.members.map(\.key) == ["A", "B"])
        #expect(object["a"]?.number == 3)
        #expect(object["b"]?.number == 2)
    }

    @Test("an object that minds case does")
    func caseSensitive() {
        let object = ExpressionObject([("a", .number(1)), ("A", .number(2))], caseSensitive: true)
        #expect(object["a"]?.number == 1)
        #expect(object["A"]?.number == 2)
        let many = ExpressionObject((0..<20).map { ("k\($0)", .number(Double($0))) }, caseSensitive: true)
        #expect(many["k7"]?.number == 7)
        #expect(many["K7"] == nil)
    }

    @Test("a context that is allowed but not there is null")
    func missingContext() throws {
        let expression = try Expression.parse("vars.x", in: ExpressionScope(contexts: ["vars"]))
        let value = try Evaluator(contexts: ExpressionObject([])).evaluate(expression)
        #expect(value.kindName == "Null")
    }
}
