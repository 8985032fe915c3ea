import Core
import Foundation
import SSH
import Synchronization

@testable import Provisioning

/// Hosts that are only names; each understands the two scripts that provisioning sends.
final class FakeHosts: HostMaker, ProcessRunner {
    struct Host {
        var made: MadeHost
        var record: [String] = []
        var digests: [String: String] = [:]
        var serving: Set<String> = []
    }
    struct State {
        var hosts: [String: Host] = [:]
        var calls: [String] = []
        var failing: String?
        var next = 11
    }
    let state = Mutex(State())

    var calls: [String] { state.withLock { $0.calls } }
    func change(_ name: String, _ change: (inout Host) -> Void) {
        state.withLock { state in
            guard var host = state.hosts[name] else { return }
            change(&host)
            state.hosts[name] = host
        }
    }
    func forgetCalls() { state.withLock { $0.calls = [] } }

    func hosts() async throws -> [MadeHost] { state.withLock { $0.hosts.values.map(\.made) } }

    func make(
        _ wishes: [DesiredHost], of all: [DesiredHost], replacing: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost] {
        state.withLock { state in
            wishes.map { wish in
                state.calls.append("make \(wish.name)")
                let address = state.hosts[wish.name]?.made.address ?? "10.0.0.\(state.next)"
                if state.hosts[wish.name] == nil { state.next += 1 }
                let key = "ssh-ed25519 " + Data(wish.name.utf8).base64EncodedString()
                let made = MadeHost(
                    name: wish.name, address: address, hostKey: key, isRunning: true, cores: wish.cores,
                    memory: wish.memory, targets: wish.targets, isOurs: true, owner: "dev of test")
                state.hosts[wish.name] = Host(
                    made: made, record: state.hosts[wish.name]?.record ?? [],
                    digests: state.hosts[wish.name]?.digests ?? [:],
                    serving: state.hosts[wish.name]?.serving ?? [])
                return made
            }
        }
    }

    func remove(_ names: [String], keeping: [DesiredHost]) async throws {
        state.withLock { state in
            for name in names {
                state.calls.append("remove \(name)")
                state.hosts[name] = nil
            }
        }
    }

    func root(of host: MadeHost) throws -> SSHClient {
        var context = Context.live()
        context.processes = self
        return SSHClient(try SSHTarget(host: host.address, user: "root"), SSHOptions(), context: context)
    }

    func lock(_ environment: String, waiting: @escaping @Sendable (String) -> Void) async throws -> any Sendable { 0 }

    func find(_ program: String) -> String? { program }

    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        let address = command.arguments.dropLast().last ?? ""
        return state.withLock { state in
            guard let name = state.hosts.values.first(where: { $0.made.address == address })?.made.name,
                var host = state.hosts[name]
            else { return CommandResult(.exited(255), stderr: "connect to host \(address): Connection refused") }
            if command.input == HostProbe.script { return CommandResult(.exited(0), stdout: probe(host)) }
            state.calls.append("configure \(name)")
            if state.failing == "configure \(name)" { return CommandResult(.exited(3), stderr: "nginx refuses") }
            apply(command.input ?? "", to: &host)
            state.hosts[name] = host
            return CommandResult(.exited(0), stdout: "nante: wrote x\nnante: done\n")
        }
    }

    private func probe(_ host: Host) -> String {
        var lines = host.record.first.map { [$0] } ?? []
        lines += host.digests.sorted { $0.key < $1.key }.map { "file \($0.value) \($0.key)" }
        if !host.record.isEmpty { lines.append("nginx active") }
        return (lines + host.serving.sorted().map { "serving \($0)" } + ["end"]).joined(separator: "\n") + "\n"
    }

    /// Takes the files out of the script, as a shell would.
    private func apply(_ script: String, to host: inout Host) {
        host.digests = [:]
        var path: String?
        var text = ""
        for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = path {
                guard line == ProvisionScript.mark else {
                    text += line + "\n"
                    continue
                }
                if open == ProvisionScript.record { host.record = text.split(separator: "\n").map(String.init) }
                host.digests[open] = Checksums.of(Data(text.utf8)).sha256
                path = nil
                text = ""
            } else if line.hasPrefix("put /") {
                path = String(line.split(separator: " ")[1])
            }
        }
        host.digests[ProvisionScript.record] = nil
    }
}

/// Targets that are only kept in memory.
final class FakeRegistry: TargetRegistry {
    struct State {
        var hasEnvironment = false
        var account = RegistryState.Account.missing
        var targets: [String: Target] = [:]
        var foreign: Set<String> = []
        var calls: [String] = []
    }
    let content = Mutex(State())
    var calls: [String] { content.withLock { $0.calls } }

    func state(environment: String, key: DeployKey) async throws -> RegistryState {
        content.withLock {
            RegistryState(
                hasEnvironment: $0.hasEnvironment, account: $0.account, targets: Array($0.targets.values),
                foreign: $0.foreign)
        }
    }
    func prepare(environment: String, key: DeployKey) async throws {
        content.withLock {
            $0.calls.append("prepare \(environment)")
            $0.hasEnvironment = true
            $0.account = .current
        }
    }
    func register(_ target: Target, environment: String) async throws {
        content.withLock {
            $0.calls.append("register \(target.name)")
            $0.targets[target.name] = target
        }
    }
    func remove(_ name: String, environment: String) async throws {
        content.withLock {
            $0.calls.append("remove \(name)")
            $0.targets[name] = nil
        }
    }
}

/// A manifest, hosts and targets in a folder of their own.
final class ProvisionBench: Sendable {
    let hosts = FakeHosts()
    let registry = FakeRegistry()
    let folder = FileManager.default.temporaryDirectory.path + "/nante-provision-\(SystemRandom().hex(bytes: 6))"
    let events = Mutex<[ProvisionEvent]>([])
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static let key = DeployKey(
        user: "deploy", privateKey: "private", publicKey: "ssh-ed25519 AAAA test", fingerprint: "SHA256:x")
    static let slot = SlotProgram(path: "/usr/local/sbin/nante-slot", text: "#!/bin/sh\necho slot\n")

    static func manifest(apps: Int = 2, extra: String = "") throws -> Manifest {
        try Manifest.parse(
            text: """
                version: 1
                apps:
                  go-app:
                    kind: package
                    health: { path: /healthz, within: 20s }
                    targets: [web]
                \(extra)
                environments:
                  dev:
                    hosts:
                      app: { count: \(apps), kind: lxc, cores: 1, memory: 512MiB, targets: [web] }
                      lb: { count: 1, kind: lxc, targets: [load-balancer] }

                """, file: "nante.yml")
    }

    func provisioner(_ manifest: Manifest) throws -> Provisioner {
        Provisioner(
            try Desired(manifest, environment: "dev"), maker: hosts, registry: registry, slot: ProvisionBench.slot,
            key: ProvisionBench.key, folder: folder, context: Context.live()
        ) { event in self.events.withLock { $0.append(event) } }
    }
}
