import Planning
import Values

/// The resource `proxmox_virtual_environment_vm`.
struct Machine: Driver {
    /// Blocks that the stand-in does not serve: a VM that has one is refused rather than made without it.
    private static let unserved = [
        "amd_sev", "audio_device", "efi_disk", "hostpci", "numa", "rng", "smbios", "tpm_state", "usb", "virtiofs",
        "watchdog",
    ]

    // MARK: create

    func create(_ planned: Value, on server: Server) async throws -> Value {
        try check(planned)
        let id = try await Guest.identifier(planned, on: server)
        var state = planned
        state["vm_id"] = .int(id)
        let guest = Guest(kind: .machine, node: planned["node_name"].string ?? "", id: id, server: server)
        try await guest.claim()
        let limit = Guest.limit(planned, "timeout_create")
        let isClone = !planned["clone"].list.isEmpty
        let task = try await isClone ? clone(state, guest) : make(state, guest, limit)
        state["id"] = .string(String(id))
        do {
            let patience = isClone ? Guest.limit(planned, "timeout_clone") : limit
            try await server.follow(task, "Creation of \(guest.title)", within: patience)
            try await guest.unlocked(within: limit)
            if isClone { try await adapt(state, guest, limit) } else { try await growImported(state, guest, limit) }
            if planned["started"].bool != false, planned["template"].bool != true {
                try await guest.start(within: Guest.limit(planned, "timeout_start_vm"))
            }
            return try await reread(state, on: server)
        } catch {
            throw await guest.unfinished(state, error)
        }
    }

    func check(_ planned: Value) throws {
        if let name = Self.unserved.first(where: { !planned[$0].list.isEmpty }) {
            throw Problem("Not served by the stand-in", "It makes no VM with a block \(name).", path: Path() + name)
        }
        for (index, disk) in planned["disk"].list.enumerated() where disk["file_id"].text != nil {
            let path = Path() + "disk" + index + "file_id"
            throw Problem("Not served by the stand-in", "file_id is imported by SSH: use import_from.", path: path)
        }
    }

    private func make(_ planned: Value, _ guest: Guest, _ limit: Duration) async throws -> JSON {
        var form = MachineForm.config(planned)
        form["vmid"] = String(guest.id)
        form["pool"] = planned["pool_id"].text
        for disk in planned["disk"].list {
            guard let interface = disk["interface"].text else { continue }
            form[interface] = MachineForm.disk(disk, volume: MachineForm.newVolume(disk)).text
        }
        let request = form
        return try await guest.asked("Creation of VM \(guest.id)", within: limit) {
            try await guest.server.post(guest.collection, request)
        }
    }

    private func clone(_ planned: Value, _ guest: Guest) async throws -> JSON {
        let clone = planned["clone"][0]
        let source = Guest(
            kind: .machine, node: clone["node_name"].text ?? guest.node, id: clone["vm_id"].int ?? 0,
            server: guest.server)
        var form: Form = ["newid": String(guest.id), "full": clone["full"].or(.bool(true)).flag]
        form["name"] = planned["name"].text
        form["description"] = planned["description"].text?.trimmed
        form["storage"] = clone["datastore_id"].text
        form["pool"] = planned["pool_id"].text
        if source.node != guest.node { form["target"] = guest.node }
        let request = form
        return try await guest.asked("Clone of VM \(source.id)", within: Guest.limit(planned, "timeout_clone")) {
            try await guest.server.post("\(source.path)/clone", request)
        }
    }

    /// Makes a fresh clone what was planned.
    private func adapt(_ planned: Value, _ guest: Guest, _ limit: Duration) async throws {
        guard let config = try await guest.config() else { throw Problem("The clone is gone right after it was made") }
        var form = MachineForm.config(planned, isClone: true)
        form["name"] = nil
        let setup = planned["initialization"][0]
        if let drive = MachineState.cloudInitDrive(config)?.interface, !setup.isNull, form[drive] == nil {
            form["delete"] = drive
        }
        for disk in planned["disk"].list {
            guard let interface = disk["interface"].text else { continue }
            let before = Properties(config[interface].string, leading: "file")
            let volume = before["file"] ?? MachineForm.newVolume(disk)
            form[interface] = MachineForm.disk(disk, volume: volume, size: before["size"]).text
        }
        _ = try await guest.server.put("\(guest.path)/config", form).follow(guest, "Configuration", limit)
        for disk in planned["disk"].list {
            let before = Properties(config[disk["interface"].string ?? ""].string, leading: "file")
            guard before["file"] != nil, let size = disk["size"].int else { continue }
            guard size << 30 > Size.bytes(before["size"]) ?? 0 else { continue }
            try await grow(disk, guest, limit)
        }
    }

