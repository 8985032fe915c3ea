import Core
import Foundation
import SSH
import Testing

@testable import Lab

/// What every driver promises, on a real container.
@Suite(.serialized, .enabled(if: LXCBench.obstacle == nil, "\(LXCBench.obstacle ?? "")"))
struct ContainerContractTests {
    @Test func aHostFromBeginningToEnd() async throws { try await HostContract(kind: "lxc").hold() }
}

/// The same on a virtual machine: one machine in one test, since an emulated one takes a minute to start.
@Suite(.serialized, .enabled(if: HostContract.obstacle == nil, "\(HostContract.obstacle ?? "")"))
struct MachineContractTests {
    @Test func aHostFromBeginningToEnd() async throws { try await HostContract(kind: "vm").hold() }
}

struct HostContract {
    let kind: String

    /// Why virtual machines can't be made here; nil where they can.
    static let obstacle: String? = {
        if let obstacle = LXCBench.obstacle { return obstacle }
        let absent = QEMUNeeds.programs.map(\.program).filter { Context.live().processes.find($0) == nil }
        return absent.isEmpty ? nil : "virtual machines need \(absent.joined(separator: ", "))"
    }()

    func hold() async throws {
        try await LXCBench.with { bench in
            let driver = try bench.hosts.driver(kind)
            let image = try await driver.prepare(unprivileged: true) { _ in }
            #expect(!image.isEmpty)
            try await killedInTheMiddle(bench)
            var spec = try HostSpec(memory: 512)
            func wish() async throws -> HostChange? {
                let request = try HostRequest(name: "box", spec: spec, kind: kind)
                return try await bench.hosts.create([request]) { _ in }.first?.change
            }
            let start = ContinuousClock.now
            #expect(try await wish() == .created)
            // The target of a virtual machine is 120 s; tests share their machine.
            #expect(ContinuousClock.now - start < .seconds(240))
            #expect(try await wish() == .unchanged)
            let client = try bench.hosts.client(try bench.hosts.find("box"))
            #expect(try await client.run(["hostname"]).stdout == "box\n")
            let deploy = try bench.hosts.client(try bench.hosts.find("box"), user: "deploy")
            #expect(try await deploy.run(["id", "-un"]).stdout == "deploy\n")
            #expect(try await deploy.run(["sudo", "-n", "true"]).succeeded == (kind == "vm"))
            #expect((try await bench.hosts.list().first?.memory ?? 0) > 1_000_000)
            #expect(try await bench.nante("lab", "host", "exec", "box", "--", "sh", "-c", "exit 7").code == 7)
            #expect(try await client.shell("echo kept > /root/kept && sync").succeeded)
            try await bench.hosts.stop(["box"])
            #expect(try await bench.hosts.list().map(\.isRunning) == [false])
            try await restart(bench)
            spec.memory = 600
            spec.disk = 10
            #expect(try await wish() == .changed)
            #expect(try await client.run(["cat", "/root/kept"]).stdout == "kept\n")
            if kind == "vm" { try await grows(client) }
            #expect(try await bench.hosts.delete(["box"]) == ["box"])
            #expect(try await traces(bench) == "")
        }
    }

    /// A create that was killed leaves nothing that stays, wherever it was.
    private func killedInTheMiddle(_ bench: LXCBench) async throws {
        for seconds in ["0.1", "0.3", "0.8", "2"] {
            let line = #""$1" lab host create box --kind "$2" >/dev/null 2>&1 & sleep "$3"; kill -9 $!; wait"#
            _ = try await bench.context.processes.run(
                Command("bash", ["-c", line, "bash", LXCBench.binary, kind, seconds], deadline: .seconds(60)))
            _ = try await bench.hosts.list()
            _ = try await bench.hosts.delete(["box"])
            #expect(try await traces(bench) == "")
        }
    }

    /// What a restart of this machine takes from a host that was off.
    private func restart(_ bench: LXCBench) async throws {
        let bridge = bench.hosts.network.bridge
        let command =
            try kind == "vm"
            ? Command("ip", ["link", "delete", machines(bench).commands.tap("box")])
            : Command("umount", ["/run/nante/\(bridge)/box"])
        try await bench.context.processes.check(command, what: "the restart")
    }

    /// cloud-init lets the file system grow with the disk, after SSH answers.
    private func grows(_ client: SSHClient) async throws {
        try await Wait.until("the disk to grow", within: .seconds(60), context: Context.live()) {
            let text = try await client.shell("df --output=size -BG / | tail -1").stdout
            return (Int(text.filter(\.isNumber)) ?? 0) > 8 ? true : nil
        }
    }

    private func machines(_ bench: LXCBench) throws -> QEMUDriver {
        try QEMUDriver(home: bench.hosts.home, network: bench.hosts.network, context: bench.context)
    }

    private func traces(_ bench: LXCBench) async throws -> String {
        let driver = try machines(bench)
        var traces = try await bench.traces()
        if let pid = driver.process("box") { traces += " process \(pid)" }
        if bench.context.files.exists("/sys/class/net/\(driver.commands.tap("box"))") { traces += " tap" }
        return traces
    }
}
