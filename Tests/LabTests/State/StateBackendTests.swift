import Core
import Foundation
import Testing

@testable import Lab
@testable import StateStore

/// The `http` backend's protocol, and locks of both backends.
@Suite struct StateBackendTests {
    private func lock(_ id: String, _ who: String = "anna@one") -> String {
        StateLock(id: id, operation: "OperationTypeApply", who: who, created: "now").json.text()
    }

    @Test func keepsStatesUnderTheirLock() async throws {
        try await StateRig.with { rig in
            #expect(try await rig.backend("GET", "/web").status == 404)
            #expect(try await rig.backend("LOCK", "/web", lock("1")).status == 200)
            let second = try await rig.backend("LOCK", "/web", lock("2", "bert@two"))
            #expect(second.status == 423)
            #expect(StateLock(parsing: second.body)?.who == "anna@one")
            #expect(try await rig.backend("POST", "/web?ID=1", "{\"a\":1}").status == 200)
            let other = try await rig.backend("POST", "/web?ID=2", "{}")
            #expect(other.status == 409)
            #expect(StateLock(parsing: other.body)?.id == "1")
            #expect(try await rig.backend("POST", "/web", "{}").status == 423)
            #expect(try await rig.backend("DELETE", "/web").status == 423)
            let facts = try await StateService(environment: rig.lab.environment).facts()
            #expect(facts["locks"]?[0]?["state"]?.string == "http/web")
            #expect(facts["locks"]?[0]?["holder"]?.string == "anna@one, apply, since now")
            let list = try JSONValue.parse(try await rig.backend("GET", "").body)
            #expect(list["states"]?[0]?["lock"]?["ID"]?.string == "1")
            let wrong = try await rig.backend("UNLOCK", "/web", lock("2"))
            #expect(wrong.status == 409)
            #expect(StateLock(parsing: wrong.body)?.who == "anna@one")
            #expect(try await rig.backend("UNLOCK", "/web", lock("1")).status == 200)
            #expect(try await rig.backend("GET", "/web").text == "{\"a\":1}")
            #expect(try await rig.backend("DELETE", "/web").status == 200)
            #expect(try await rig.backend("GET", "/web").status == 404)
            #expect(try await rig.client(bucket: "http").versions(prefix: "web").count == 2)
        }
    }

    @Test func locksByOtherMethodsAndByForce() async throws {
        try await StateRig.with { rig in
            let none = try await rig.backend("UNLOCK", "/web", lock("1"))
            #expect(none.status == 200)
            for (take, give) in [("PUT", "DELETE"), ("POST", "UNLOCK"), ("LOCK", "DELETE")] {
                #expect(try await rig.backend(take, "/web/lock", lock("1")).status == 200)
                #expect(try await rig.backend(take, "/web/lock", lock("2")).status == 423)
                #expect(try await rig.backend(give, "/web/lock", lock("1")).status == 200)
            }
            #expect(try await rig.backend("LOCK", "/web", lock("1")).status == 200)
            #expect(try await rig.backend("UNLOCK", "/web", "").status == 200)
            #expect(rig.lab.terminal.messages.contains("the lock of http/web was forced, held by anna@one"))
            #expect(try await rig.backend("LOCK", "/web", "x").status == 400)
            #expect(try await rig.backend("PATCH", "/web", "x").status == 501)
        }
    }

    @Test func asksForItsUserAndTakesPlainNamesOnly() async throws {
        try await StateRig.with { rig in
            let address = rig.lab.url("state") + "/http/web"
            for pair in [nil, ("nante", "wrong"), ("nobody", rig.lab.keys.statePassword ?? "")] {
                var call = HTTPCall("GET", address)
                if let pair { call.authorize(user: pair.0, password: pair.1) }
                let answer = try await rig.context.http.send(call)
                #expect(answer.status == 401)
                #expect(answer.header("WWW-Authenticate") == "Basic realm=\"state\"")
            }
            for name in ["/.hidden", "/a%2Fb", "/web.tflock", "/a%20b"] {
                #expect(try await rig.backend("POST", name, "{}").status == 400, "\(name)")
            }
            let digest = [(name: "Content-MD5", value: "JfnnlDI7RTiF9RgfG2JNCw==")]
            #expect(try await rig.backend("POST", "/web", "123456789", headers: digest).status == 200)
            #expect(try await rig.backend("POST", "/web", "other", headers: digest).status == 400)
        }
    }

    @Test func ofTwentyThatLockAndUnlockNoneIsLost() async throws {
        try await StateRig.with { rig in
            let rounds = 4
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    group.addTask { try await Self.work(rig, writer, rounds) }
                }
                try await group.waitForAll()
            }
            let count = try await rig.client.get("count").map { String(decoding: $0.body, as: UTF8.self) }
            #expect(count == "\(20 * rounds)")
            #expect(try await StateLocks(rig.client).find("count") == nil)
        }
    }

    /// Adds one to a number that only the lock protects.
    private static func work(_ rig: StateRig, _ writer: Int, _ rounds: Int) async throws {
        let locks = StateLocks(rig.client)
        for round in 0..<rounds {
            let lock = StateLock(id: "\(writer)-\(round)", who: "writer-\(writer)")
            _ = try await Wait.until("the lock", within: .seconds(300), every: .milliseconds(20), context: rig.context)
            {
                do { try await locks.take("count", lock, next: []) } catch let failure as Failure
                    where failure.exit == .held
                {
                    return Bool?.none
                }
                return true
            }
            let text = try await rig.client.get("count").map { String(decoding: $0.body, as: UTF8.self) }
            let number = Int(text ?? "0") ?? -1_000_000
            _ = try await rig.client.put("count", Data("\(number + 1)".utf8))
            _ = try await locks.remove("count", id: lock.id)
        }
    }
}
