import Core
import Foundation
import Testing

@testable import Lab

@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "\(LXCBench.obstacle ?? "")"))
struct HostsTests {
    @Test func aHostIsAMachine() async throws {
        try await LXCBench.with { bench in
            let hosts = try await bench.create("web-1", "web-2")
            let client = try bench.hosts.client(hosts[0])
            // sshd answers before the last unit is up.
            try await Wait.until("systemd to be up", within: .seconds(20), context: bench.context) {
                try await client.run(["systemctl", "is-system-running"]).stdout == "running\n" ? true : nil
            }
            let facts = try await client.check(["hostname"], what: "hostname")
            #expect(facts.stdout == "web-1\n")
            #expect(try await client.shell("curl -sI http://\(hosts[1].address)/").stdout.contains("200 OK"))
            let deploy = try bench.hosts.client(hosts[0], user: "deploy")
            #expect(try await deploy.run(["id", "-un"]).stdout == "deploy\n")
            #expect(try await deploy.run(["sudo", "-n", "true"]).code != 0)
            // Root inside is nobody outside.
            let map = try await client.run(["cat", "/proc/self/uid_map"]).stdout
            #expect(map.split(separator: " ").map(String.init).dropFirst().first == "100000")
            let ids = try await [hosts[0], hosts[1]].asyncMap { host in
                try await bench.hosts.client(host).run(["cat", "/etc/machine-id"]).stdout
            }
            #expect(ids[0] != ids[1])
            #expect(hosts[0].hostKey != hosts[1].hostKey)
            #expect(try await client.fingerprint().sha256.hasPrefix("SHA256:"))
        }
    }

    @Test func theCommandsWork() async throws {
        try await LXCBench.with { bench in
            let start = ContinuousClock.now
            let made = try await bench.nante(
                "lab", "host", "create", "web", "--count", "2", "--memory", "256MiB", "-o", "json")
            #expect(made.succeeded, "\(made.stderr)")
            #expect(ContinuousClock.now - start < .seconds(20))
            let changes = try JSONValue.parse(made.stdout).array?.compactMap { $0["change"]?.string }
            #expect(changes == ["created", "created"])
            #expect(try await bench.nante("lab", "host", "ssh", "web-1", "echo", "a  b").stdout == "a  b\n")
            #expect(try await bench.nante("lab", "host", "exec", "web-1", "--", "sh", "-c", "exit 7").code == 7)
            let list = try await bench.nante("lab", "host", "list", "-o", "json")
            let first = try JSONValue.parse(list.stdout)[0]
            #expect(first?["state"] == "running")
            #expect((first?["memoryBytes"]?.int ?? 0) > 1_000_000)
            #expect(try await bench.nante("lab", "host", "create", "-x").code == 2)
            #expect(try await bench.nante("lab", "host", "create", "a;b").code == 2)
            let unknown = try await bench.nante("lab", "host", "ssh", "nobody")
            #expect(unknown.code == 2)
            #expect(unknown.stderr.contains("its hosts: web-1, web-2"))
            #expect(try await bench.nante("lab", "host", "delete", "web-1", "web-2").succeeded)
            #expect(try await bench.traces() == "")
        }
    }

    @Test func stoppedAndUnmountedItComesBackAsItWas() async throws {
        try await LXCBench.with { bench in
            let host = try await bench.create("web-1")[0]
            _ = try await bench.hosts.client(host).run(["touch", "/root/kept"])
            try await bench.hosts.stop(["web-1"], kill: true)
            #expect(try await bench.hosts.list().map(\.isRunning) == [false])
            // A restart of the machine takes the mounts away.
            _ = try await bench.context.processes.check(
                Command("umount", ["/run/nante/\(bench.hosts.network.bridge)/web-1"]), what: "umount")
            try await bench.hosts.start(["web-1"]) { _ in }
            #expect(try await bench.hosts.client(host).run(["ls", "/root"]).stdout == "kept\n")
            try await bench.hosts.stop(["web-1"])
            let again = try await bench.nante("lab", "host", "create", "web-1", "--memory", "256MiB")
            #expect(again.stdout.contains("started"))
        }
    }

