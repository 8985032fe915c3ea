import Core
import Foundation

extension ProxmoxServer {
    /// What becomes of a running or stopped guest.
    enum Power: String, Sendable, CaseIterable { case start, stop, shutdown, reboot }

    /// Begins a change of a guest's power.
    func power(_ power: Power, _ kind: ProxmoxGuest.Kind, _ call: ProxmoxCall) async throws -> JSONValue {
        let vmid = try call.vmid()
        try call.user.need("/vms/\(vmid)", "VM.PowerMgmt")
        let view = try await view(kind, vmid)
        try checkLock(view.guest)
        let label = kind.label
        if view.guest.isTemplate {
            throw ProxmoxFault.refused("you can't start a \(label.lowercased()) if it's a template")
        }
        switch power {
        case .start where view.isRunning && kind == .container:
            throw ProxmoxFault.refused("CT \(vmid) already running")
        case .stop where !view.isRunning && kind == .container,
            .shutdown where !view.isRunning && kind == .container:
            throw ProxmoxFault.refused("CT \(vmid) not running")
        case .reboot where !view.isRunning: throw ProxmoxFault.refused("\(label) \(vmid) not running")
        default: break
        }
        let forces = call.flag("forceStop") ?? false
        let upid = try await tasks.start(
            kind.prefix + power.rawValue, id: "\(vmid)", user: call.user.full
        ) { log in
            // Looked at again: another task may have come before.
            let now = try await self.view(kind, vmid)
            switch power {
            case .start: try await self.startHost(now, log)
            case .stop: try await self.stopHost(now, kill: true)
            case .shutdown: try await self.shutDown(now, forces: forces, log)
            case .reboot:
                try await self.shutDown(now, forces: true, log)
                try await self.startHost(try await self.view(kind, vmid), log)
            }
        }
        return .string(upid)
    }

    /// Starts a guest; a virtual machine's host is made only now, when all that cloud-init needs is known.
    func startHost(_ view: View, _ log: ProxmoxTaskLog) async throws {
        let guest = view.guest
        if view.isRunning {
            if guest.kind == .machine { throw ProxmoxFault.refused("VM \(guest.vmid) already running") }
            return
        }
        if guest.isMade {
            try await hosts.start([guest.host]) { log.add($0) }
        } else {
            try await makeHost(guest, starts: true, log)
        }
        let now = context.time.now().timeIntervalSince1970
        try await guests.change(guest.vmid) {
            $0.isMade = true
            $0.started = now
        }
    }

    /// Makes the host behind a guest.
    func makeHost(_ guest: ProxmoxGuest, starts: Bool, _ log: ProxmoxTaskLog) async throws {
        try storages.checkSpace(guest.kind == .container ? "subvol-\(guest.vmid)-disk-0" : "vm-\(guest.vmid)-disk-0")
        let request = try GuestPlan(guest: guest, network: environment.network).request(starts: starts)
        do {
            _ = try await hosts.create([request]) { log.add($0) }
        } catch {
            // Nothing half-made stays: the next try begins anew.
            try? await removeHost(guest)
            throw error
        }
        if guest.kind == .machine { try await guests.change(guest.vmid) { $0.isMade = true } }
    }

    private func stopHost(_ view: View, kill: Bool) async throws {
        guard view.isRunning else { return }
        try await hosts.stop([view.guest.host], kill: kill)
    }

    private func shutDown(_ view: View, forces: Bool, _ log: ProxmoxTaskLog) async throws {
        do { try await stopHost(view, kill: false) } catch {
            guard forces else { throw error }
            log.add("shutting down took too long, stopping hard")
            try await stopHost(view, kill: true)
        }
    }

