import Core
import Foundation
import GRDB
import Testing

@testable import Lab
@testable import StateStore

/// States at rest: nobody reads them, and what was changed is told.
@Suite struct StateSecrecyTests {
    @Test func nothingOnDiskHoldsAStateInTheOpen() async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        let secret = "open-sesame-" + SystemRandom().hex(bytes: 8)
        let large = Data(String(repeating: secret + "\n", count: 400_000).utf8)
        try await StateRig.with(home: folder) { rig in
            _ = try await rig.client.put("env:/web/terraform.tfstate", StateRig.state(1, note: secret))
            _ = try await rig.client.put("large", large)
            _ = try await rig.backend("POST", "/web", String(decoding: StateRig.state(1, note: secret), as: UTF8.self))
            _ = try await rig.backend("LOCK", "/web", "{\"ID\":\"1\",\"Who\":\"\(secret)\"}")
            #expect(try await rig.client.get("large")?.body == large)
            try expectHidden(secret, folder)
            #expect(!rig.lab.terminal.messages.contains(secret))
        }
        try expectHidden(secret, folder)
        // The next lab opens what the last one sealed.
        try await StateRig.with(home: folder) { rig in
            let got = try await rig.client.get("large")
            #expect(got?.body == large)
        }
    }

    private func expectHidden(_ secret: String, _ folder: String) throws {
        var files = 0
        for name in try #require(FileManager.default.enumerator(atPath: folder)).compactMap({ $0 as? String }) {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: name)) else { continue }
            files += 1
            #expect(data.firstRange(of: Data(secret.utf8)) == nil, "\(name)")
        }
        #expect(files > 1)
    }

    @Test(arguments: [
        "UPDATE state_piece SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00'",
        "UPDATE state_piece SET sealed = x'00'", "DELETE FROM state_piece",
        "UPDATE state_version SET size = size + 1", "UPDATE state_version SET sealedBy = 'other'",
        "UPDATE state_piece SET sealed = (SELECT sealed FROM state_piece ORDER BY id DESC LIMIT 1)",
        "UPDATE state_version SET key = 'terraform.tfstate' WHERE key = 'other'",
    ])
    func whatWasChangedOnDiskIsToldWithTheWayBack(_ change: String) async throws {
        try await StateRig.with { rig in
            let key = "terraform.tfstate"
            if !change.contains("'other'") || change.contains("sealedBy") {
                _ = try await rig.client.put(key, StateRig.state(1))
            }
            _ = try await rig.client.put("other", StateRig.state(2))
            try await rig.lab.environment.database.write { try $0.execute(sql: change) }
            let answer = try await rig.send("GET", key)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(StateRig.code(answer) == "ObjectDamaged")
            #expect(answer.text.contains("nante terraform state restore"))
            let failure = await #expect(throws: Failure.self) { try await rig.client.get(key) }
            #expect(failure?.what == "what the state store holds is damaged")
            #expect(rig.lab.terminal.messages.contains(key))
        }
    }

    @Test func piecesAreBoundToTheirPlace() throws {
        let seal = try StateSeal(hex: String(repeating: "0123456789abcdef", count: 4))
        let place = StateSeal.Place(bucket: "b", key: "k", content: "c")
        let sealed = try seal.seal([1, 2, 3], place, number: 0, last: true)
        #expect(try seal.open(sealed, place, number: 0, last: true) == [1, 2, 3])
        #expect(try seal.seal([1, 2, 3], place, number: 0, last: true) != sealed)
        for (other, number, last) in [
            (StateSeal.Place(bucket: "x", key: "k", content: "c"), 0, true),
            (StateSeal.Place(bucket: "b", key: "x", content: "c"), 0, true),
            (StateSeal.Place(bucket: "b", key: "k", content: "x"), 0, true), (place, 1, true), (place, 0, false),
        ] {
            #expect(throws: StateDamaged.self) { try seal.open(sealed, other, number: number, last: last) }
        }
        for hex in ["", "00", String(repeating: "zz", count: 32), String(repeating: "00", count: 33)] {
            #expect(throws: Failure.self) { try StateSeal(hex: hex) }
        }
    }
}