    @Test func tenAtOnce() async throws {
        try await LXCBench.with { bench in
            let requests = try (1...10).map { try HostRequest(name: "h-\($0)", spec: try HostSpec(memory: 128)) }
            let start = ContinuousClock.now
            let made = try await bench.hosts.create(requests) { _ in }
            // The target is 6 s on an idle machine; tests share theirs.
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(Set(made.map(\.host.record.address)).count == 10)
            for host in made { #expect(try await bench.hosts.client(host.host.record).run(["true"]).succeeded) }
        }
    }

    @Test func otherLimitsHoldAtOnce() async throws {
        try await LXCBench.with { bench in
            _ = try await bench.create("web-1")
            let request = try HostRequest(name: "web-1", spec: try HostSpec(cores: 2, memory: 300))
            #expect(try await bench.hosts.create([request]) { _ in }.map(\.change) == [.changed])
            #expect(try await bench.hosts.create([request]) { _ in }.map(\.change) == [.unchanged])
            let config = try bench.context.files.readText(bench.hosts.home.path + "/hosts/web-1/config")
            #expect(config.contains("\(300 * 1_048_576)"))
        }
    }

    @Test(arguments: [10, 40, 80, 120, 160, 220, 300, 450])
    func aKilledCreateIsMended(_ milliseconds: Int) async throws {
        try await LXCBench.with { bench in
            let seconds = "\(Double(milliseconds) / 1000)"
            let line = #""$1" lab host create web --count 2 2>/dev/null & sleep "$2"; kill -9 $!; wait"#
            _ = try await bench.context.processes.run(
                Command("bash", ["-c", line, "bash", LXCBench.binary, seconds], deadline: .seconds(60)))
            // Whatever was not done is gone, and what is listed works.
            let list = try await bench.hosts.list()
            for host in list where host.isRunning {
                #expect(try await bench.hosts.client(host.record).run(["true"]).succeeded)
            }
            let made = try await bench.nante("lab", "host", "create", "web", "--count", "2")
            #expect(made.succeeded, "\(made.stderr)")
            for name in ["web-1", "web-2"] {
                #expect(try await bench.hosts.client(try bench.hosts.find(name)).run(["true"]).succeeded)
            }
            _ = try await bench.hosts.delete(["web-1", "web-2"])
            #expect(try await bench.traces() == "")
        }
    }

    @Test func resetTakesEverythingAway() async throws {
        let bench = try LXCBench()
        _ = try await bench.create("web-1")
        let other = try Hosts(
            home: LabHome(path: bench.hosts.home.path + "-other"), network: bench.hosts.network,
            drivers: [
                LXCDriver(
                    home: LabHome(path: bench.hosts.home.path + "-other"), network: bench.hosts.network,
                    context: bench.context)
            ], context: bench.context)
        // The bridge is this lab's: another one does not use it, and does not take it away.
        await #expect(throws: Failure.self) {
            _ = try await other.create([try HostRequest(name: "web-1", spec: try HostSpec())]) { _ in }
        }
        try await other.reset(images: false)
        #expect(bench.hosts.network.exists)
        try await bench.hosts.reset(images: false)
        #expect(try await bench.traces() == "")
        #expect(!bench.hosts.network.exists)
        for table in ["filter", "nat"] {
            let rules = try await bench.context.processes.run(Command("iptables", ["-t", table, "-S"]))
            #expect(!rules.stdout.contains(bench.hosts.network.bridge))
        }
        try bench.context.files.remove(bench.hosts.home.path)
        try bench.context.files.remove(bench.hosts.home.path + "-other")
    }
}

extension Sequence where Self: Sendable {
    /// Maps one after the other.
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for item in self { values.append(try await transform(item)) }
        return values
    }
}
