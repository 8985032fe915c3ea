import Core
import Foundation
import Testing

/// `nante terraform state` on a lab of its own, and states over a kill of the lab.
@Suite(.enabled(if: LabBench.isBuilt)) struct StateCommandTests {
    private static func state(_ serial: Int, _ names: [String]) -> Data {
        let resources = names.map {
            "{\"mode\":\"managed\",\"type\":\"terraform_data\",\"name\":\"\($0)\",\"instances\":[{}]}"
        }
        return Data(
            ("{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":\(serial),\"lineage\":\"l\",\"outputs\":{},"
                + "\"resources\":[\(resources.joined(separator: ","))]}").utf8)
    }

    private func send(_ method: String, _ path: String, _ body: Data, _ bench: LabBench) async -> Int? {
        guard let endpoint = try? bench.record().state else { return nil }
        var call = HTTPCall(method, "\(endpoint.url)/http\(path)", body: .data(body))
        call.authorize(user: endpoint.accessKey, password: endpoint.secretKey)
        return try? await NetworkHTTPSender().send(call).status
    }

    private static let http = ["--bucket", "http", "--key", "web"]

    private func state(_ bench: LabBench, _ words: String...) async throws -> CommandResult {
        try await bench.run(words: ["terraform", "state"] + words)
    }

    @Test func listsVersionsAndRestores() async throws {
        try await LabBench.with { bench in
            let none = try await state(bench, "list")
            #expect(none.code == 0, "\(none.stderr)")
            #expect(await send("POST", "/web", Self.state(1, ["a", "b"]), bench) == 200)
            #expect(await send("POST", "/web", Self.state(2, ["b", "c"]), bench) == 200)
            let listed = try await state(bench, "list", "--bucket", "http")
            #expect(listed.stdout.contains("web"))
            let versions = try await bench.run(words: ["terraform", "state", "versions", "-o", "json"] + Self.http)
            let list = try JSONValue.parse(versions.stdout)
            #expect(list[0]?["serial"]?.int == 2)
            #expect(list[1]?["resources"]?.array?.count == 2)
            let asked = try await bench.run(words: ["terraform", "state", "restore"] + Self.http)
            #expect(asked.code == 4, "\(asked.stderr)")
            #expect(asked.stderr.contains("  + terraform_data.a"))
            #expect(asked.stderr.contains("  - terraform_data.c"))

            let lock = Data("{\"ID\":\"7\",\"Who\":\"anna@build-1\",\"Operation\":\"OperationTypeApply\"}".utf8)
            #expect(await send("LOCK", "/web", lock, bench) == 200)
            let held = try await bench.run(words: ["terraform", "state", "restore", "--yes"] + Self.http)
            #expect(held.code == 5)
            #expect(held.stderr.contains("anna@build-1, apply"))
            #expect(try await bench.run("lab", "status").stdout.contains("anna@build-1") == true)
            #expect(await send("UNLOCK", "/web", lock, bench) == 200)

            let earlier = try #require(list[1]?["version"]?.string)
            let whole = try await bench.run(words: ["terraform", "state", "restore", "--yes"] + Self.http)
            #expect(whole.code == 4 && whole.stderr.contains("--version \(earlier)"), "\(whole.stderr)")
            let words = ["terraform", "state", "restore", "--yes", "-o", "json", "--version", earlier]
            let done = try await bench.run(words: words + Self.http)
            #expect(done.code == 0, "\(done.stderr)")
            #expect(try JSONValue.parse(done.stdout)["serial"]?.int == 3)
            #expect(try await state(bench, "restore", "--app", "none").code == 3)
            #expect(try await state(bench, "restore", "--app", "a", "--key", "b").code == 2)
            #expect(try await state(bench, "versions").code == 2)
        }
    }

    @Test func whatWasAcknowledgedOutlivesAKill() async throws {
        try await LabBench.with { bench in
            _ = try await bench.run("lab", "up")
            let pid = try bench.pid()
            let acknowledged = await withTaskGroup(of: Int?.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var last: Int?
                        for turn in 1...500 {
                            guard await send("POST", "/s\(writer)", Self.state(turn, ["a"]), bench) == 200 else {
                                break
                            }
                            last = writer * 1000 + turn
                            if writer == 0, turn == 5 { kill(pid, SIGKILL) }
                        }
                        return last
                    }
                }
                return await group.reduce(into: [Int]()) { list, number in if let number { list.append(number) } }
            }
            #expect(!acknowledged.isEmpty)
            let listed = try await bench.run("terraform", "state", "list", "--bucket", "http", "-o", "json")
            #expect(listed.code == 0, "\(listed.stderr)")
            let states = try JSONValue.parse(listed.stdout).array ?? []
            for number in acknowledged {
                let found = states.first { $0["name"]?.string == "s\(number / 1000)" }
                // The one behind the last answer may have been written too.
                let serial = found?["serial"]?.int ?? 0
                #expect([number % 1000, number % 1000 + 1].contains(serial), "\(number) \(serial)")
            }
            #expect(!states.contains { $0["damaged"]?.bool == true })
        }
    }
}
