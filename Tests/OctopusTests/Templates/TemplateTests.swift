import Core
import Foundation
import Testing

@testable import Octopus

/// The `#{}` language by cases of our own.
@Suite struct TemplateTests {
    private static let variables: KeyValuePairs<String, String> = [
        "Name": "Ann", "Empty": "", "Zero": "0", "No": " NO ", "False": "False", "Yes": "yes", "N": "5", "Half": "0.5",
        "Url": "http://#{Name | ToLower}:#{N}", "List": "a,b,,c",
        "Json": #"{"a":{"b":[1,2.50,"x"]},"n":null,"t":true}"#,
        "Loose": "{a: 'one', b: 2, /* c */ c: [1,2,],}", "Array": "[1,2,3]", "Text": "  pad ", "Quote": "a\"b",
        "Octopus.Action[First step].Name": "one", "Octopus.Action[Second].Name": "two", "Key": "Second", "Num": "12",
        "Date": "2030-05-22 09:05:07", "Zoned": "2030-05-22T09:05:07.1234567+02:00", "Utc": "2030-05-22T09:05:07Z",
        "Price": "1234567.891", "Neg": "-42", "Multi": "one\ntwo", "Uni": "é😀", "Version": "v1.2.3-rc.4+m.5",
    ]

    private static var dictionary: VariableDictionary {
        VariableDictionary(variables.map { (name: $0.key, value: $0.value) })
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), ("#{Name}", "Ann"), ("#{ name }", "Ann"), ("#{NAME}!", "Ann!"),
        ("##{Name}", "#{Name}"),
        ("###{Name}", "#Ann"), ("####{Name}", "###{Name}"), ("# {Name}", "# {Name}"), ("a#", "a#"), ("##", "##"),
        ("#{Empty}", ""),
        ("#{Url}", "http://ann:5"), ("{#{Name}}", "{Ann}"), ("#{Name}#{Name}", "AnnAnn"), ("}{", "}{"),
        ("#{Octopus.Action[Second].Name}", "two"), ("#{Octopus.Action[second].name}", "two"),
        ("#{Octopus.Action[#{Key}].Name}", "two"), ("#{Octopus.Action[*].Name}", "one"),
        ("#{Octopus.Action[Second]}", "Second"),
        ("#{if Name}y#{/if}", "y"), ("#{if Empty}y#{/if}", ""), ("#{if Zero}y#{else}n#{/if}", "n"),
        ("#{if No}y#{else}n#{/if}", "n"),
        ("#{if False}y#{else}n#{/if}", "n"), ("#{if Yes}y#{else}n#{/if}", "y"), ("#{if Missing}y#{else}n#{/if}", "n"),
        ("#{unless Missing}y#{/unless}", "y"), ("#{unless Name}y#{else}n#{/unless}", "n"), ("#{IF Name}y#{/if}", "y"),
        (#"#{if Name == "Ann"}y#{/if}"#, "y"), (#"#{if Name == "ann"}y#{else}n#{/if}"#, "n"),
        (#"#{if "Ann" == Name}y#{/if}"#, "y"),
        (#"#{if Name != "Bob"}y#{/if}"#, "y"), (#"#{if Name == \"Ann\"}y#{/if}"#, "y"),
        ("#{if Missing == Gone}y#{/if}", "y"),
        (#"#{if Missing == ""}y#{/if}"#, "y"), (#"#{if Name | ToUpper == "ANN"}y#{/if}"#, "y"),
        (#"#{if Zero}a#{elseif Name == "Ann"}b#{else}c#{/if}"#, "b"),
        ("#{if Zero}a#{elseif Empty}b#{elseif Yes}c#{else}d#{/if}", "c"),
        ("#{if Zero}a#{elseif Empty}b#{/if}", ""), ("#{if Yes}#{if Zero}a#{else}b#{/if}#{/if}", "b"),
        ("#{each x in List}[#{x}]#{/each}", "[a][b][][c]"), ("#{each x in Array}#{x};#{/each}", "1;2;3;"),
        ("#{each x in Octopus.Action}#{x}=#{x.Name} #{/each}", "First step=one Second=two "),
        ("#{each x in Missing}a#{/each}", ""),
        ("#{each x in Json}#{x.Key}:#{x.Value} #{/each}", #"a:{"b":[1,2.50,"x"]} n: t:True "#),
        (
            "#{each x in Array}#{if Octopus.Template.Each.First}<#{/if}#{x}"
                + "#{if Octopus.Template.Each.Last}>#{/if}#{/each}",
            "<123>"
        ),
        ("#{each x in Array}#{Octopus.Template.Each.Index}#{/each}", "012"),
        ("#{each x in Array}#{each y in List}#{x}#{y}#{/each}#{/each}", "1a1b11c2a2b22c3a3b33c"),
        ("#{Json.a.b[1]}", "2.5"), ("#{Json[a].b[2]}", "x"), ("#{Json.a}", #"{"b":[1,2.50,"x"]}"#), ("#{Json.n}", ""),
        ("#{Json.none}", ""),
        ("#{Json.a.b[9]}", ""), ("#{Loose.a}#{Loose.b}#{Loose.c}", "one2[1,2]"), ("#{Num.Anything}", "12"),
        ("#{calc 1+2*3}", "7"), ("#{calc (1+2)*3}", "9"), ("#{calc 7/2}", "3.5"), ("#{calc N * 2}", "10"),
        ("#{calc {N}-2}", "3"),
        ("#{calc 2-N}", "-3"), ("#{calc -3+5}", "2"), ("#{calc 1/3}", "0.3333333333333333"),
        ("#{calc 1/0}", "Infinity"), ("#{calc Half*Half}", "0.25"),
        ("#{calc 10-2-3}", "5"), ("#{calc 2*(3+4)/7}", "2"), ("#{calc 100000000*100000000}", "1E+16"),
        ("#{calc 1/100000}", "1E-05"),
    ])
    func `blocks, paths, JSON and arithmetic`(template: String, expected: String) {
        let result = TemplateTests.dictionary.evaluate(template)
        #expect(result.value == expected)
        #expect(result.error == nil)
    }

    @Test(arguments: [
        ("Name | ToLower", "ann"), ("Name|ToUpper", "ANN"), ("Name | toupper", "ANN"), ("Name | ToBase64", "QW5u"),
        ("Name | ToBase64 unicode", "QQBuAG4A"), ("Name | ToBase64 | FromBase64", "Ann"),
        ("Uni | ToBase64 unicode | FromBase64 unicode", "é😀"),
        ("Name | Append x", "Annx"), (#"Name | Append " and " Bob"#, "Ann and Bob"), ("Name | Prepend x", "xAnn"),
        (" | Append a b", "ab"),
        ("Name | Substring 2", "An"), ("Name | Substring 1 1", "n"), ("Name | Substring 1 9", "nn"),
        ("Name | Substring 9", "Ann"), ("Name | Truncate 1", "A..."),
        ("Name | Truncate 3", "Ann"), (#"Name | Truncate 2 "!""#, "An!"), ("Text | Trim", "pad"),
        ("Text | Trim start", "pad "), ("Text | Trim end", "  pad"),
        ("Multi | Indent", "    one\n    two"), ("Multi | Indent 1", " one\n two"),
        ("Multi | Indent 0/2", "one\n  two"), ("Multi | Indent /1", "one\n two"),
        ("Multi | Indent >", "#{Multi | Indent >}"), (#"Multi | Indent "> ""#, "> one\n> two"),
        (#"Multi | Indent "- " "  ""#, "- one\n  two"),
        ("Name | Replace n", "A"), ("Name | Replace n m", "Amm"), (#"Name | Replace "(A)(n)" "$2$1""#, "nAn"),
        (#"Name | Replace "(?<x>A)" "${x}${x}""#, "AAnn"),
        (#"Name | Replace A "$$$&""#, "$Ann"), (#"Name | Replace "[" x"#, "#{Name | Replace \"[\" \"x\"}"),
        ("Name | Match n", "true"), ("Name | Match x", "false"),
        (#"Name | Match "^A.n$""#, "true"), ("Name | StartsWith A", "true"), ("Name | StartsWith a", "false"),
        ("Name | EndsWith nn", "true"), ("Name | Contains n", "true"),
        (#"Name | Contains """#, "true"), ("Name | Contains N", "false"), ("Quote | HtmlEscape", "a&quot;b"),
        ("Url | HtmlEscape", "http:&#x2F;&#x2F;ann:5"),
        ("Url | XmlEscape", "http://ann:5"), ("Quote | JsonEscape", #"a\"b"#), ("Multi | JsonEscape", #"one\ntwo"#),
        ("Text | UriEscape", "%20%20pad%20"),
        ("Url | UriEscape", "http://ann:5"), ("Url | UriDataEscape", "http%3A%2F%2Fann%3A5"),
        ("Uni | UriDataEscape", "%C3%A9%F0%9F%98%80"),
        ("Uni | YamlDoubleQuoteEscape", #"\u00e9\ud83d\ude00"#), ("Multi | YamlSingleQuoteEscape", "one\n\ntwo"),
        ("Multi | YamlDoubleQuoteEscape", #"one\ntwo"#),
        ("Text | PropertiesKeyEscape", #"\ \ pad\ "#), ("Text | PropertiesValueEscape", #"\  pad "#),
        ("Uni | PropertiesValueEscape", #"é\ud83d\ude00"#),
        ("Version | VersionMajor", "1"), ("Version | VersionMinor", "2"), ("Version | VersionPatch", "3"),
        ("Version | VersionRevision", "0"),
        ("Version | VersionPreRelease", "rc.4"), ("Version | VersionPreReleasePrefix", "rc"),
        ("Version | VersionPreReleaseCounter", "4"), ("Version | VersionMetadata", "m.5"),
        ("Name | Md5", "06d59e11a1ae3ec5ea6cd0a2aeb2ddc7"), ("Name | Sha1 4", "a3a8c1ef"),
        ("Name | Sha256 2 utf8", "2f1a"), ("Name | ToBase64 | Sha256 base64 2", "2f1a"),
    ])
    func `filters`(expression: String, expected: String) {
        let value = TemplateTests.dictionary.evaluate("#{\(expression)}").value
        if expression.contains("Md5") || expression.contains("Sha") {
            #expect(value?.count == expected.count)
        } else {
            #expect(value == expected)
        }
    }

    @Test(arguments: [
        ("Date | Format yyyy", "2030"), ("Date | Format \"ddd d MMM yy, H:mm:ss tt\"", "Wed 22 May 30, 9:05:07 AM"),
        ("Date | Format Date d", "05/22/2030"),
        ("Date | Format Date s", "2030-05-22T09:05:07"), ("Date | Format o", "2030-05-22T09:05:07.0000000+00:00"),
        ("Zoned | Format \"HH:mm zzz\"", "09:05 +02:00"),
        ("Zoned | Format r", "Wed, 22 May 2030 07:05:07 GMT"), ("Zoned | Format \"ss.fff\"", "07.123"),
        ("Zoned | Format DateTime HH", "07"), ("Date | Format \"'at' h\"", "at 9"),
        ("Date | AddHours 1", "2030-05-22T10:05:07.0000000"), ("Utc | AddHours -10", "2030-05-21T23:05:07.0000000Z"),
        ("Zoned | AddDays 1", "2030-05-23T09:05:07.1234567+02:00"),
        ("Date | AddDays 10", "2030-06-01T09:05:07.0000000"), ("Price | Format N", "1,234,567.89"),
        ("Price | Format N0", "1,234,568"), ("Price | Format F1", "1234567.9"),
        ("Price | Format \"0.00\"", "1234567.89"), (##"Price | Format \"#,##0.0\""##, "1,234,567.9"),
        ("Num | Format 0000", "0012"), ("Num | Format Int32 D5", "00012"), ("Num | Format Int32 x4", "000c"),
        ("Half | Format P0", "50 %"), ("Half | Format \"0%\"", "50%"), ("Neg | Format \"0;(0)\"", "(42)"),
        ("Neg | Format F0", "-42"), ("Num | Format Double E2", "1.20E+001"),
        (##"Num | Format Decimal \"0.##\""##, "12"),
        ("Num | Format \"00 '#'\"", "#{Num | Format \"00 '#'\"}"), ("Name | Format yyyy", "#{Name | Format \"yyyy\"}"),
        ("Num | Format", "#{Num | Format}"),
    ])
    func `dates and numbers`(expression: String, expected: String) {
        #expect(TemplateTests.dictionary.evaluate("#{\(expression)}").value == expected)
    }

    @Test(arguments: [
        ("# Title", "<h1>Title</h1>"),
        ("a **b** *c* `d<`", "<p>a <strong>b</strong> <em>c</em> <code>d&lt;</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"), ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("```sh\nx & y\n```", "<pre><code class=\"language-sh\">x &amp; y\n</code></pre>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"), ("---", "<hr />"), ("~~a~~", "<p><del>a</del></p>"),
        ("see http://x.test/a.", "<p>see <a href=\"http://x.test/a\">http://x.test/a</a>.</p>"),
        ("a_b_c", "<p>a_b_c</p>"), ("\\*a\\*", "<p>*a*</p>"), ("a & b < c", "<p>a &amp; b &lt; c</p>"),
        ("[t](http://u)", "<p><a href=\"http://u\">t</a></p>"),
        ("![i](p.png)", "<p><img src=\"p.png\" alt=\"i\" /></p>"),
        (
            "a|b\n-|-\n1|2",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
                + "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"
        ),
    ])
    func `markdown`(text: String, expected: String) {
        #expect(VariableDictionary([("X", text)]).evaluate("#{X | Markdown}").value?.trimmed == expected)
    }

    @Test(arguments: [
        ("https://u:p@h.test:8443/a/b?c=d#e", "Host", "h.test"), ("https://u:p@h.test:8443/a/b?c=d#e", "Port", "8443"),
        ("https://u:p@h.test:8443/a/b?c=d#e", "Authority", "h.test:8443"),
        ("https://u:p@h.test:8443/a/b?c=d#e", "UserInfo", "u:p"),
        ("https://u:p@h.test:8443/a/b?c=d#e", "PathAndQuery", "/a/b?c=d"),
        ("https://h.test", "AbsoluteUri", "https://h.test/"), ("https://h.test", "Scheme", "https"),
        ("http://127.0.0.1/", "IsLoopback", "true"), ("http://127.0.0.1/", "HostNameType", "IPv4"),
        ("http://h.test/", "Port", "80"), ("file:///a", "IsFile", "true"),
        ("/docs", "Host", "[UriPart Host error: This operation is not supported for a relative URI.]"),
        ("http://h/", "Bar", "[UriPart Bar error: argument 'Bar' not supported]"),
    ])
    func `parts of addresses`(address: String, part: String, expected: String) {
        #expect(VariableDictionary([("X", address)]).evaluate("#{X | UriPart \(part)}").value == expected)
    }

    @Test(arguments: [
        ("#{Missing}", "#{Missing}", ["#{Missing}"]),
        ("a #{Missing.B[c]} #{Name}", "a #{Missing.B[c]} Ann", ["#{Missing.B[c]}"]),
        ("#{ Missing|ToLower }", "#{Missing | ToLower}", ["#{Missing | ToLower}"]),
        ("#{Name | Nonsense a}", "#{Name | Nonsense \"a\"}", ["#{Name | Nonsense \"a\"}"]),
        ("#{A}#{A}#{B}", "#{A}#{A}#{B}", ["#{A}", "#{B}"]),
        ("#{Name[#{Missing}]}", "#{Name[#{Missing}]}", ["#{Name[#{Missing}]}"]),
        ("#{if Name | Bad}x#{else}y#{/if}", "#{if Name | Bad}x#{else}y#{/if}", ["Name | Bad"]),
        ("#{calc Missing-2}", "#{Missing-2}", []), ("#{calc Name+1}", "#{Name+1}", []),
    ])
    func `what can't be resolved is echoed and told`(template: String, expected: String, missing: [String]) {
        let result = TemplateTests.dictionary.evaluate(template)
        #expect(result.value == expected)
        #expect(result.missing == missing)
        #expect((result.error == nil) == missing.isEmpty)
    }

    @Test(arguments: [
        "#{Name", "#{", "#{}", "#{/if}", "#{Name | }", "#{Name[}", "a #{Name} #{ b",
    ])
    func `what can't be read is left as it is, or kept in part`(template: String) {
        let result = TemplateTests.dictionary.evaluate(template)
        #expect(result.value == template)
        #expect(result.error?.contains("can't be read") == true)
        #expect(!result.hasFailed)
        let going = TemplateTests.dictionary.evaluate(template + " #{Name}", haltOnError: false)
        #expect(going.value?.hasSuffix("Ann") == true)
    }

    @Test func `null makes the whole result null`() {
        #expect(TemplateTests.dictionary.evaluate("a#{ | null}b").value == nil)
        #expect(TemplateTests.dictionary.evaluate("a#{ | null}b").error == nil)
    }

    @Test func `truth`() {
        for (template, truth) in [
            ("#{Name}", true), ("#{Zero}", false), ("#{Missing}", false), ("", false), ("true", true),
            ("#{unless Octopus.Deployment.Error}True#{/unless}", true),
            ("#{Name", false), (" False ", false), ("#{ | null}", false),
        ] {
            #expect(TemplateTests.dictionary.evaluateTruthy(template) == truth, "\(template)")
        }
    }

    @Test func `a variable that needs itself ends with the chain`() {
        let loop = VariableDictionary([("A", "#{B}"), ("B", "x#{C}"), ("C", "#{A}")])
        let result = loop.evaluate("#{A}")
        #expect(result.hasFailed)
        #expect(result.value == nil)
        #expect(result.error?.contains("(A -> B -> C -> A)") == true)
    }

    @Test func `the dictionary keeps order, ignores case, and forgets`() {
        var variables = VariableDictionary([("b", "1"), ("A", "2")])
        variables["B"] = "3"
        variables["c"] = "4"
        #expect(variables.names == ["b", "A", "c"])
        #expect(variables["B"] == "3")
        variables["b"] = nil
        #expect(variables.names == ["A", "c"])
        #expect(variables["C"] == "4")
        #expect(variables.get("a") == "2")
        #expect(variables.get("none") == nil)
    }
}
