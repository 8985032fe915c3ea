import Core
import Foundation
import Synchronization
import Testing

@testable import Proxmox

/// What the client makes of servers that refuse, break, lie or are something else.
@Suite struct TroubleTests {
    @Test func saysWhatIsWrongWithTheServer() async throws {
        let page = HTTPAnswer.text("<!DOCTYPE html><title>Log in", type: "text/html")
        let cases: [(String, HTTPAnswer?, HTTPFault?, Exit, [String])] = [
            ("token", .text("", status: 401), nil, .missing, ["does not accept the token nante@pve!ci"]),
            (
                "right", .refusal(403, "Permission check failed (/vms/100, VM.Audit)\n"), nil, .refused,
                ["lacks VM.Audit on /vms/100", "pveum role add Nante --privs \"VM.Audit\"", "acl modify /vms/100"]
            ),
            ("right untold", .text("", status: 403), nil, .refused, ["lacks Sys.Audit on /nodes/pmx"]),
            ("page", page, nil, .missing, ["is not Proxmox", "PROXMOX_API_URL"]),
            ("page 502", .text("<html>x", status: 502, type: "text/html"), nil, .missing, ["is not Proxmox"]),
            ("no JSON", .text("{\"da"), nil, .missing, ["is not Proxmox"]),
            ("other JSON", .text("[]"), nil, .missing, ["is not Proxmox"]),
            ("null", .data(nil), nil, .missing, ["can't be read", "data: expected an object"]),
            ("busy", .refusal(503, "busy"), nil, .missing, ["could not read the status of the node", "busy"]),
            ("node", .text("", status: 595), nil, .missing, ["node can't be reached", "PROXMOX_NODE"]),
            ("node late", .refusal(596, "Connection timed out"), nil, .missing, ["Connection timed out"]),
            (
                "parameters", .refusal(400, "Parameter verification failed.", errors: ["vmid": "no"]), nil, .usage,
                ["refuses", "vmid: no"]
            ),
            ("absent", .refusal(500, "no such node 'pmx'"), nil, .failed, ["no such node"]),
            ("broken", .refusal(500, "got timeout"), nil, .missing, ["got timeout"]),
            ("unserved", .refusal(501, "no"), nil, .missing, ["can't read"]),
            ("down", nil, HTTPFault(.unreachable, "connection refused"), .missing, ["can't be reached", "refused"]),
            ("late", nil, HTTPFault(.unknownOutcome, "no answer within 30 s"), .missing, ["did not come", "30 s"]),
            ("not HTTP", nil, HTTPFault(.badAnswer, "x"), .missing, ["is not Proxmox", "https://"]),
            (
                "expired", nil, HTTPFault(.untrusted, "its certificate expired on 2026-01-01"), .missing,
                ["can't be trusted", "expired on 2026-01-01", "pvecm updatecerts"]
            ),
            (
                "untrusted", nil, HTTPFault(.untrusted, "its certificate is signed by x"), .missing,
                ["can't be trusted", "PROXMOX_CA_FILE"]
            ),
        ]
        for (label, answer, fault, exit, words) in cases {
            let client = ProxmoxClient.test(
                ScriptedSender { _, _ in
                    if let fault { throw fault }
                    return answer ?? HTTPAnswer(status: 200)
                })
            let failure = await failure { _ = try await client.nodeStatus("pmx") }
            #expect(failure?.exit == exit, "\(label)")
            let text = failure?.description ?? ""
            for word in words { #expect(text.contains(word), "\(label): \(text)") }
            #expect(!text.contains(ProxmoxEndpoint.secret))
        }
    }

    @Test func repeatsWhatOnlyReadsAndNothingElse() async throws {
        let flaky = ScriptedSender { _, before in
            if before == 0 { throw HTTPFault(.unknownOutcome, "cut") }
            if before == 1 { return .refusal(503, "busy") }
            return .data(["version": "9.1-1"])
        }
        #expect(try await ProxmoxClient.test(flaky).version().version == "9.1-1")
        #expect(flaky.calls.count == 3)
        let cut = ScriptedSender { _, _ in throw HTTPFault(.unknownOutcome, "cut") }
        let failure = await failure { _ = try await ProxmoxClient.test(cut).start("pmx", .lxc, 100) }
        #expect(cut.calls.count == 1)
        #expect(failure?.description.contains("whether it was done is not known") == true)
    }

    @Test func givesUpWhenItsPatienceEnds() async throws {
        let sender = ScriptedSender { _, _ in .refusal(503, "busy") }
        var context = Context.live()
        context.http = sender
        context.time = FakeTime()
        let client = ProxmoxClient(
            .test, context: context, retry: Retry(attempts: 1_000, pause: .seconds(1)), patience: .seconds(20))
        _ = await failure { _ = try await client.version() }
        #expect((4...30).contains(sender.calls.count), "\(sender.calls.count)")
    }

    @Test func aTaskThatFailsShowsItsLog() async throws {
        let id = "UPID:pmx:0000ABCD:00001234:6924A1B2:vzcreate:7:nante@pve!ci:"
        let sender = ScriptedSender { call, before in
            if call.path.hasSuffix("/log") { return .data([["n": 1, "t": "extracting"], ["n": 2, "t": "no space"]]) }
            if call.method == "POST" { return .data(.string(id)) }
            var status: JSONValue = ["status": "running"]
            if before > 1 { status = ["status": "stopped", "exitstatus": "unable to create CT 7"] }
            return .data(status)
        }
        let client = ProxmoxClient.test(sender)
        let failure = await failure { try await client.wait(for: try await client.createContainer("pmx", 700, [:])) }
        #expect(failure?.exit == .failed)
        #expect(failure?.description.contains("unable to create CT 7") == true)
        #expect(failure?.evidence == ["extracting", "no space"])
    }

    @Test func aTaskThatRunsOnMeetsTheDeadline() async throws {
        let client = ProxmoxClient.test(ScriptedSender { _, _ in .data(["status": "running"]) })
        let id = TaskID("UPID:pmx:0000ABCD:00001234:6924A1B2:vzcreate:7:nante@pve!ci:")
        let failure = await failure { try await client.wait(for: id, within: .seconds(5)) }
        #expect(failure?.exit == .deadline)
    }

    @Test func warningsAreNoFailure() async throws {
        let client = ProxmoxClient.test(
            ScriptedSender { _, _ in .data(["status": "stopped", "exitstatus": "WARNINGS: 1"]) })
        try await client.wait(for: TaskID("UPID:pmx:0000ABCD:00001234:6924A1B2:vzcreate:7:nante@pve!ci:"))
    }

    @Test func namesThatAreThereAndTwins() async throws {
        let client = ProxmoxClient.test(
            ScriptedSender { _, _ in
                .data([
                    ["vmid": 100, "type": "lxc", "name": "a"], ["vmid": 101, "type": "lxc", "name": "twin"],
                    ["vmid": 102, "type": "qemu", "name": "twin"],
                ])
            })
        #expect(await failure { _ = try await client.guest("b") }?.description.contains("a, twin, twin") == true)
        let twins = await failure { _ = try await client.guest("twin") }
        #expect(twins?.exit == .usage && twins?.description.contains("twin (VM 102)") == true)
    }

    /// Whatever a server answers, the client ends with a value or a failure that says something.
    @Test func survivesAnyAnswer() async throws {
        let seeds: [JSONValue] = [
            nil, true, 0, -1, 1e300, "", "x", [], [[]], [nil], [1], .emptyObject, ["vmid": 1], [["vmid": "1e99"]],
            [["node": []]], [["storage": "a", "avail": "-"]], [["iface": "v", "bridge_vids": "9-"]], ["result": 1],
            ["status": 7], [["volid": "a:b", "size": -0.5]], [["n": "x"]], "UPID:", ["/": ["a": 1]],
        ]
        for seed in seeds {
            let client = ProxmoxClient.test(ScriptedSender { _, _ in .data(seed) })
            let calls: [() async throws -> Void] = [
                { _ = try await client.version() }, { _ = try await client.nodes() },
                { _ = try await client.nodeStatus("n") }, { _ = try await client.storages("n") },
                { _ = try await client.content("n", storage: "s") }, { _ = try await client.bridges("n") },
                { _ = try await client.guests() }, { _ = try await client.config("n", .lxc, 1) },
                { _ = try await client.status("n", .vm, 1) }, { _ = try await client.interfaces("n", .vm, 1) },
                { _ = try await client.interfaces("n", .lxc, 1) }, { _ = try await client.freeID() },
                { _ = try await client.privileges(on: "/") }, { _ = try await client.pools() },
                { _ = try await client.start("n", .vm, 1) }, { _ = try await client.delete("n", .vm, 1) },
            ]
            for call in calls {
                do { try await call() } catch {
                    let failure = error as? Failure
                    #expect(failure?.details.isEmpty == false, "\(seed.text()): \(error)")
                }
            }
        }
    }

}
