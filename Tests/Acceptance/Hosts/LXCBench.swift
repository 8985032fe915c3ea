import Core
import Foundation
import Testing

@testable import Lab

/// A lab's hosts of their own: folder, bridge and subnet that nothing else on this machine uses; images are shared.
final class LXCBench: Sendable {
    let context: Context
    let hosts: Hosts
    let variables: [String: String]
    private let network: TestNetwork

    /// Why real hosts can't be made here; nil where they can.
    static let obstacle: String? = {
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        if geteuid() != 0 { return "real hosts need root" }
        let absent = ["lxc-start", "mmdebstrap", "iptables", "ip"].filter { runner.find($0) == nil }
        return absent.isEmpty ? nil : "real hosts need \(absent.joined(separator: ", "))"
    }()

    /// The built command.
    static let binary = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../.build/debug/nante").standardizedFileURL.path

    init() throws {
        let mark = SystemRandom().hex(bytes: 3)
        network = try TestNetwork()
        var variables = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "TMPDIR"].contains($0.key) }
        variables["NANTE_HOME"] = "/tmp/nante-hosts-\(mark)"
        variables.merge(network.settings) { $1 }
        variables["NANTE_IMAGES"] = ProcessInfo.processInfo.environment["NANTE_IMAGES"] ?? "/var/cache/nante/images"
        self.variables = variables
        var context = Context.live()
        context.environment = variables
        context.processes = SystemProcessRunner(environment: variables)
        self.context = context
        hosts = try Hosts.ofThisMachine(context)
    }

    /// Makes a bench, hands it to the test, and takes everything away again, also when the test fails.
    static func with(_ body: (LXCBench) async throws -> Void) async throws {
        let bench = try LXCBench()
        do { try await body(bench) } catch {
            try? await bench.clear()
            throw error
        }
        try await bench.clear()
    }

    private func clear() async throws {
        if context.files.exists(hosts.home.record) { _ = try await nante("lab", "down") }
        try await hosts.reset(images: false)
        try context.files.remove(hosts.home.path)
    }

    /// Runs the command as a user does.
    func nante(_ words: String...) async throws -> CommandResult {
        try await context.processes.run(Command(LXCBench.binary, words, deadline: .seconds(120)))
    }

    func create(_ names: String...) async throws -> [HostRecord] {
        let requests = try names.map { try HostRequest(name: $0, spec: try HostSpec(memory: 256)) }
        return try await hosts.create(requests) { _ in }.map(\.host.record)
    }

    /// What the machine has of this lab: mounts, running containers, the bridge.
    func traces() async throws -> String {
        let bridge = hosts.network.bridge
        let table = try await context.processes.run(Command("cat", ["/proc/self/mountinfo"]))
        let mounts = table.lines.filter { $0.contains("/run/nante/\(bridge)/") }
        let running = try await context.processes.run(
            Command("lxc-ls", ["-1", "--running", "-P", hosts.home.path + "/hosts"]))
        return (mounts + running.lines).joined(separator: "\n")
    }
}
