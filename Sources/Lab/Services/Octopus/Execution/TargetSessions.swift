import Core
import Foundation

/// The connections of one task: one for each machine, opened when first needed, and one piece of work at a time there.
actor TargetSessions {
    private let connector: any TargetConnector
    private let task: String
    private var shells: [String: Task<RemoteShell, any Error>] = [:]
    private var addresses: [TargetAddress] = []
    private var busy: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    init(connector: any TargetConnector, task: String) {
        self.connector = connector
        self.task = task
    }

    /// The shell of a machine.
    func shell(_ machine: DeploymentMachine) async throws -> RemoteShell {
        let address = try machine.address.get()
        if let known = shells[machine.id] { return try await known.value }
        let opening = Task { [connector, task] in try await connector.connect(address, task: task) }
        shells[machine.id] = opening
        addresses.append(address)
        do { return try await opening.value } catch {
            shells[machine.id] = nil
            throw error
        }
    }

    /// Does work while nothing else of this task does any on the machine.
    func alone<Value: Sendable>(
        on machine: DeploymentMachine, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        if busy.contains(machine.id) {
            await withCheckedContinuation { waiting[machine.id, default: []].append($0) }
        } else {
            busy.insert(machine.id)
        }
        defer { release(machine.id) }
        try Task.checkCancellation()
        return try await work()
    }

    /// The next in line gets the machine; it stays busy in between.
    private func release(_ machine: String) {
        guard var line = waiting[machine], !line.isEmpty else {
            busy.remove(machine)
            return
        }
        let next = line.removeFirst()
        waiting[machine] = line
        next.resume()
    }

    /// Closes all connections.
    func close() async {
        let open = addresses
        shells = [:]
        addresses = []
        await withTaskGroup(of: Void.self) { group in
            for address in open { group.addTask { await self.connector.disconnect(address, task: self.task) } }
        }
    }
}
