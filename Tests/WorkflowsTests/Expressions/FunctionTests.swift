import Core
import Testing

@testable import Workflows

@Suite("Functions")
struct FunctionTests {
    @Test(
        "values",
        arguments: [
            ("contains('Hello', 'ELL')", "Boolean true"), ("contains('Hello', '')", "Boolean true"),
            ("contains('', 'a')", "Boolean false"), ("contains(123, 2)", "Boolean true"),
            ("contains(null, '')", "Boolean true"), ("contains('abc', 'abcd')", "Boolean false"),
            ("contains(fromJSON('[\"a\",1]'), 'A')", "Boolean true"),
            ("contains(fromJSON('[1]'), '1')", "Boolean true"),
            ("contains(fromJSON('[]'), '')", "Boolean false"),
            ("contains(fromJSON('{\"a\":1}'), 'a')", "Boolean false"),
            ("contains('Array', fromJSON('[]'))", "Boolean false"), ("contains(fromJSON('[null]'), 0)", "Boolean true"),
            ("CONTAINS('a','A')", "Boolean true"),
            ("startsWith('Hello', 'hE')", "Boolean true"), ("startsWith('a', 'ab')", "Boolean false"),
            ("startsWith(fromJSON('[]'), 'A')", "Boolean false"), ("startsWith(12, 1)", "Boolean true"),
            ("endsWith('Hello', 'LO')", "Boolean true"), ("endsWith('a', 'ba')", "Boolean false"),
            ("endsWith('x', '')", "Boolean true"), ("endsWith('ÄÖ', 'ö')", "Boolean true"),
            ("format('{0} {1} {0}', 'a', 2)", "String \"a 2 a\""), ("format('{{0}}')", "String \"{0}\""),
            ("format('{{{0}}}', 1)", "String \"{1}\""), ("format('')", "String \"\""),
            ("format('{0}', null)", "String \"\""), ("format('{0}', fromJSON('[]'))", "String \"Array\""),
            ("format('{0}', '{1}')", "String \"{1}\""), ("format('{10}',0,1,2,3,4,5,6,7,8,9,'x')", "String \"x\""),
            ("format('{0}', 1.50)", "String \"1.5\""), ("format('a', fromJSON('bad'))", "String \"a\""),
            ("join(fromJSON('[1,\"a\",null,true]'))", "String \"1,a,,true\""),
            ("join(fromJSON('[1,2]'), '-')", "String \"1-2\""), ("join(fromJSON('[]'), '-')", "String \"\""),
            ("join('x', '-')", "String \"x\""), ("join(fromJSON('{}'))", "String \"\""),
            ("join(fromJSON('[1]'), fromJSON('bad'))", "String \"1\""),
            ("join(fromJSON('[1,2]'), fromJSON('[]'))", "String \"1,2\""),
            ("join(fromJSON('[[1],{}]'))", "String \"Array,Object\""),
            ("toJSON('a\"b')", #"String "\"a\\\"b\"""#), ("toJSON(fromJSON('{}'))", "String \"{}\""),
            ("toJSON(1e20)", "String \"1E+20\""), ("toJSON(null)", "String \"null\""),
            (
                "toJSON(fromJSON('{\"b\":1,\"a\":[1,{}]}'))",
                #"String "{\n  \"b\": 1,\n  \"a\": [\n    1,\n    {}\n  ]\n}""#
            ),
            ("fromJSON('1')", "Number 1"), ("fromJSON('\"x\"')", "String \"x\""),
            ("fromJSON('true') == true", "Boolean true"),
            ("fromJSON('{\"a\":1,\"A\":2}').a", "Number 2"), ("fromJSON(' [1] ')[0]", "Number 1"),
            ("case(true, 1, 2)", "Number 1"), ("case(false, 1, 2)", "Number 2"),
            ("case(false, 1, true, 'x', 2)", "String \"x\""), ("case(true, 1, fromJSON('bad'))", "Number 1"),
            ("case(false, fromJSON('bad'), 2)", "Number 2"),
        ])
    func values(text: String, wanted: String) throws { #expect(try shown(text) == wanted) }

    @Test(
        "faults while evaluating",
        arguments: [
            ("format('{0}')", "references more arguments than were supplied: {0}"),
            ("format('{')", "format string is invalid: {"), ("format('}')", "format string is invalid: }"),
            ("format('{a}', 1)", "format string is invalid"), ("format('{}', 1)", "format string is invalid"),
            ("format('{-1}', 1)", "format string is invalid"), ("format('{999}', 1)", "format string is invalid"),
            ("fromJSON('')", "fromJson"), ("fromJSON('{')", "fromJson"), ("fromJSON('[1,]')", "fromJson"),
            ("fromJSON(null)", "fromJson"), ("case(1, 2, 3)", "case predicate must evaluate to a boolean value"),
        ])
    func faults(text: String, wanted: String) {
        let fault = fault(text)
        #expect(fault?.kind == .evaluation)
        #expect(fault?.message.contains(wanted) == true, "\(String(describing: fault))")
    }

    @Test(
        "counts of arguments",
        arguments: [
            ("contains('a')", "Too few parameters supplied: 'contains'. Located at position 1"),
            ("contains('a','b','c')", "Too many parameters supplied: 'contains'"), ("toJSON()", "Too few"),
            ("fromJSON(1,2)", "Too many"), ("join()", "Too few"), ("join(1,2,3)", "Too many"), ("format()", "Too few"),
            ("case(true, 1)", "Too few"), ("case(true, 1, false, 2)", "Even number of parameters supplied"),
        ])
    func counts(text: String, wanted: String) {
        let fault = fault(text)
        #expect(fault?.kind == .parsing)
        #expect(fault?.message.hasPrefix(wanted) == true, "\(String(describing: fault))")
    }

    @Test("supplied functions get their arguments, and what they throw is a fault")
    func supplied() throws {
        let scope = ExpressionScope(schema: ["github", "hashFiles(1,255)", "success(0,MAX)"])
        let evaluator = Evaluator(
            contexts: ExpressionObject([("github", .object([("x", .string("y"))]))]),
            functions: [
                "hashFiles": { arguments in .string(arguments.map(\.text).joined(separator: "+")) },
                "success": { _ in throw Failure(.failed, "no status") },
            ])
        let hash = try Expression.parse("HASHFILES('a', github.x) == 'A+Y'", in: scope)
        #expect(try evaluator.evaluate(hash).isTruthy)
        let status = try Expression.parse("success()", in: scope)
        let fault = #expect(throws: ExpressionFault.self) { try evaluator.evaluate(status) }
        #expect(fault?.message == "no status")
        let few = #expect(throws: ExpressionFault.self) { try Expression.parse("hashFiles()", in: scope) }
        #expect(few?.message.hasPrefix("Too few") == true)
        #expect(hash.calls(anyOf: ["hashfiles"]))
        #expect(!hash.calls(anyOf: ["success"]))
    }
}
