import Testing

@testable import Workflows

@Suite("Syntax faults and limits")
struct SyntaxTests {
    @Test(
        "faults name the token and its place",
        arguments: [
            ("1 +", "lexing", "Unexpected symbol: '+'", 3), ("\"a\"", "lexing", "Unexpected symbol: '\"a\"'", 1),
            ("'a", "lexing", "Unexpected symbol: ''a'", 1), ("a =", "lexing", "Unexpected symbol: '='", 3),
            ("a &&", "parsing", "Unexpected end of expression: '&&'", 3), ("a == ", "parsing", "Unexpected end", 3),
            ("(a", "parsing", "Unexpected end of expression: 'a'", 2), ("a)", "parsing", "Unexpected symbol: ')'", 2),
            ("a[1", "parsing", "Unexpected end", 3), ("a]", "parsing", "Unexpected symbol: ']'", 2),
            ("a b", "parsing", "Unexpected symbol: 'b'", 3), ("a.", "parsing", "Unexpected end of expression: '.'", 2),
            ("a..b", "parsing", "Unexpected symbol: '.'", 3), ("a.'b'", "parsing", "Unexpected symbol: ''b''", 3),
            ("contains(a,", "parsing", "Unexpected end", 11), ("contains(,a)", "parsing", "Unexpected symbol: ','", 10),
            ("contains", "parsing", "Unrecognized named-value: 'contains'", 1),
            ("a(1)", "parsing", "Unrecognized function: 'a'", 1),
            ("True", "parsing", "Unrecognized named-value: 'True'", 1), ("()", "parsing", "Unexpected symbol: ')'", 2),
            ("!", "parsing", "Unexpected end", 1), ("* 2", "parsing", "Unexpected symbol: '*'", 1),
            ("a[]", "parsing", "Unexpected symbol: ']'", 3), ("a[*", "parsing", "Unexpected end", 3),
            ("a,b", "parsing", "Unexpected symbol: ','", 2), ("1.2.3", "lexing", "Unexpected symbol: '1.2.3'", 1),
            ("a ! b", "parsing", "Unexpected symbol: '!'", 3), ("a[1,2]", "parsing", "Unexpected symbol: ','", 4),
            ("(a]", "parsing", "Unexpected symbol: ']'", 3), ("a[(1])", "parsing", "Unexpected symbol: ']'", 5),
            ("'😊' ~", "lexing", "Unexpected symbol: '~'", 6), ("b", "parsing", "Unrecognized named-value: 'b'", 1),
            ("secrets.x", "parsing", "Unrecognized named-value: 'secrets'", 1),
            ("a.1", "parsing", "Unexpected symbol: '1'", 3),
            ("a-", "parsing", "Unrecognized named-value: 'a-'", 1), ("1a", "lexing", "Unexpected symbol: '1a'", 1),
        ])
    func faults(text: String, kind: String, start: String, position: Int) {
        let fault = fault(text, #"{"a": {}}"#)
        #expect(fault?.kind.rawValue == kind, "\(String(describing: fault))")
        #expect(fault?.message.hasPrefix(start) == true, "\(String(describing: fault))")
        #expect(fault?.message.contains("Located at position \(position) within expression: \(text)") == true)
        #expect(fault?.offset == position - 1)
    }

    @Test("depth: fifty is fine, one more is not; chains are not deep")
    func depth() throws {
        let fifty = String(repeating: "!", count: 49) + "true"
        #expect(try shown(fifty) == "Boolean false")
        #expect(fault("!" + fifty)?.message == "Exceeded max expression depth 50")
        let chain = (1...2000).map { _ in "1" }.joined(separator: " && ")
        #expect(try shown(chain) == "Number 1")
        let nested = String(repeating: "(1 && ", count: 300) + "1" + String(repeating: ")", count: 300)
        #expect(try shown(nested) == "Number 1")
    }

    @Test("length: 21000 units are fine, one more is not")
    func length() throws {
        let text = "'" + String(repeating: "a", count: 20_998) + "'"
        #expect(fault(text) == nil)
        #expect(fault(text + " ")?.message == "Exceeded max expression length 21000")
    }

    @Test("brackets as deep as the length lets them do no harm")
    func brackets() {
        #expect(fault(String(repeating: "(", count: 20_000))?.kind == .parsing)
        let closed = String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000)
        #expect(fault(closed) == nil)
        #expect(fault(String(repeating: "a[", count: 10_000), #"{"a":1}"#)?.kind == .parsing)
        #expect(fault(String(repeating: "format(", count: 2_900))?.kind == .parsing)
    }

    @Test("memory: a value may not grow without end")
    func memory() {
        let big = "format('\(String(repeating: "{0}", count: 5_000))', a)"
        let fault = fault(big, #"{"a": "\#(String(repeating: "x", count: 500))"}"#)
        #expect(fault?.kind == .evaluation)
        #expect(fault?.message == "The maximum allowed memory size was exceeded")
    }
}