/// The way back to an earlier state.
@Suite struct StateRestoreTests {
    private static let key = StateKey.object(workspace: "web")

    private func restore(_ rig: StateRig, _ version: String? = nil) async throws -> StateDocument {
        let versions = StateVersions(rig.client, context: rig.context)
        let plan = try await versions.plan(Self.key, version: version, next: [])
        _ = try await versions.restore(plan, who: "me@here", next: [])
        #expect(try await StateLocks(rig.client).find(Self.key) == nil)
        return try StateDocument(try #require(try await rig.client.get(Self.key)).body)
    }

    @Test func aDeletedStateComesBackUnderAHigherSerial() async throws {
        try await StateRig.with { rig in
            _ = try await rig.client.put(Self.key, StateRig.state(3, ["a", "b"]))
            try await rig.client.delete(Self.key)
            let back = try await restore(rig)
            #expect(back.serial == 4)
            #expect(back.addresses == ["terraform_data.a", "terraform_data.b"])
        }
    }

    @Test func aDamagedStateComesBackFromTheLastGoodVersion() async throws {
        try await StateRig.with { rig in
            _ = try await rig.client.put(Self.key, StateRig.state(3, ["a"]))
            _ = try await rig.client.put(Self.key, StateRig.state(4, ["a", "b"]))
            _ = try await rig.client.put(Self.key, Data("{\"version\":4".utf8))
            let back = try await restore(rig)
            #expect(back.serial == 6)
            #expect(back.addresses.count == 2)
        }
    }

    @Test func whatItsSealRefusesComesBackToo() async throws {
        try await StateRig.with { rig in
            _ = try await rig.client.put(Self.key, StateRig.state(3))
            _ = try await rig.client.put(Self.key, StateRig.state(4))
            try await rig.lab.environment.database.write {
                try $0.execute(
                    sql: "UPDATE state_piece SET sealed = zeroblob(40) WHERE id = (SELECT MAX(id) FROM state_piece)")
            }
            #expect(try await restore(rig).serial == 5)
        }
    }

    @Test func aChosenVersionShowsWhatComesAndGoes() async throws {
        try await StateRig.with { rig in
            let first = try await rig.client.put(Self.key, StateRig.state(1, ["a", "b"]))
            _ = try await rig.client.put(Self.key, StateRig.state(2, ["b", "c"]))
            let versions = StateVersions(rig.client, context: rig.context)
            let plan = try await versions.plan(Self.key, version: first?.version, next: [])
            #expect(plan.comes == ["terraform_data.a"])
            #expect(plan.goes == ["terraform_data.c"])
            #expect(plan.serial == 3)
            // What changed between the plan and its execution stops it.
            _ = try await rig.client.put(Self.key, StateRig.state(9))
            let failure = await #expect(throws: Failure.self) {
                try await versions.restore(plan, who: "me@here", next: [])
            }
            #expect(failure?.exit == .refused)
            #expect(try await StateLocks(rig.client).find(Self.key) == nil)
        }
    }

    @Test func refusesWhileLockedAndWhatIsOfAnotherHistory() async throws {
        try await StateRig.with { rig in
            let versions = StateVersions(rig.client, context: rig.context)
            await #expect(throws: Failure.self) { try await versions.plan(Self.key, version: nil, next: []) }
            let old = try await rig.client.put(Self.key, StateRig.state(1, lineage: "other"))
            await #expect(throws: Failure.self) { try await versions.plan(Self.key, version: nil, next: []) }
            try await rig.client.delete(Self.key)
            _ = try await rig.client.put(Self.key, StateRig.state(1))
            let other = await #expect(throws: Failure.self) {
                try await versions.plan(Self.key, version: old?.version, next: [])
            }
            #expect(other?.exit == .refused)
            try await StateLocks(rig.client).take(Self.key, StateLock(id: "1", who: "anna@one"), next: [])
            let held = await #expect(throws: Failure.self) {
                try await versions.plan(Self.key, version: nil, next: ["nante terraform unlock --app web"])
            }
            #expect(held?.exit == .held)
            #expect(held?.description.contains("anna@one") == true)
        }
    }
}
