import Planning
import Values

/// The resource `proxmox_virtual_environment_container`.
struct Container: Driver {
    // MARK: create

    func create(_ planned: Value, on server: Server) async throws -> Value {
        guard planned["idmap"].list.isEmpty else {
            throw Problem("Not served by the stand-in", "idmap is set by SSH.", path: Path() + "idmap")
        }
        var state = planned
        let id = try await Guest.identifier(planned, on: server)
        state["vm_id"] = .int(id)
        let guest = Guest(kind: .container, node: planned["node_name"].string ?? "", id: id, server: server)
        let limit = Guest.limit(planned, "timeout_create")
        try await guest.claim()
        let isClone = !planned["clone"].list.isEmpty
        let task = try await isClone ? clone(state, guest) : make(state, guest, limit)
        state["id"] = .string(String(id))
        do {
            let patience = isClone ? Guest.limit(planned, "timeout_clone") : limit
            try await server.follow(task, "Creation of \(guest.title)", within: patience)
            try await guest.unlocked(within: limit)
            if isClone { try await adapt(state, guest, limit) }
            if planned["started"].bool != false, planned["template"].bool != true {
                try await guest.start(within: limit)
            }
            return try await reread(state, on: server)
        } catch {
            throw await guest.unfinished(state, error)
        }
    }

    private func make(_ planned: Value, _ guest: Guest, _ limit: Duration) async throws -> JSON {
        var form = ContainerForm.config(planned)
        form["vmid"] = String(guest.id)
        let system = planned["operating_system"][0]
        form["ostemplate"] = system["template_file_id"].text
        form["pool"] = planned["pool_id"].text
        let disk = planned["disk"][0]
        let storage = disk["datastore_id"].text ?? "local"
        form["storage"] = storage
        form["rootfs"] = ContainerForm.rootfs(disk, volume: "\(storage):\(disk["size"].int ?? 4)").text
        form["start"] = planned["started"].bool != false && planned["template"].bool != true ? "1" : "0"
        form["template"] = planned["template"].flag
        form["unprivileged"] = planned["unprivileged"].flag
        let user = planned["initialization"][0]["user_account"][0]
        form["password"] = user["password"].text
        if !user["keys"].strings.isEmpty {
            form["ssh-public-keys"] = user["keys"].strings.map(\.trimmed).joined(separator: "\n")
        }
        let request = form
        return try await guest.asked("Creation of container \(guest.id)", within: limit) {
            try await guest.server.post(guest.collection, request)
        }
    }

    private func clone(_ planned: Value, _ guest: Guest) async throws -> JSON {
        let clone = planned["clone"][0]
        let source = Guest(
            kind: .container, node: clone["node_name"].text ?? guest.node, id: clone["vm_id"].int ?? 0,
            server: guest.server)
        var form: Form = ["newid": String(guest.id), "full": clone["full"].or(.bool(true)).flag]
        form["hostname"] = planned["initialization"][0]["hostname"].text
        form["storage"] = clone["datastore_id"].text
        form["pool"] = planned["pool_id"].text
        if source.node != guest.node { form["target"] = guest.node }
        let request = form
        return try await guest.asked(
            "Clone of container \(source.id)", within: Guest.limit(planned, "timeout_clone")
        ) { try await guest.server.post("\(source.path)/clone", request) }
    }

    /// Makes a fresh clone what was planned.
    private func adapt(_ planned: Value, _ guest: Guest, _ limit: Duration) async throws {
        let own = ContainerForm.config(planned, isClone: true)
        if !own.isEmpty { _ = try await guest.server.put("\(guest.path)/config", own) }
        if let size = planned["disk"][0]["size"].int { try await grow(guest, to: size, limit) }
    }

    // MARK: read

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        guard let guest = Guest(.container, state, on: server) else { return nil }
        guard let config = try await guest.config() else { return nil }
        let status = try await server.get("\(guest.path)/status/current")
        let isRunning = status["status"].string == "running"
        var now = ContainerState.state(state, config)
        now["started"] = .bool(isRunning)
        let hasInterfaces = !config.numbered("net").isEmpty
        let wanted = state["wait_for_ip"][0]
        let addresses = isRunning && hasInterfaces ? await interfaces(guest, wanted) : .null
        now["ipv4"] = ContainerState.addresses(addresses, "inet")
        now["ipv6"] = ContainerState.addresses(addresses, "inet6")
        return now
    }

    /// The interfaces once one has an address that is wanted, for ten seconds at most.
    private func interfaces(_ guest: Guest, _ wanted: Value) async -> JSON {
        var last = JSON.null
        _ = try? await guest.server.wait("an address of container \(guest.id)", within: .seconds(10)) {
            last = try await guest.server.get("\(guest.path)/interfaces")
            let has4 = !ContainerState.addresses(last, "inet").object.isEmpty
            let has6 = !ContainerState.addresses(last, "inet6").object.isEmpty
            let (wants4, wants6) = (wanted["ipv4"].bool == true, wanted["ipv6"].bool == true)
            let isThere = wants4 || wants6 ? (has4 || !wants4) && (has6 || !wants6) : has4 || has6
            return isThere ? true : nil
        }
        return last
    }

    // MARK: update

    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value {
        guard let guest = Guest(.container, prior, on: server) else { throw Problem("The state has no vm_id") }
        let limit = Guest.limit(planned, "timeout_update")
        if let size = planned["disk"][0]["size"].int, size > prior["disk"][0]["size"].int ?? size {
            try await grow(guest, to: size, limit)
        }
        let change = ContainerForm.change(prior, planned)
        if !change.form.isEmpty { _ = try await server.put("\(guest.path)/config", change.form) }
        let wasRunning = prior["started"].bool == true
        if planned["template"].bool != true, let wanted = planned["started"].bool {
            if wanted != wasRunning {
                if wanted { try await guest.start(within: limit) } else { try await guest.shutdown(within: limit) }
            } else if wanted, change.needsRestart {
                try await guest.reboot(within: limit)
            }
        }
        return try await reread(planned.merged(computed: prior), on: server)
    }

    private func grow(_ guest: Guest, to size: Int, _ limit: Duration) async throws {
        let answer = try await guest.server.put("\(guest.path)/resize", ["disk": "rootfs", "size": "\(size)G"])
        try await guest.server.follow(answer, "Resize of container \(guest.id)", within: limit)
    }

    // MARK: delete and import

    func delete(_ state: Value, on server: Server) async throws {
        guard let guest = Guest(.container, state, on: server) else { return }
        let limit = Guest.limit(state, "timeout_delete")
        guard let status = try await guest.status() else { return }
        if status != "stopped" { try await guest.shutdown(within: limit) }
        try await guest.remove([:], path: guest.path, within: limit)
    }

    func imported(_ id: String) throws -> [String: Value] { try Guest.imported(id) }
}

extension Value {
    /// The planned state with what the plan leaves open taken from the prior one.
    func merged(computed prior: Value) -> Value {
        switch (self, prior) {
        case (.unknown, _): return prior
        case (.object(let members), .object(let before)):
            return .object(members.merging(before) { $0.merged(computed: $1) })
        default: return withoutUnknowns
        }
    }
}
