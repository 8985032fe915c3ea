import Core
import Foundation
import Testing

@testable import Building

@Suite struct GoTestReportTests {
    private func report(_ lines: [String]) -> GoTestReport {
        var report = GoTestReport()
        for line in lines { report.take(line) }
        return report
    }

    private func event(
        _ action: String, _ test: String? = nil, output: String? = nil, elapsed: Double? = nil
    ) -> String {
        var members: [(String, JSONValue)] = [("Action", .string(action)), ("Package", "example.com/app")]
        if let test { members.append(("Test", .string(test))) }
        if let output { members.append(("Output", .string(output))) }
        if let elapsed { members.append(("Elapsed", .number(elapsed))) }
        return JSONValue.object(.init(uniqueKeysWithValues: members)).text()
    }

    @Test func testsArePairedWithTheirOutput() {
        let report = report([
            event("run", "TestA"), event("output", "TestA", output: "=== RUN   TestA\n"),
            event("output", "TestA", output: "    a_test.go:7: got 1, want 2\n"),
            event("output", "TestA", output: "--- FAIL: TestA (0.01s)\n"), event("fail", "TestA", elapsed: 0.01),
            event("run", "TestB"), event("pass", "TestB", elapsed: 0.5), event("run", "TestC"),
            event("skip", "TestC"), event("output", output: "FAIL\n"), event("fail", elapsed: 0.6),
        ])
        #expect(report.tests.map(\.name) == ["TestA", "TestB", "TestC"])
        #expect(report.tests.map(\.ending) == [.failed, .passed, .skipped])
        #expect(report.tests[0].output == ["    a_test.go:7: got 1, want 2"])
        #expect(report.packages.map(\.ending) == [.failed])
        #expect(report.packages[0].seconds == 0.6)
    }

    @Test func subtestsCountAndTheirParentDoesNot() {
        let report = report([
            event("run", "TestA"), event("run", "TestA/one"), event("pass", "TestA/one"), event("run", "TestA/two"),
            event("fail", "TestA/two"), event("fail", "TestA"), event("run", "TestAlone"), event("pass", "TestAlone"),
        ])
        #expect(report.leaves.map(\.name) == ["TestA/one", "TestA/two", "TestAlone"])
    }

    @Test func aParentThatFailedByItselfCounts() {
        let report = report([
            event("run", "TestA"), event("run", "TestA/one"), event("pass", "TestA/one"), event("fail", "TestA"),
        ])
        #expect(report.leaves.filter { $0.ending == .failed }.map(\.name) == ["TestA"])
    }

    @Test func aTestThatNeverEndedHasFailed() {
        let report = report([event("run", "TestA"), event("output", "TestA", output: "panic: x\n"), event("fail")])
        #expect(report.leaves.map(\.ending) == [.failed])
        #expect(report.leaves[0].output == ["panic: x"])
    }

    @Test func whatIsNoEventIsKept() {
        let report = report([
            "# example.com/app", "./a.go:3:1: syntax error", "", #"{"Action":"build-output","Output":"more\n"}"#,
            "FAIL\texample.com/app [build failed]", "{broken",
        ])
        #expect(
            report.other == [
                "# example.com/app", "./a.go:3:1: syntax error", "more", "FAIL\texample.com/app [build failed]",
                "{broken",
            ])
        #expect(report.packages.isEmpty)
    }

    @Test func junitEscapes() {
        let report = report([
            event("run", "TestA/<x>"), event("output", "TestA/<x>", output: "got \"a\" & \u{1B}[31m]]>\n"),
            event("fail", "TestA/<x>", elapsed: 1.5), event("fail", elapsed: 2),
        ])
        let xml = JUnit.xml(report, app: "app")
        #expect(xml.contains(#"<testcase classname="example.com/app" name="TestA/&lt;x&gt;" time="1.5">"#))
        #expect(xml.contains("got &quot;a&quot; &amp; ?[31m]]&gt;</failure>"))
        #expect(xml.contains(#"<testsuites name="app" tests="1" failures="1">"#))
    }

    @Test func coverageCountsEachBlockOnce() {
        let coverage = Coverage(
            profile: """
                mode: set
                example.com/app/a.go:1.1,2.2 3 1
                example.com/app/a.go:3.1,4.2 1 0
                example.com/app/b.go:1.1,9.2 6 0
                example.com/app/b.go:1.1,9.2 6 2
                example.com/app/c.go:1.1,9.2 10 0
                not a block

                """)
        #expect(coverage.files.map(\.covered) == [3, 6, 0])
        #expect(coverage.percent == 45)
        #expect(coverage.gaps.map(\.name) == ["example.com/app/c.go", "example.com/app/a.go"])
    }

    @Test func coverageIsRoundedDown() {
        let coverage = Coverage(profile: "mode: set\na.go:1.1,2.2 7996 1\na.go:3.1,4.2 2004 0\n")
        #expect(coverage.percent == 79.9)
        #expect(Coverage(profile: "mode: set\n").percent == 0)
    }
}
