import Core
import Testing

@testable import Workflows

@Suite("Values, conversion and comparison")
struct ValueTests {
    @Test(
        "literals",
        arguments: [
            ("null", "Null null"), ("true", "Boolean true"), ("false", "Boolean false"), ("", "Null null"),
            ("  ", "Null null"), ("0", "Number 0"), ("-1", "Number -1"), ("+5", "Number 5"), ("1.5", "Number 1.5"),
            (".5", "Number 0.5"), ("5.", "Number 5"), ("1e3", "Number 1000"), ("1E-2", "Number 0.01"),
            ("0xff", "Number 255"), ("0xFFFFFFFF", "Number -1"), ("0x80000000", "Number -2147483648"),
            ("0o17", "Number 15"), ("NaN", "Number \"NaN\""), ("Infinity", "Number \"Infinity\""),
            ("-Infinity", "Number \"-Infinity\""), ("'x'", "String \"x\""), ("''", "String \"\""),
            ("'it''s'", "String \"it's\""), ("''''", "String \"'\""), ("'${{ x }}'", "String \"${{ x }}\""),
            ("'a\nb'", "String \"a\\nb\""), ("'é😊'", "String \"é😊\""), ("(1)", "Number 1"),
            ("((true))", "Boolean true"),
        ])
    func literals(text: String, wanted: String) throws { #expect(try shown(text) == wanted) }

    @Test(
        "numbers print in G15",
        arguments: [
            (1e15, "1E+15"), (999_999_999_999_999, "999999999999999"), (0.1 + 0.2, "0.3"),
            (1.0 / 3, "0.333333333333333"),
            (1e-5, "1E-05"), (0.0001, "0.0001"), (-0.0, "0"), (123456789012345680, "1.23456789012346E+17"),
            (1e100, "1E+100"), (1.5, "1.5"), (-2.25, "-2.25"), (100, "100"), (1e21, "1E+21"),
            (5e-324, "4.94065645841247E-324"),
            (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"), (2147483648, "2147483648"),
        ])
    func printing(number: Double, wanted: String) { #expect(NumberText.format(number) == wanted) }

    @Test(
        "text becomes a number",
        arguments: [
            ("", 0), ("  ", 0), (" 12 ", 12), ("1e2", 100), ("-3.5", -3.5), ("+3", 3), ("0x10", 16), ("0o10", 8),
            (".5", 0.5), ("5.", 5), ("Infinity", .infinity), ("-Infinity", -.infinity), ("1e400", .infinity),
        ])
    func parsing(text: String, wanted: Double) { #expect(NumberText.parse(text) == wanted) }

    @Test(
        "text that is no number",
        arguments: [
            "a", "1a", "1 2", "0x", "0xg", "0o8", "--1", "1e", "e1", ".", "-", "1_000", "0b1", "0X10", "1,5", "nan",
        ])
    func noNumber(text: String) { #expect(NumberText.parse(text).isNaN) }

    @Test(
        "truth",
        arguments: [
            ("null", false), ("false", false), ("0", false), ("-0", false), ("NaN", false), ("''", false),
            ("'0'", true),
            ("'false'", true), ("' '", true), ("1", true), ("-1", true), ("Infinity", true), ("fromJSON('[]')", true),
            ("fromJSON('{}')", true),
        ])
    func truth(text: String, wanted: Bool) throws {
        #expect(try evaluate(text).isTruthy == wanted)
        #expect(try shown("!(\(text))") == "Boolean \(!wanted)")
    }

    @Test(
        "equality",
        arguments: [
            ("1 == 1", true), ("1 == '1'", true), ("'1' == 1", true), ("'a' == 'A'", true), ("'ä' == 'Ä'", true),
            ("'ı' == 'I'", false), ("'ſ' == 'S'", false), ("'ß' == 'SS'", false), ("null == ''", true),
            ("null == 0", true),
            ("null == false", true), ("false == 0", true), ("false == ''", true), ("true == 1", true),
            ("true == 'true'", false), ("true == '1'", true), ("NaN == NaN", false), ("NaN != NaN", true),
            ("'a' == 'b'", false), ("'a' == 'ab'", false), ("'é' == 'e\u{301}'", false), ("null == null", true),
            ("fromJSON('[]') == fromJSON('[]')", false), ("'' == 0", true), ("'x' == NaN", false),
            ("Infinity == Infinity", true), ("0 == -0", true), ("fromJSON('{}') == 'Object'", false),
        ])
    func equality(text: String, wanted: Bool) throws { #expect(try shown(text) == "Boolean \(wanted)") }

    @Test("an array or object equals only itself")
    func instances() throws {
        #expect(try shown("a.x == a.x", #"{"a":{"x":[1]}}"#) == "Boolean true")
        #expect(try shown("a == b", #"{"a":{},"b":{}}"#) == "Boolean false")
        #expect(try shown("a != a", #"{"a":{}}"#) == "Boolean false")
        #expect(try shown("a.* == a.*", #"{"a":[1]}"#) == "Boolean false")
    }

    @Test(
        "order",
        arguments: [
            ("1 < 2", true), ("2 < 1", false), ("1 <= 1", true), ("'a' < 'B'", true), ("'b' > 'A'", true),
            ("'a' <= 'A'", true), ("false < true", true), ("true > false", true), ("null < 1", true),
            ("null >= 0", true),
            ("'10' > 9", true), ("'abc' > 1", false), ("'abc' < 1", false), ("NaN < 1", false), ("NaN >= NaN", false),
            ("null >= null", true), ("null > null", false), ("'_' > 'a'", true), ("'Z' < '_'", true),
            ("fromJSON('[]') < 1", false), ("1 > fromJSON('{}')", false), ("'' < 'a'", true),
        ])
    func order(text: String, wanted: Bool) throws { #expect(try shown(text) == "Boolean \(wanted)") }

    @Test(
        "and, or and not give operands and stop early",
        arguments: [
            ("1 && 2", "Number 2"), ("0 && 2", "Number 0"), ("'' || 'x'", "String \"x\""),
            ("'a' || 'b'", "String \"a\""),
            ("null || false", "Boolean false"), ("1 || fromJSON('bad')", "Number 1"),
            ("0 && fromJSON('bad')", "Number 0"),
            ("1 == 1 && 'yes' || 'no'", "String \"yes\""), ("1 == 2 && 'yes' || 'no'", "String \"no\""),
            ("!1 || 2", "Number 2"), ("!(1 || 2)", "Boolean false"), ("!!'x'", "Boolean true"),
            ("1 || 0 && 0", "Number 1"), ("(1 || 0) && 0", "Number 0"), ("1 < 2 == true", "Boolean true"),
            ("true == 1 < 2", "Boolean true"), ("1 == 1 == 1", "Boolean true"), ("!'a' == 'b'", "Boolean false"),
            ("3 > 2 > 1", "Boolean false"), ("a.b || c", "String \"d\""),
        ])
    func operators(text: String, wanted: String) throws {
        #expect(try shown(text, #"{"a":{},"c":"d"}"#) == wanted)
    }
}
