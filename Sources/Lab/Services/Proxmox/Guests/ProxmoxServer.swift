import Core
import Foundation
import Hummingbird

/// What the routes of the service share.
struct ProxmoxServer: Sendable {
    /// The one node.
    static let node = "pmx"
    /// The one bridge, as callers name it; it is the lab's own.
    static let bridge = "vmbr0"
    /// The version that is served.
    static let version = "9.1"

    let environment: LabEnvironment
    let guests: ProxmoxGuestStore
    let tasks: ProxmoxTasks
    let accounts: ProxmoxAccounts
    let storages: ProxmoxStorages
    var context: Core.Context { environment.context }

    init(environment: LabEnvironment) {
        self.environment = environment
        guests = ProxmoxGuestStore(database: environment.database)
        tasks = ProxmoxTasks(database: environment.database, context: environment.context)
        accounts = ProxmoxAccounts(environment: environment)
        storages = ProxmoxStorages(
            folder: environment.home.guestStorage, space: environment.machine.space, context: environment.context)
    }

    /// The lab's hosts.
    var hosts: Hosts { get throws { try environment.machine.hosts() } }

    /// The node in the path is ours.
    func checkNode(_ call: ProxmoxCall) throws {
        let node = call.path("node")
        guard node != ProxmoxServer.node, node != "localhost" else { return }
        if let fault = ParameterFormat.nodeName.fault(node) { throw ProxmoxFault.parameter("node", fault) }
        throw ProxmoxFault.refused(
            "hostname lookup '\(node)' failed - failed to get address info for: \(node): Name or service not known")
    }

    /// A guest and what its host is now.
    struct View: Sendable {
        var guest: ProxmoxGuest
        var record: HostRecord?
        var isRunning = false
        var memory: Int?
    }

    /// A guest by its id.
    ///
    /// - Throws: what Proxmox VE says of one that is not there.
    func view(_ kind: ProxmoxGuest.Kind, _ vmid: Int) async throws -> View {
        guard let guest = try await guests.find(vmid), guest.kind == kind else {
            throw ProxmoxGuest.absent(kind, vmid)
        }
        guard guest.isMade else { return View(guest: guest) }
        let hosts = try hosts
        guard let record = try hosts.store.record(guest.host), record.vmid == vmid else {
            // Removed behind the back of Proxmox VE: gone here too, unless a task is at it.
            if guest.lock == nil {
                try await guests.remove(vmid)
                throw ProxmoxGuest.absent(kind, vmid)
            }
            return View(guest: guest)
        }
        let status = try await hosts.driver(record.kind).status(record)
        return View(guest: guest, record: record, isRunning: status.isRunning, memory: status.memory)
    }

    /// All guests of a kind, or of both.
    func views(_ kind: ProxmoxGuest.Kind? = nil) async throws -> [View] {
        let all = try await guests.all().filter { kind == nil || $0.kind == kind }
        guard all.contains(where: \.isMade) else { return all.map { View(guest: $0) } }
        let hosts = try hosts
        let found = try await hosts.each(all.filter(\.isMade)) { guest -> HostStatus? in
            guard let record = try hosts.store.record(guest.host), record.vmid == guest.vmid else { return nil }
            return try await hosts.driver(record.kind).status(record)
        }.compactMap { $0 }
        let statuses = Dictionary(found.map { ($0.record.vmid ?? 0, $0) }) { first, _ in first }
        var views: [View] = []
        for guest in all {
            if let status = statuses[guest.vmid] {
                views.append(
                    View(guest: guest, record: status.record, isRunning: status.isRunning, memory: status.memory))
            } else if guest.isMade, guest.lock == nil {
                try await guests.remove(guest.vmid)
            } else {
                views.append(View(guest: guest))
            }
        }
        return views
    }

    /// The guest may be worked on now.
    func checkLock(_ guest: ProxmoxGuest) throws {
        if let lock = guest.lock { throw ProxmoxFault.refused("\(guest.kind.label) is locked (\(lock))") }
    }

    /// Puts in order what an earlier process left: its tasks end, guests that were being made or removed go as a
    /// whole, so that whoever asked can ask again.
    func mend() async throws {
        try await tasks.sweep()
        for guest in try await guests.all() {
            switch guest.lock {
            case "create", "clone", "destroyed":
                do { try await removeHost(guest) } catch {
                    context.terminal.say("what was left of \(guest.kind.label) \(guest.vmid) stays: \(error)")
                }
                try await guests.remove(guest.vmid)
            case nil: continue
            default: try await guests.change(guest.vmid) { $0.lock = nil }
            }
        }
        try await seedTemplate()
    }

    /// Removes the host of a guest, where it is that guest's.
    func removeHost(_ guest: ProxmoxGuest) async throws {
        let hosts = try hosts
        let record = try hosts.store.record(guest.host)
        guard record == nil || record?.vmid == guest.vmid else { return }
        _ = try await hosts.delete([guest.host])
    }
}
