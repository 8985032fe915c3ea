import Planning
import Values

/// Changes of a virtual machine in place.
extension Machine {
    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value {
        try check(planned)
        guard var guest = Guest(.machine, prior, on: server) else { throw Problem("The state has no vm_id") }
        let limit = Guest.limit(planned, "timeout_create")
        if let node = planned["node_name"].text, node != guest.node {
            guest = try await migrate(guest, to: node, within: Guest.limit(planned, "timeout_migrate"))
        }
        guard var config = try await guest.config() else { throw Problem("The VM is gone") }
        if try await move(planned, config, guest) { config = try await guest.config() ?? config }
        let change = MachineForm.change(prior, planned, config)
        if !change.form.isEmpty {
            try await server.put("\(guest.path)/config", change.form).follow(guest, "Configuration", limit)
        }
        for disk in planned["disk"].list {
            let before = MachineState.disks(config).first { $0.interface == disk["interface"].string }
            guard let before, let size = disk["size"].int else { continue }
            let bytes = Size.bytes(before.disk["size"]) ?? 0
            guard size << 30 >= bytes else {
                throw Problem("Disks can't shrink", "\(before.interface) has \(bytes >> 30) GB.", path: Path() + "disk")
            }
            if size << 30 > bytes { try await grow(disk, guest, limit) }
        }
        if change.hasCloudInit { _ = try await server.put("\(guest.path)/cloudinit", [:]) }
        try await setPower(prior, planned, guest, needsRestart: change.needsRestart)
        return try await reread(planned.merged(computed: prior), on: server)
    }

    private func migrate(_ guest: Guest, to node: String, within limit: Duration) async throws -> Guest {
        let isRunning = try await guest.status() == "running"
        let form = ["target": node, "with-local-disks": "1", "online": isRunning ? "1" : "0"]
        try await guest.server.post("\(guest.path)/migrate", form).follow(guest, "Migration", limit)
        return Guest(kind: .machine, node: node, id: guest.id, server: guest.server)
    }

    /// Moves disks to the storages that were planned; answers whether one was moved.
    private func move(_ planned: Value, _ config: JSON, _ guest: Guest) async throws -> Bool {
        var isMoved = false
        for (interface, disk) in MachineState.disks(config) {
            let wanted = planned["disk"].list.first { $0["interface"].string == interface }?["datastore_id"].text
            guard let wanted, let volume = disk["file"], !volume.hasPrefix(wanted + ":") else { continue }
            let form = ["disk": interface, "storage": wanted, "delete": "1"]
            let limit = Guest.limit(planned, "timeout_move_disk")
            try await guest.server.post("\(guest.path)/move_disk", form).follow(guest, "Move of a disk", limit)
            isMoved = true
        }
        return isMoved
    }

    private func setPower(_ prior: Value, _ planned: Value, _ guest: Guest, needsRestart: Bool) async throws {
        guard planned["template"].bool != true, let wanted = planned["started"].bool else { return }
        let limit = Guest.limit(planned, "timeout_start_vm")
        let isRunning = try await guest.status() == "running"
        if wanted, isRunning, needsRestart, planned["reboot_after_update"].bool != false {
            try await end(guest, planned)
            try await guest.start(within: limit)
        } else if wanted, !isRunning {
            try await guest.start(within: limit)
        } else if !wanted, isRunning {
            try await end(guest, planned)
        }
    }
}
