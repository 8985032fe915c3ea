import Core
import Testing

@testable import Terraform

@Suite struct EventTests {
    private func events(_ name: String) throws -> [TerraformEvent] {
        try Recorded.lines(name).compactMap(TerraformEvent.init)
    }

    @Test func readsAPlan() throws {
        let events = try events("plan-change.jsonl")
        #expect(events.first == .version(terraform: "1.11.4", interface: "1.2"))
        #expect(
            events.contains(
                .planned(address: "terraform_data.two", action: .replace, reason: "cannot_update", importing: nil)))
        #expect(events.contains(.planned(address: "terraform_data.one", action: .update, reason: nil, importing: nil)))
        let summary = events.compactMap { if case .summary(let summary) = $0 { summary } else { nil } }
        #expect(summary.map { [$0.add, $0.change, $0.remove, $0.imported] } == [[1, 1, 1, 0]])
    }

    @Test func readsAnApply() throws {
        let events = try events("apply-change.jsonl")
        let done = events.compactMap { event -> String? in
            guard case .completed(let address, let action, _, _) = event else { return nil }
            return "\(action.rawValue) \(address)"
        }
        #expect(done == ["delete terraform_data.two", "update terraform_data.one", "create terraform_data.two"])
        guard case .outputs(let outputs) = events.last else {
            Issue.record("no outputs")
            return
        }
        #expect(outputs["o"]?["value"] == "y")
        #expect(outputs["s"]?["value"] == nil)
    }

    @Test func tellsOfWorkThatTakesLong() throws {
        let events = try events("apply-slow.jsonl")
        #expect(events.contains(.progress(address: "terraform_data.sleep[0]", seconds: 10)))
    }

    @Test func namesFileResourceAndReason() throws {
        let diagnostics = try events("apply-failed.jsonl").compactMap {
            if case .diagnostic(let diagnostic) = $0 { diagnostic } else { nil }
        }
        let failure = TerraformTrouble.failure("web was not applied", diagnostics, workspace: "web")
        #expect(failure.exit == .failed)
        let text = failure.description
        #expect(text.contains("terraform_data.fail[0], main.tf:25"))
        #expect(text.contains("exit status 3"))
        #expect(text.contains("nante terraform"))
    }

    @Test func aLockNamesItsHolder() throws {
        let diagnostics = try events("plan-locked.jsonl").compactMap {
            if case .diagnostic(let diagnostic) = $0 { diagnostic } else { nil }
        }
        let lock = try #require(diagnostics.first.flatMap { LockInfo(detail: $0.detail) })
        #expect(lock.who == "root@vm")
        #expect(lock.work == "apply")
        #expect(lock.date?.iso8601.hasPrefix("2026-11-24T09:0") == true)
        let failure = TerraformTrouble.failure("no plan", diagnostics, workspace: "web")
        #expect(failure.exit == .held)
        #expect(failure.description.contains("nante terraform unlock --app web \(lock.id)"))
    }

    @Test func aRefusedValueIsWrongInput() throws {
        let diagnostics = try events("plan-invalid.jsonl").compactMap {
            if case .diagnostic(let diagnostic) = $0 { diagnostic } else { nil }
        }
        let failure = TerraformTrouble.failure("no plan", diagnostics, workspace: "web")
        #expect(failure.exit == .usage)
        #expect(failure.description.contains("a must not be bad."))
    }

    @Test(arguments: [
        (
            "received an HTTP 403 response - Reason: Permission check failed (/vms/100, VM.Allocate)",
            Exit.missing, "VM.Allocate on /vms/100"
        ),
        ("received an HTTP 401 response - Reason: authentication failure", .missing, "does not accept the credentials"),
        ("tls: failed to verify certificate: x509: certificate signed by unknown authority", .missing, "not trusted"),
        ("x509: certificate has expired or is not yet valid", .missing, "has expired"),
        ("Failed to query available provider packages", .missing, "the provider can't be had"),
        ("Error: Saved plan is stale", .failed, "another run changed the state"),
        ("volume 'local:vztmpl/nope.tar.zst' does not exist", .failed, "the template is not there"),
        ("unable to create CT 120 - CT 120 already exists on node 'pmx'", .failed, "belongs to another guest"),
        ("Permission check failed (device passthrough is only allowed for root@pam)", .missing, "only root@pam"),
        ("failed to create VM: CT 100 already exists on node 'pmx'", .failed, "belongs to another guest"),
        ("write failed: No space left on device", .failed, "storage is full"),
        ("dial tcp 127.0.0.1:1: connect: connection refused", .missing, "can't be reached"),
        ("failed to decode: invalid character '<' looking for beginning of value", .failed, "not Proxmox VE"),
        ("hostname lookup 'nope' failed - failed to get address info for: nope", .failed, "no such node"),
        ("received an HTTP 500 response - Reason: storage 'nope' does not exist", .failed, "the storage is not there"),
        ("Parameter verification failed.; net0: 10.0.0.1 is taken", .failed, "take this: net0: 10.0.0.1 is taken"),
        ("Cannot import non-existent remote object", .failed, "is not there, or the token"),
        ("Resource precondition failed: There is no template \"x\"", .usage, "nante proxmox templates"),
    ])
    func knowsCauses(text: String, exit: Exit, words: String) {
        let failure = TerraformTrouble.failure("x", [TerraformDiagnostic(.error, "E", detail: text)], workspace: "web")
        #expect(failure.exit == exit)
        #expect(failure.description.contains(words), "\(failure.description)")
        #expect(!failure.next.isEmpty)
    }

    @Test func errorsForPeopleAreReadToo() {
        let text = "\nError: Failed to load state\n\nsome detail:\nsecond line\n\n\nError: Another\n\nwhy\n"
        let found = PlainText.diagnostics(text)
        #expect(found.map(\.summary) == ["Failed to load state", "Another"])
        #expect(found[0].detail == "some detail:\nsecond line")
    }

    @Test func anyLineIsSurvived() throws {
        let names = ["plan-change.jsonl", "apply-failed.jsonl", "plan-locked.jsonl", "apply-slow.jsonl"]
        let lines = try names.flatMap { try Recorded.lines($0) }.map { Array($0.utf8) }
        var random = SeededGenerator(seed: 8)
        for _ in 0..<20_000 {
            var bytes = lines[Int.random(in: 0..<lines.count, using: &random)]
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                default: bytes.insert(contentsOf: Array("{[\"null:".utf8), at: place)
                }
            }
            _ = TerraformEvent(line: String(decoding: bytes, as: UTF8.self))
        }
    }
}
