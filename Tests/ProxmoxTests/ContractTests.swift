import Core
import Foundation
import Synchronization
import Testing

@testable import Proxmox

/// The client against what others recorded and published.
@Suite struct ContractTests {
    /// Reads an answer by what the client has for the path; nil where it has nothing.
    private static func read(_ path: String, _ data: JSONValue) throws -> [String]? {
        var reader = ProxmoxReader(data)
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count, parts.last) {
        case ("version", _, _), ("nodes", 3, "version"): _ = try reader.whole(ProxmoxVersion.self)
        case ("nodes", 1, _): _ = try reader.items(ProxmoxNode.self)
        case ("nodes", 3, "status"): _ = try reader.whole(ProxmoxNodeStatus.self)
        case ("nodes", 3, "storage"): _ = try reader.items(ProxmoxStorage.self)
        case ("nodes", 5, "content"): _ = try reader.items(ProxmoxVolume.self)
        case ("nodes", 3, "network"): _ = try reader.items(ProxmoxInterface.self)
        case ("pools", 1, _): _ = try reader.items(ProxmoxPool.self)
        case ("nodes", 5, "config"): _ = try reader.whole(ProxmoxGuestConfig.self)
        case ("nodes", 6, "current"): _ = try reader.whole(ProxmoxGuestStatus.self)
        case ("nodes", 5, "status") where parts[2] == "tasks": _ = try reader.whole(ProxmoxTaskStatus.self)
        case ("nodes", 5, "log"): _ = try reader.items(ProxmoxLogLine.self)
        case ("nodes", 6, "network-get-interfaces"): _ = try reader.whole(AgentInterfaces.self)
        default: return nil
        }
        return reader.unknown
    }

    @Test(.enabled(if: Evidence.isThere)) func everyRecordedAnswerWithAModelIsRead() throws {
        var count = 0
        for example in try Evidence.examples() where example["status"] == 200 {
            let path = try #require(example["path"]?.string)
            let data = try #require(example["response"]?["data"])
            guard let unknown = try Self.read(path, data) else { continue }
            count += 1
            #expect(unknown.isEmpty, "\(path)")
        }
        #expect(count >= 23)
    }

    @Test func makesEveryCallAndReadsEveryAnswer() async throws {
        let exchanges = Mutex<[ProxmoxExchange]>([])
        let client = ProxmoxClient.test(FakeProxmox()) { exchange in exchanges.withLock { $0.append(exchange) } }
        #expect(try await client.version().major == 9)
        #expect(try await client.nodes().map(\.isOnline) == [true])
        #expect(try await client.nodeStatus("pmx").uptime == 5)
        #expect(try await client.storages("pmx").first?.content == ["vztmpl", "iso"])
        #expect(
            try await client.content("pmx", storage: "local", content: "vztmpl").map(\.name)
                == ["debian-12-standard_12.12-1_amd64.tar.zst"])
        #expect(try await client.bridges("pmx").first?.carries(vlan: 10) == true)
        #expect(try await client.interfaces("pmx").count == 1)
        #expect(try await client.pools().map(\.name) == ["apps"])
        #expect(try await client.freeID() == 102)
        #expect(try await client.freeID(101) == nil)
        #expect(try await client.privileges(on: "/vms") == ["VM.Allocate", "VM.Audit"])
        let web = try await client.guest("web")
        #expect(web.id == 101 && web.isRunning && web.title == "web (container 101)")
        #expect(try await client.guest("9000").isTemplate)
        #expect(try await client.address(of: web) == "10.0.0.5")
        #expect(try await client.status("pmx", .lxc, 101)?.isRunning == true)
        #expect(try await client.interfaces("pmx", .lxc, 101).first?.address == "10.0.0.5")
        #expect(try await client.config("pmx", .vm, 9000)?.addresses == [:])
        #expect(try await client.status("pmx", .vm, 9000)?.isRunning == false)
        #expect(try await client.interfaces("pmx", .vm, 9000).isEmpty)
        #expect(try await client.config("pmx", .lxc, 555) == nil)
        let made = try await client.createContainer(
            "pmx", 900_000_001, ["ostemplate": "local:vztmpl/d.tar.zst", "hostname": "nante-doctor", "memory": "128"])
        try await client.wait(for: made)
        try await client.wait(for: try await client.start("pmx", .lxc, 900_000_001))
        try await client.wait(for: try await client.stop("pmx", .lxc, 900_000_001))
        let gone = try #require(try await client.delete("pmx", .lxc, 900_000_001))
        try await client.wait(for: gone)
        #expect(try await client.log(of: gone) == ["TASK OK"])
        #expect(try await client.delete("pmx", .lxc, 900_000_001) == nil)
        let all = exchanges.withLock { $0 }
        let notes = all.flatMap(\.notes)
        #expect(notes.isEmpty, "\(notes)")
        guard Evidence.hasChecker else { return }
        let found = try await Evidence.violations(all.map(Self.har))
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    private static func har(_ exchange: ProxmoxExchange) -> JSONValue {
        func object(_ pairs: [(name: String, value: String)]) -> JSONValue {
            .object(.init(pairs.map { ($0.name, JSONValue.string($0.value)) }) { $1 })
        }
        return [
            "method": .string(exchange.method), "path": .string("/api2/json" + exchange.path),
            "query": object(exchange.query), "request": exchange.form.isEmpty ? nil : object(exchange.form),
            "status": .number(Double(exchange.status)), "response": (try? JSONValue.parse(exchange.body)) ?? nil,
        ]
    }

    @Test func sendsTheTokenInItsHeaderOnlyAndTheParametersAsAForm() async throws {
        let sender = ScriptedSender { _, _ in .data("UPID:pmx:0000ABCD:00001234:6924A1B2:vzcreate:7:nante@pve!ci:") }
        _ = try await ProxmoxClient.test(sender).createContainer("p m", 700, ["net0": "name=eth0,ip=1.2.3.4/8 &x"])
        let call = try #require(sender.calls.first)
        #expect(call.place == "/nodes/p%20m/lxc")
        #expect(call.form == "vmid=700&net0=name%3Deth0%2Cip%3D1.2.3.4%2F8%20%26x")
        #expect(call.headers.map(\.name) == ["Authorization", "Accept", "Content-Type"])
        #expect(call.headers[0].value == "PVEAPIToken=nante@pve!ci=\(ProxmoxEndpoint.secret)")
        #expect(!call.url.contains(ProxmoxEndpoint.secret) && !call.form.contains(ProxmoxEndpoint.secret))
    }

    @Test func knowsAnAddressHoweverItIsWritten() {
        for text in ["https://pve.test:8006/", "https://pve.test:8006/api2/json", "https://pve.test:8006/api2/json/"] {
            var endpoint = ProxmoxEndpoint.test
            endpoint.url = text
            #expect(ProxmoxClient(endpoint, context: .live()).endpoint.url == "https://pve.test:8006")
        }
    }
}
