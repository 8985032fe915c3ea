import Core
import Foundation
import Proxmox
import Synchronization
import Testing

@testable import Lab

/// `nante doctor` and nante's own client over the lab's Proxmox with real containers.
@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "needs root and LXC"))
struct LabDoctorTests {
    /// What the client exchanged.
    private final class Heard: Sendable {
        let all = Mutex<[ProxmoxExchange]>([])
    }

    /// A lab that is up, and nante's own client of its Proxmox.
    private func withLab(_ body: (LXCBench, ProxmoxClient, Heard) async throws -> Void) async throws {
        try await LXCBench.with { bench in
            let up = try await bench.nante("lab", "up")
            #expect(up.succeeded, "\(up.stderr)")
            let endpoint = try #require(try LabRecord.load(bench.context)?.proxmox)
            let heard = Heard()
            let client = ProxmoxClient(endpoint, context: bench.context) { exchange in
                heard.all.withLock { $0.append(exchange) }
            }
            try await body(bench, client, heard)
        }
    }

    @Test func theClientMakesAndReadsARealContainer() async throws {
        try await withLab { bench, client, heard in
            let address = String(bench.hosts.network.gateway.dropLast(1) + "77")
            let made = try await client.createContainer(
                "pmx", 900_000_001,
                [
                    "ostemplate": ProxmoxStorages.template, "hostname": "by-client", "rootfs": "zfs-vm:4",
                    "memory": "256", "unprivileged": "1",
                    "net0": "name=eth0,bridge=vmbr0,ip=\(address)/24,gw=\(bench.hosts.network.gateway),tag=20",
                ])
            try await client.wait(for: made)
            #expect(try await client.freeID(900_000_001) == nil)
            try await client.wait(for: try await client.start("pmx", .lxc, 900_000_001))
            let guest = try await client.guest("by-client")
            #expect(guest.isRunning && guest.id == 900_000_001)
            #expect(try await client.address(of: guest) == address)
            #expect(try await client.status("pmx", .lxc, 900_000_001)?.isRunning == true)
            let told = try await client.interfaces("pmx", .lxc, 900_000_001).compactMap(\.address)
            #expect(told.contains(address))
            // The commands say the same.
            #expect(try await bench.nante("proxmox", "ip", "by-client").stdout == "\(address)\n")
            let ready = try await bench.nante("proxmox", "wait", "by-client", "--for", "ssh", "--within", "60s")
            #expect(ready.succeeded && ready.stdout.contains(address), "\(ready.stderr)")
            let listed = try await bench.nante("proxmox", "vms", "--output", "json")
            #expect(try JSONValue.parse(listed.stdout)[0]?["name"] == "by-client")
            try await client.wait(for: try await client.stop("pmx", .lxc, 900_000_001))
            let stopped = try await bench.nante("proxmox", "wait", "by-client", "--for", "stopped", "--within", "5s")
            #expect(stopped.succeeded, "\(stopped.stderr)")
            try await client.wait(for: try await client.delete("pmx", .lxc, 900_000_001))
            #expect(try bench.hosts.store.names() == [])
            #expect(heard.all.withLock { $0 }.flatMap(\.notes) == [])
        }
    }

    @Test func doctorFindsTheLabWellOutOfTheBox() async throws {
        try await withLab { bench, _, _ in
            let result = try await bench.nante("doctor", "--output", "json")
            #expect(result.code == 0, "\(result.stdout)")
            let findings = try JSONValue.parse(result.stdout)["findings"]?.array ?? []
            // Whether the stand-in is built is this machine's matter; without it the lab is well all the same.
            let odd = findings.filter { finding in
                let isNoted = finding["id"] == "terraform.provider" && finding["status"] == "warning"
                return finding["status"] != "ok" && finding["status"] != "skipped" && !isNoted
            }
            #expect(odd.map { $0.text() } == [])
            #expect(findings.filter { $0["id"]?.string?.hasPrefix("proxmox.") == true }.count == 9)
        }
    }

    /// Kills a live run as soon as it has a container; nil where it had removed it by then.
    private func kill(_ bench: LXCBench, _ client: ProxmoxClient) async throws -> String? {
        func made() async throws -> String? {
            try await client.guests().first { !$0.isTemplate && !$0.name.isEmpty }?.name
        }
        let run = Process()
        run.executableURL = URL(filePath: LXCBench.binary)
        run.arguments = ["doctor", "--live"]
        run.environment = bench.variables
        run.standardOutput = FileHandle.nullDevice
        run.standardError = FileHandle.nullDevice
        try run.run()
        _ = try await Wait.until(
            "the live run to make its container", within: .seconds(60), every: .milliseconds(10),
            context: bench.context, condition: made)
        Foundation.kill(run.processIdentifier, SIGKILL)
        run.waitUntilExit()
        return try await made()
    }

    @Test func theLiveRunPassesAndTheNextRemovesWhatAKilledOneLeft() async throws {
        try await withLab { bench, client, _ in
            let first = try await bench.nante("doctor", "--live", "--output", "json")
            #expect(first.succeeded, "\(first.stdout)\n\(first.stderr)")
            #expect(try await client.guests().allSatisfy(\.isTemplate))
            let left = try await Wait.until(
                "a killed run to leave its container", within: .seconds(240), context: bench.context
            ) { try await kill(bench, client) }
            let second = try await bench.nante("doctor", "--live", "--output", "json")
            #expect(second.succeeded, "\(second.stdout)\n\(second.stderr)")
            let services = try JSONValue.parse(second.stdout)["services"]?.array ?? []
            let proxmox = try #require(services.first { $0["service"] == "Proxmox" })
            #expect(proxmox["leftovers"]?.array?.compactMap(\.string) == [left])
            #expect(proxmox["notes"]?.array?.isEmpty == true)
            #expect(try await client.guests().allSatisfy(\.isTemplate))
            #expect(try bench.hosts.store.names() == [])
            #expect(try await bench.traces() == "")
        }
    }
}
