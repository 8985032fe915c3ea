import Core
import Testing

@testable import Workflows

@Suite("Matrix and strategy")
struct MatrixTests {
    private func plan(_ json: String) throws -> StrategyPlan {
        let value = ExpressionValue(try JSONValue.parse(json))
        let legs = try Matrix(value).legs()
        return StrategyPlan(legs: legs, failFast: true)
    }

    private func legs(_ json: String) throws -> [String] {
        try plan(json).legs.map { $0.matrix.json.text() }
    }

    @Test(
        "combinations",
        arguments: [
            (
                #"{"a":[1,2],"b":["x","y"]}"#,
                [#"{"a":1,"b":"x"}"#, #"{"a":1,"b":"y"}"#, #"{"a":2,"b":"x"}"#, #"{"a":2,"b":"y"}"#]
            ),
            (#"{"a":[1,2],"exclude":[{"a":1}]}"#, [#"{"a":2}"#]),
            (#"{"a":["X","y"],"exclude":[{"A":"x"}]}"#, [#"{"a":"y"}"#]),
            (
                #"{"a":[1,2],"b":[1,2],"exclude":[{"a":1,"b":2}]}"#,
                [#"{"a":1,"b":1}"#, #"{"a":2,"b":1}"#, #"{"a":2,"b":2}"#]
            ),
            (#"{"a":[{"n":1,"m":2},{"n":2}],"exclude":[{"a":{"n":1}}]}"#, [#"{"a":{"n":2}}"#]),
            (#"{"a":[1,2],"include":[{"a":1,"x":"p"}]}"#, [#"{"a":1,"x":"p"}"#, #"{"a":2}"#]),
            (#"{"a":[1,2],"include":[{"x":"p"}]}"#, [#"{"a":1,"x":"p"}"#, #"{"a":2,"x":"p"}"#]),
            (#"{"a":[1],"include":[{"a":3,"x":"p"}]}"#, [#"{"a":1}"#, #"{"a":3,"x":"p"}"#]),
            (#"{"a":[1],"include":[{"x":"p"},{"x":"q"}]}"#, [#"{"a":1,"x":"q"}"#]),
            (#"{"include":[{"x":1},{"x":2}]}"#, [#"{"x":1}"#, #"{"x":2}"#]),
            (#"{"a":[1],"exclude":[{"a":1}],"include":[{"a":1,"y":2}]}"#, [#"{"a":1,"y":2}"#]),
            (#"{"a":[1],"exclude":[{"a":1}]}"#, []),
            (#"{"a":["1"],"exclude":[{"a":1}]}"#, []), (#"{"a":[null,1]}"#, [#"{"a":null}"#, #"{"a":1}"#]),
            (
                #"{"fruit":["apple","pear"],"animal":["cat","dog"],"include":[{"color":"green"},"#
                    + #"{"color":"pink","animal":"cat"},{"fruit":"apple","shape":"circle"},{"fruit":"banana"},"#
                    + #"{"fruit":"banana","animal":"cat"}]}"#,
                [
                    #"{"fruit":"apple","animal":"cat","color":"pink","shape":"circle"}"#,
                    #"{"fruit":"apple","animal":"dog","color":"green","shape":"circle"}"#,
                    #"{"fruit":"pear","animal":"cat","color":"pink"}"#,
                    #"{"fruit":"pear","animal":"dog","color":"green"}"#,
                    #"{"fruit":"banana"}"#, #"{"fruit":"banana","animal":"cat"}"#,
                ]
            ),
        ])
    func combinations(json: String, wanted: [String]) throws { #expect(try legs(json) == wanted) }

    @Test(
        "faults",
        arguments: [
            (#"{"a":[]}"#, "does not contain any values"), (#"{"a":1}"#, "must be a sequence"),
            ("[]", "must be a mapping"),
            ("{}", "at least one vector"), (#"{"a":[1],"exclude":[{"b":1}]}"#, "exclude key 'b'"),
            (#"{"a":[1],"include":{}}"#, "must be a sequence"), (#"{"a":[1],"include":[1]}"#, "sequence of mappings"),
        ])
    func faults(json: String, wanted: String) {
        do {
            _ = try plan(json)
            Issue.record("no fault in \(json)")
        } catch {
            #expect((error as? Matrix.Fault)?.message.contains(wanted) == true)
        }
    }

    @Test("256 legs are fine, more are not, and vectors that multiply end quickly")
    func size() throws {
        let sixteen = "[" + (0..<16).map(String.init).joined(separator: ",") + "]"
        #expect(try legs(#"{"a":\#(sixteen),"b":\#(sixteen)}"#).count == 256)
        #expect(throws: Matrix.Fault.self) { try plan(#"{"a":\#(sixteen),"b":\#(sixteen),"include":[{"a":99}]}"#) }
        let many = (0..<20).map { "\"k\($0)\":\(sixteen)" }.joined(separator: ",")
        #expect(throws: Matrix.Fault.self) { try plan("{\(many)}") }
    }

    @Test("names of legs: scalar leaves, at most a hundred characters")
    func names() throws {
        #expect(try plan(#"{"a":[1],"b":["x"]}"#).legs[0].name(of: "job") == "job (1, x)")
        #expect(try plan(#"{"a":[{"n":1,"m":["p","q"]}]}"#).legs[0].name(of: "job") == "job (1, p, q)")
        #expect(StrategyPlan.single.legs[0].name(of: "job") == "job")
        let long = String(repeating: "x", count: 200)
        #expect(try plan(#"{"a":["\#(long)"]}"#).legs[0].name(of: "job").count == 100)
    }

    @Test("a strategy of a file: fail-fast, max-parallel, and a matrix from an expression")
    func strategy() throws {
        let text = job(
            "    strategy:\n      fail-fast: ${{ github.fast }}\n      max-parallel: 2\n"
                + "      matrix: ${{ fromJSON(github.m) }}")
        let strategy = try #require(try workflow(text).jobs["a"]?.strategy)
        let evaluator = Evaluator(
            contexts: ExpressionObject([
                ("github", .object([("fast", .boolean(false)), ("m", .string(#"{"v":[1,2,3]}"#))]))
            ]))
        let plan = try strategy.plan(evaluator)
        #expect(!plan.failFast)
        #expect(plan.maxParallel == 2)
        #expect(plan.legs.map(\.index) == [0, 1, 2])
        let context = plan.legs[1].strategy(of: plan)
        #expect(context.json.text() == #"{"fail-fast":false,"job-index":1,"job-total":3,"max-parallel":2}"#)
    }

    @Test("a strategy that is not sound is a fault with its place")
    func unsound() throws {
        for line in [
            "max-parallel: 0", "max-parallel: 1.5", "fail-fast: ${{ github.x }}", "matrix: ${{ fromJSON('[]') }}",
        ] {
            let text = job("    strategy:\n      \(line)")
            let strategy = try #require(try workflow(text).jobs["a"]?.strategy)
            let fault = #expect(throws: TemplateFault.self) {
                try strategy.plan(Evaluator(contexts: ExpressionObject([])))
            }
            #expect((fault?.place.line ?? 0) >= 6)
        }
    }
}
