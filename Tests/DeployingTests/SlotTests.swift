import Core
import Deploying
import Testing

/// Reading what the host-side script says.
@Suite struct SlotReadingTests {
    @Test func aReportIsRead() throws {
        let text = """
            {"interface":1,"host":"dev-app-1","apps":[{"app":"go-app","active":"green","version":"1.1.0","healthy":true,
            "answer":"200 \\"ok\\"","standby":"","slots":{"blue":{"version":"1.0.0","state":"inactive","restarts":0,
            "enabled":false,"since":null},"green":{"version":"1.1.0","state":"active","restarts":2,"enabled":true,
            "since":1795499536}},"releases":["1.1.0","1.0.0"],"notes":["the active slot green was restarted 2 times"]}]}
            """
        let app = try #require(try SlotReport(parsing: text, from: "x").app("go-app"))
        #expect(app.active == "green" && app.version == "1.1.0" && app.healthy && app.standby == nil)
        #expect(app.restarts == 2)
        #expect(app.since?.timeIntervalSince1970 == 1_795_499_536)
        #expect(app.releases == ["1.1.0", "1.0.0"])
    }

    @Test(arguments: ["", "sudo: a password is required", "{}", "[1]", "{\"apps\":"])
    func whatIsNoReportIsAFailure(text: String) {
        #expect(throws: Failure.self) { try SlotReport(parsing: text, from: "dev-app-1") }
    }

    @Test func linesOfTheScriptAreFoundInALog() throws {
        let event = try #require(SlotEvent(line: #"12:00 nante-slot {"phase":"healthy","ms":412,"slot":"green"}"#))
        #expect(event.phase == "healthy" && event.after == .milliseconds(412) && event["slot"] == "green")
        #expect(SlotEvent(line: "nante-slot is installed") == nil)
        #expect(SlotEvent(line: #"nante-slot {"phase":"#) == nil)
    }

    @Test func aRefusalIsPutTogether() throws {
        let lines = Look.refused(on: "dev-app-1").activityLogs[0].children[0].children[0].logElements
        let refusal = try #require(SlotRefusal(lines: lines.map(\.messageText)))
        #expect(refusal.code == 1 && refusal.slot == "green" && refusal.serves == "1.2.4")
        #expect(
            refusal.check
                == "GET /healthz on slot green, 80 tries in 20 s, last: 500 \"database: connection refused\"")
        #expect(refusal.log == ["listening on /run/go-app/green.sock", "dial tcp: connection refused"])
        #expect(SlotRefusal(lines: ["all is well"]) == nil)
    }

    @Test func theScriptInTheBinaryIsTheScript() {
        #expect(SlotScript.text.hasPrefix("#!/bin/bash -p\n"))
        #expect(SlotScript.text.contains("readonly INTERFACE=\(SlotScript.interface)\n"))
    }

    @Test(arguments: [
        ("1.2.6-main.7+g1a2b3c4", "", "1a2b3c4"), ("1.2.5", "", "v1.2.5"),
        ("1.2.5", "Made by nante\ncommit: 0123456789abcdef\n", "0123456789abcdef"),
    ])
    func theRevisionOfAReleaseIsFound(version: String, notes: String, revision: String) {
        #expect(ReleaseFacts(id: "Releases-1", version: version, notes: notes).revision == revision)
    }
}
