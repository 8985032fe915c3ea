import Core
import Foundation
import Testing

@Suite struct FailureTests {
    @Test(arguments: [
        ("::set-output name=url::http://evil.example", ": :set-output name=url::http://evil.example"),
        ("x ##[add-mask]y", "x # #[add-mask]y"), ("\u{1B}]0;title\u{7}red\u{1B}[31m", "]0;titlered[31m"),
        ("a\tb", "a\tb"), ("time 10:30::ok", "time 10:30::ok"),
    ])
    func wordsOfOthersAreHarmless(line: String, shown: String) {
        let failure = Failure(.failed, "it did not work", evidence: [line])
        #expect(failure.description == "it did not work\n          \(shown)")
    }

    @Test func tellsWhatWhereWhyEvidenceAndNext() {
        let failure = Failure(
            .missing, "Nexus gives no answer", where: "http://127.0.0.1:1", why: "connection refused",
            evidence: ["last line"], next: ["nante lab up", "nante lab status"])
        #expect(
            failure.description == """
                Nexus gives no answer
                  where    http://127.0.0.1:1
                  why      connection refused
                          last line
                  next     nante lab up  ·  nante lab status
                """)
    }
}