    /// Begins the removal of a guest.
    func destroy(_ kind: ProxmoxGuest.Kind, _ call: ProxmoxCall) async throws -> JSONValue {
        let vmid = try call.vmid()
        let found = try await view(kind, vmid)
        if let pool = found.guest.pool, call.user.has("/pool/\(pool)", ["VM.Allocate"]) {
        } else {
            try call.user.need("/vms/\(vmid)", "VM.Allocate")
        }
        let label = kind.label
        try checkLock(found.guest)
        if found.guest.isProtected {
            throw ProxmoxFault.refused("can't remove \(label) \(vmid) - protection mode enabled")
        }
        if found.isRunning, kind == .machine || call.flag("force") != true {
            throw ProxmoxFault.refused(
                kind == .machine
                    ? "VM \(vmid) is running - destroy failed"
                    : "unable to destroy CT \(vmid) - container is running")
        }
        let upid = try await tasks.start("\(kind.prefix)destroy", id: "\(vmid)", user: call.user.full) { log in
            let now = try await self.view(kind, vmid)
            guard now.guest.lock == nil else { try self.checkLock(now.guest); return }
            if now.guest.isProtected {
                throw ProxmoxFault.refused("can't remove \(label) \(vmid) - protection mode enabled")
            }
            try await self.guests.change(vmid) { $0.lock = "destroyed" }
            if now.guest.isMade { try await self.removeHost(now.guest) }
            try await self.guests.remove(vmid)
            log.add("purging \(label) \(vmid) from related configurations..")
        }
        return .string(upid)
    }
}

extension ProxmoxRoutes {
    /// What containers and virtual machines have in common.
    func addPower(_ kind: ProxmoxGuest.Kind) {
        let server = server
        let path = "/nodes/{node}/\(kind.rawValue)/{vmid}"
        let parameters: [ProxmoxServer.Power: ProxmoxParameters] = [
            .start: ProxmoxParameters([
                "debug": .boolean, "skiplock": .boolean, "timeout": .integer(), "force-cpu": .text, "machine": .text,
            ]),
            .stop: ProxmoxParameters([
                "skiplock": .boolean, "overrule-shutdown": .boolean, "timeout": .integer(), "keepActive": .boolean,
            ]),
            .shutdown: ProxmoxParameters([
                "forceStop": .boolean, "timeout": .integer(), "skiplock": .boolean, "keepActive": .boolean,
            ]),
            .reboot: ProxmoxParameters(["timeout": .integer()]),
        ]
        for power in ProxmoxServer.Power.allCases {
            on(.post, "\(path)/status/\(power.rawValue)", parameters[power] ?? .none) { call in
                try await server.power(power, kind, call)
            }
        }
        on(.get, "\(path)/status/current") { call in
            let vmid = try call.vmid()
            try call.user.need("/vms/\(vmid)", "VM.Audit")
            return GuestFacts.status(try await server.view(kind, vmid))
        }
        on(.get, "/nodes/{node}/\(kind.rawValue)", ProxmoxParameters(["full": .boolean])) { call in
            .array(
                try await server.views(kind).filter { call.user.has("/vms/\($0.guest.vmid)", ["VM.Audit"]) }
                    .map(GuestFacts.summary))
        }
        let current = ProxmoxParameters(["current": .boolean, "snapshot": .text(40)])
        on(.get, "\(path)/config", current) { call in
            let vmid = try call.vmid()
            try call.user.need("/vms/\(vmid)", "VM.Audit")
            if call["snapshot"] != nil { throw NotServed("GET \(path)/config with snapshot") }
            return GuestConfig.json(try await server.view(kind, vmid))
        }
        let removal = ProxmoxParameters([
            "destroy-unreferenced-disks": .boolean, "force": .boolean, "purge": .boolean, "skiplock": .boolean,
        ])
        on(.delete, path, removal) { call in try await server.destroy(kind, call) }
        let resize = ProxmoxParameters([
            "disk": .text.required, "size": .format(.resize).required, "digest": .text(40), "skiplock": .boolean,
        ])
        on(.put, "\(path)/resize", resize) { call in try await server.resize(kind, call) }
    }
}
