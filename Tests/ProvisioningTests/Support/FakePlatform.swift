import Core
import Foundation
import SSH
import Synchronization
import Terraform

@testable import Provisioning

/// A cluster, terraform's workspace and SSH in memory; what terraform does can be cut off at any point.
final class FakePlatform: MachineCluster, MachineStack, ProcessRunner {
    struct Guest {
        var guest: ClusterGuest
        var address: String
        var cores: Int
        var isProtected = false
        var hostKey: String
    }
    struct Cut: Error {}
    struct State {
        var guests: [Int: Guest] = [:]
        /// The instances in terraform's state.
        var known: [String: JSONValue] = [:]
        var planned: JSONValue = .null
        var isDestroy = false
        var calls: [String] = []
        /// The next call of this name is cut off: "apply", "half", "applied".
        var cut: String?
        var keys = 0
        /// Attributes that can't be changed in place.
        var frozen: Set<String> = ["lxc_unprivileged", "node", "resource_type"]
    }
    let state = Mutex(State())
    let records = MemoryRecords()
    static let stateKey = "env:/shop-dev/terraform.tfstate"

    var calls: [String] { state.withLock { $0.calls } }
    func forgetCalls() { state.withLock { $0.calls = [] } }
    func cut(_ name: String?) { state.withLock { $0.cut = name } }
    var names: [String] { state.withLock { $0.guests.values.map(\.guest.name).sorted() } }
    func guest(_ name: String) -> Guest? { state.withLock { $0.guests.values.first { $0.guest.name == name } } }
    func change(_ name: String, _ change: (inout Guest) -> Void) {
        state.withLock { state in
            for (id, guest) in state.guests where guest.guest.name == name {
                var copy = guest
                change(&copy)
                state.guests[id] = copy
            }
        }
    }
    func lose(_ name: String) {
        state.withLock { state in state.guests = state.guests.filter { $0.value.guest.name != name } }
    }
    func add(_ id: Int, _ name: String, _ address: String) {
        state.withLock { state in
            let guest = ClusterGuest(
                id: id, kind: .lxc, name: name, node: "pmx", isRunning: true, cores: 1, memory: 512, tags: [])
            state.guests[id] = Guest(guest: guest, address: address, cores: 1, hostKey: "ssh-ed25519 foreign\(id)")
        }
    }

    // The cluster.
    func guests() async throws -> [ClusterGuest] { state.withLock { $0.guests.values.map(\.guest) } }
    func settings(of guest: ClusterGuest) async throws -> GuestSettings? {
        state.withLock { state in
            state.guests[guest.id].map {
                GuestSettings(
                    addresses: IPv4Address($0.address).map { [$0] } ?? [], isProtected: $0.isProtected,
                    text: "\($0.address) \($0.cores)")
            }
        }
    }
    func start(_ guest: ClusterGuest) async throws {
        state.withLock { state in
            state.calls.append("start \(guest.name)")
            state.guests[guest.id]?.guest.isRunning = true
        }
    }

    // Terraform.
    func plan(_ variables: JSONValue, destroy: Bool) async throws -> MachinePlan {
        try state.withLock { state in
            state.calls.append("plan")
            try Self.mayCut("plan", &state)
            state.planned = variables
            state.isDestroy = destroy
            return Self.plan(state)
        }
    }

    func apply(_ plan: MachinePlan, tell: @escaping @Sendable (String) -> Void) async throws {
        try state.withLock { state in
            guard Self.plan(state) == plan else { throw Failure(.failed, "another plan") }
            state.calls.append("apply")
            try Self.mayCut("apply", &state)
            for (place, key) in plan.changes.keys.sorted().enumerated() {
                if place == 1 { try Self.mayCut("half", &state) }
                Self.apply(key, plan.changes[key]?.action ?? .change, &state)
            }
        }
        try await records.write(Self.stateKey, Data("\(state.withLock { $0.known.keys.sorted() })".utf8))
        try state.withLock { try Self.mayCut("applied", &$0) }
    }

    func machines() async throws -> [String: StateMachine] {
        state.withLock { state in
            state.known.compactMapValues { value in
                guard let address = IPv4Address(value["ip_address"]?.string ?? "") else { return nil }
                return StateMachine(address: address, vmid: value["vm_id"]?.int ?? 0, kind: "lxc")
            }
        }
    }
    func forget() async throws { state.withLock { $0.calls.append("forget") } }

    private static func mayCut(_ name: String, _ state: inout State) throws {
        guard state.cut == name else { return }
        state.cut = nil
        throw Cut()
    }

    /// The differences between what is asked and what the guests are, as a refresh and a comparison see them.
    private static func plan(_ state: State) -> MachinePlan {
        let asked = state.isDestroy ? [:] : state.planned["instances"]?.object ?? [:]
        var changes: [String: MachineChange] = [:]
        for (key, value) in asked {
            let guest = state.guests[value["vm_id"]?.int ?? 0]
            guard let known = state.known[key], let guest else {
                changes[key] = MachineChange(.create)
                continue
            }
            if state.frozen.contains(where: { known[$0] != value[$0] }) {
                changes[key] = MachineChange(.replace, ["can't be changed in place"])
            } else if known != value || guest.cores != value["cpu_cores"]?.int {
                changes[key] = MachineChange(.change, ["cpu[0].cores: \(guest.cores)"])
            }
        }
        for key in state.known.keys where asked[key] == nil { changes[key] = MachineChange(.remove) }
        return MachinePlan(changes: changes, isEmpty: changes.isEmpty)
    }

    private static func apply(_ key: String, _ action: MachineChange.Action, _ state: inout State) {
        if action == .remove || action == .replace, let id = state.known[key]?["vm_id"]?.int { state.guests[id] = nil }
        state.known[key] = nil
        guard action != .remove, let value = state.planned["instances"]?[key], let id = value["vm_id"]?.int else {
            return
        }
        state.known[key] = value
        state.keys += action == .change ? 0 : 1
        let tags = (value["tags"]?.array ?? []).compactMap(\.string)
        let cores = value["cpu_cores"]?.int ?? 0
        let isRunning = state.guests[id]?.guest.isRunning ?? true
        let hostKey = action == .change ? state.guests[id]?.hostKey : nil
        let guest = ClusterGuest(
            id: id, kind: value["resource_type"] == "vm" ? .vm : .lxc, name: key, node: "pmx", isRunning: isRunning,
            cores: cores, memory: value["ram_mb"]?.int ?? 0, tags: tags)
        state.guests[id] = Guest(
            guest: guest, address: value["ip_address"]?.string ?? "", cores: cores,
            isProtected: value["prevent_destroy"]?.bool ?? false, hostKey: hostKey ?? "ssh-ed25519 KEY\(state.keys)")
    }

    // SSH.
    func find(_ program: String) -> String? { program }
    func run(_ command: Command, onLine: (@Sendable (OutputLine) -> Void)?) async throws -> CommandResult {
        let isScan = command.program == "ssh-keyscan"
        let address = isScan ? command.arguments.last : command.arguments.dropLast().last
        return state.withLock { state in
            guard let guest = state.guests.values.first(where: { $0.address == address && $0.guest.isRunning }) else {
                return CommandResult(.exited(255), stderr: "connect to host: Connection refused")
            }
            return CommandResult(.exited(0), stdout: isScan ? "\(address ?? "") \(guest.hostKey)\n" : "")
        }
    }
}
