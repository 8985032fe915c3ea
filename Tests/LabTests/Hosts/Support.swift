import Core
import Foundation
import Synchronization

@testable import Lab

/// A lab's folder of its own, removed with the value, and hosts of a driver that makes nothing.
final class HostBench: Sendable {
    let context: Context
    let home: LabHome
    let driver = FakeDriver()
    let network: LabNetwork

    init() throws {
        let path = FileManager.default.temporaryDirectory.path + "/nante-hosts-\(SystemRandom().hex(bytes: 6))"
        home = LabHome(path: path)
        var context = Context.live()
        context.environment = ["NANTE_HOME": path, "PATH": context.environment["PATH"] ?? ""]
        self.context = context
        network = try LabNetwork(bridge: "nantetest", subnet: "10.99.7.0/24")
        // No test needs a real key, and making one takes time.
        try context.files.write("private\n", to: home.sshKey, mode: 0o600)
        try context.files.write("ssh-ed25519 AAAA nante-lab\n", to: home.sshKey + ".pub")
    }

    deinit { try? FileManager.default.removeItem(atPath: home.path) }

    var hosts: Hosts { Hosts(home: home, network: network, drivers: [driver], context: context) }
    var store: HostStore { HostStore(folder: home.path.appending(path: "hosts"), context: context) }

    func create(_ names: String..., owner: HostOwner? = nil, memory: Int = 512) async throws -> [HostChange] {
        let spec = try HostSpec(memory: memory)
        let requests = try names.map { try HostRequest(name: $0, spec: spec, owner: owner, kind: "fake") }
        return try await hosts.create(requests) { _ in }.map(\.change)
    }

    func leave(_ name: String, _ state: HostRecord.State, address: String = "10.99.7.11") throws {
        var record = HostRecord(
            name: name, kind: "fake", address: address, spec: try HostSpec(), owner: nil, created: Date())
        record.state = state
        try store.save(record)
    }
}

/// A driver whose hosts are only names.
final class FakeDriver: HostDriver {
    struct State {
        var running: Set<String> = []
        var calls: [String] = []
        var failing: Set<String> = []
    }
    let state = Mutex(State())
    let kind: String

    init(kind: String = "fake") { self.kind = kind }

    var calls: [String] { state.withLock { $0.calls } }
    private func note(_ call: String, _ name: String) throws {
        try state.withLock { state in
            state.calls.append("\(call) \(name)")
            if state.failing.contains("\(call) \(name)") { throw Failure(.failed, "\(call) \(name) failed") }
        }
    }

    func check() async throws {}
    func prepare(
        unprivileged: Bool, _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> String { unprivileged ? "image" : "image-root" }
    func make(_ record: HostRecord, authorizedKey: String) async throws -> String {
        try note("make", record.name)
        return "ssh-ed25519 KEY-\(record.name)"
    }
    func start(_ record: HostRecord) async throws {
        try note("start", record.name)
        state.withLock { _ = $0.running.insert(record.name) }
    }
    func stop(_ record: HostRecord, kill: Bool) async throws {
        try note(kill ? "kill" : "stop", record.name)
        state.withLock { _ = $0.running.remove(record.name) }
    }
    func resize(_ record: HostRecord) async throws { try note("resize", record.name) }
    func remove(_ name: String) async throws {
        try note("remove", name)
        state.withLock { _ = $0.running.remove(name) }
        try folder.withLock { try DiskFileSystem().remove($0.appending(path: name)) }
    }
    func status(_ record: HostRecord) async throws -> HostStatus {
        let running = state.withLock { $0.running.contains(record.name) }
        return HostStatus(record: record, isRunning: running, memory: running ? 1_048_576 : nil)
    }
    func attach(_ record: HostRecord, _ words: [String]) -> Command { Command("true", words) }
    func reset(images: Bool) async throws { try note("reset", "\(images)") }

    /// Where the hosts' folders are, as the driver removes them.
    let folder = Mutex("/nonexistent")
}
