import Testing

@testable import Workflows

@Suite("YAML 1.2")
struct YAMLTests {
    /// The JSON of the first vector of a matrix.
    private func values(_ lines: [String]) throws -> String {
        let list = lines.map { "          - \($0)" }.joined(separator: "\n")
        let text = job("    strategy:\n      matrix:\n        v:\n\(list)")
        let strategy = try #require(try workflow(text).jobs["a"]?.strategy)
        let legs = try strategy.plan(Evaluator(contexts: ExpressionObject([]))).legs
        return legs.compactMap { $0.values?["v"]?.json.text() }.joined(separator: " ")
    }

    @Test(
        "scalars of the core schema",
        arguments: [
            ("~", "null"), ("null", "null"), ("Null", "null"), ("nULL", "\"nULL\""), ("true", "true"), ("True", "true"),
            ("tRue", "\"tRue\""), ("yes", "\"yes\""), ("on", "\"on\""), ("off", "\"off\""), ("1", "1"), ("0x1F", "31"),
            ("0o17", "15"), ("017", "17"), ("0b1", "\"0b1\""), ("1_000", "\"1_000\""), ("1.50", "1.5"), ("1e3", "1000"),
            ("+1", "1"), (".5", "0.5"), ("1.", "1"), ("1.2.3", "\"1.2.3\""), (".inf", "\"Infinity\""),
            ("-.INF", "\"-Infinity\""), (".nan", "\"NaN\""), ("'1'", "\"1\""), ("\"true\"", "\"true\""),
            ("!!str 1", "\"1\""), ("! 1", "\"1\""), ("!!int 0x10", "16"), ("!!float 1", "1"), ("!!bool True", "true"),
            ("2001-01-01", "\"2001-01-01\""), ("12:30", "\"12:30\""), ("a b", "\"a b\""), ("\"a\\tb\"", "\"a\\tb\""),
            ("-", "null"), ("0xZZ", "\"0xZZ\""), ("1e", "\"1e\""), ("''", "\"\""),
        ])
    func scalars(text: String, wanted: String) throws {
        if text == "-" {
            #expect(try values(["[]", "[ ]"]) == "[] []")
        } else {
            #expect(try values([text]) == wanted)
        }
    }

    @Test("block scalars are text whatever is in them")
    func blocks() throws {
        let steps = "      - run: |\n          1\n      - run: >-\n          a\n          b"
        let jobs = try workflow(job("", steps: steps)).jobs
        guard case .steps(let work)? = jobs["a"]?.work else { return }
        let runs = work.steps.compactMap { step -> String? in
            if case .run(let script) = step.action { script.run.literal } else { nil }
        }
        #expect(runs == ["1\n", "a b"])
    }

    @Test("an alias stands for its anchor, with its place")
    func aliases() throws {
        let text = """
            on: push
            env: &env
              A: one
            jobs:
              a:
                runs-on: &label linux
                env: *env
                steps: [{ run: *label }]
            """
        let job = try #require(try workflow(text).jobs["a"])
        guard case .steps(let steps) = job.work else { return }
        #expect(steps.env?["A"]?.literal == "one")
        #expect(steps.env?.place.line == 2)
    }

    @Test(
        "faults of the text",
        arguments: [
            ("on: push\njobs: *none\n", "2:7 The alias 'none' has no anchor before it"),
            ("on: push\njobs: &j\n  a: *j\n", "3:6 The alias 'j' stands inside of its own anchor"),
            ("on: push\n---\non: push\n", "2:1 A second document in the same file"),
            ("on: push\njobs: {\n", "3:1 while parsing a flow node, did not find expected node content"),
            (
                "on: push\n\tjobs: x\n",
                "2:1 while scanning a plain scalar, found a tab character that violates indentation"
            ),
            ("a: b: c\n", "1:5 mapping values are not allowed in this context"),
            ("on: push\nname: \"x\n", "3:1 while scanning a quoted scalar, found unexpected end of stream"),
            ("on: push\n? [a]\n: b\n", "2:3 A key must be a scalar"),
            (
                "on: !!int x\n",
                "0:0 The value 'x' on line 1 and column 5 is invalid for the type 'tag:yaml.org,2002:int'"
            ),
            (
                "on: !!bool 'true'\n",
                "0:0 The scalar style 'DoubleQuoted' on line 1 and column 5 is not valid with the tag "
                    + "'tag:yaml.org,2002:bool'"
            ),
            ("on: !x y\n", "0:0 Unexpected tag '!x'"),
        ])
    func textFaults(text: String, wanted: String) { #expect(faults(text) == [wanted]) }

    @Test("limits: depth, bytes, and aliases that multiply")
    func limits() {
        let deep = "on: push\njobs: " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(faults(deep) == ["0:0 Maximum object depth exceeded"])
        #expect(faults(String(repeating: "[", count: 100_000)).count == 1)
        #expect(faults("on: push\n", limits: YAMLLimits(bytes: 4)) == ["0:0 The file is larger than 4 bytes"])
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(faults(bomb) == ["0:0 Maximum object size exceeded"])
    }

    @Test("an empty file, a file of remarks and a file that is no mapping are faults, not crashes")
    func nothing() {
        #expect(faults("") == ["1:1 Unexpected value ''"])
        #expect(faults("# nothing\n") == ["1:1 Unexpected value ''"])
        #expect(faults("- a\n") == ["1:1 A sequence was not expected"])
        #expect(faults("text") == ["1:1 Unexpected value 'text'"])
    }
}