    private func growImported(_ planned: Value, _ guest: Guest, _ limit: Duration) async throws {
        for disk in planned["disk"].list where disk["import_from"].text != nil && disk["size"].int != nil {
            try await grow(disk, guest, limit)
        }
    }

    func grow(_ disk: Value, _ guest: Guest, _ limit: Duration) async throws {
        let form = ["disk": disk["interface"].string ?? "", "size": String((disk["size"].int ?? 0) << 30)]
        let answer = try await guest.server.put("\(guest.path)/resize", form)
        try await guest.server.follow(answer, "Resize of \(guest.title)", within: limit)
    }

    // MARK: read

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        guard let stated = Guest(.machine, state, on: server) else { return nil }
        let all = try await server.get("cluster/resources", ["type": "vm"])
        guard let entry = all.array.first(where: { $0["vmid"].int == stated.id }) else { return nil }
        let guest = Guest(kind: .machine, node: entry["node"].string ?? stated.node, id: stated.id, server: server)
        guard let config = try await guest.config() else { return nil }
        let status = try await server.get("\(guest.path)/status/current")
        var formats: [String: String] = [:]
        for (interface, disk) in MachineState.disks(config) {
            guard let volume = disk["file"], let storage = volume.split(separator: ":").first else { continue }
            let place = "nodes/\(Server.segment(guest.node))/storage/\(storage)/content/\(Server.segment(volume))"
            formats[interface] = (try? await server.get(place))?["format"].string ?? "raw"
        }
        var now = MachineState.state(state, config, formats: formats)
        now["node_name"] = .string(guest.node)
        now["started"] = .bool(status["status"].string == "running")
        now["pool_id"] = entry["pool"].string.map(Value.string) ?? .string(state["pool_id"].string ?? "")
        let isAsked = Properties(config["agent"].string, leading: "enabled").flag("enabled")
        let interfaces = isAsked && now["started"].bool == true ? await self.interfaces(guest, state) : .null
        MachineState.add(interfaces, to: &now)
        return now
    }

    /// The interfaces that the guest's agent tells of, once one has an address.
    private func interfaces(_ guest: Guest, _ state: Value) async -> JSON {
        let limit = Self.duration(state["agent"][0]["timeout"].text ?? "15m")
        let path = "\(guest.path)/agent/network-get-interfaces"
        return
            (try? await guest.server.wait("the agent of \(guest.title)", within: limit) {
                guard let found = try? await guest.server.get(path)["result"] else { return nil }
                let all = found.array.flatMap { $0["ip-addresses"].array.compactMap { $0["ip-address"].string } }
                return all.contains(where: ContainerState.isReachable) ? found : nil
            }) ?? .null
    }

    /// A duration such as `15m` or `1m30s`.
    static func duration(_ text: String) -> Duration {
        let units: [Substring: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600]
        let parts = text.matches(of: /([0-9.]+)(ms|s|m|h)/)
        return .seconds(parts.reduce(0.0) { $0 + (Double($1.1) ?? 0) * (units[$1.2] ?? 0) })
    }

    // MARK: delete and import

    func delete(_ state: Value, on server: Server) async throws {
        guard let guest = Guest(.machine, state, on: server), let status = try await guest.status() else { return }
        if status != "stopped" { try await end(guest, state) }
        var query: Form = [:]
        query["destroy-unreferenced-disks"] = state["delete_unreferenced_disks_on_destroy"].or(.bool(true)).flag
        query["purge"] = state["purge_on_destroy"].or(.bool(true)).flag
        try await guest.remove(query, path: guest.path + "/", within: Guest.limit(state, "timeout_stop_vm"))
    }

    /// Ends a running VM, at once where the configuration says so.
    func end(_ guest: Guest, _ state: Value) async throws {
        if state["stop_on_destroy"].bool == true {
            try await guest.stop(within: Guest.limit(state, "timeout_stop_vm"))
        } else {
            try await guest.shutdown(within: Guest.limit(state, "timeout_shutdown_vm"))
        }
    }

    func imported(_ id: String) throws -> [String: Value] { try Guest.imported(id) }
}

extension JSON {
    /// Follows the task that an answer names, if it does.
    func follow(_ guest: Guest, _ what: String, _ limit: Duration) async throws {
        try await guest.server.follow(self, "\(what) of \(guest.title)", within: limit)
    }
}
