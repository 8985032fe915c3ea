import Core

extension ProxmoxClient {
    /// All guests that the token sees, by number.
    public func guests() async throws -> [ProxmoxGuest] {
        try await list(
            ProxmoxGuest.self, ["cluster", "resources"], [("type", "vm")], doing: "list the guests"
        ).sorted { $0.id < $1.id }
    }

    /// The guest of a number or a name.
    ///
    /// - Throws: a failure that lists what there is, or the guests that share the name.
    public func guest(_ name: String) async throws -> ProxmoxGuest {
        let all = try await guests()
        if let id = Int(name), let found = all.first(where: { $0.id == id }) { return found }
        let named = all.filter { $0.name == name }
        if named.count == 1 { return named[0] }
        if named.count > 1 {
            throw Failure(
                .usage, "\(named.count) guests are named \(name)", where: endpoint.url,
                why: named.map(\.title).joined(separator: ", "), next: ["give its number"])
        }
        let known = all.filter { !$0.isTemplate }.map { $0.name.isEmpty ? "\($0.id)" : $0.name }.sorted()
        throw Failure(
            .usage, "Proxmox has no guest \(name) that this token sees", where: endpoint.url,
            why: known.isEmpty ? "it shows none" : "it shows: \(known.prefix(20).joined(separator: ", "))",
            next: ["nante proxmox vms"])
    }

    /// The settings of a guest; nil where it is not there.
    public func config(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> ProxmoxGuestConfig? {
        let call = guestCall("GET", node, kind, id, ["config"], doing: "read the settings of guest \(id)")
        return try await askIfAny(call) { reader throws(ProxmoxFault) in try reader.whole(ProxmoxGuestConfig.self) }
    }

    /// How a guest does; nil where it is not there.
    public func status(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> ProxmoxGuestStatus? {
        let call = guestCall("GET", node, kind, id, ["status", "current"], doing: "read the status of guest \(id)")
        return try await askIfAny(call) { reader throws(ProxmoxFault) in try reader.whole(ProxmoxGuestStatus.self) }
    }

    /// The network cards inside a running guest; none where it can't tell, as a VM without its agent.
    public func interfaces(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> [ProxmoxGuestInterface] {
        let doing = "ask guest \(id) for its addresses"
        switch kind {
        case .lxc:
            return try await askIfAny(guestCall("GET", node, kind, id, ["interfaces"], doing: doing)) {
                reader throws(ProxmoxFault) in try reader.items(ProxmoxGuestInterface.self)
            } ?? []
        case .vm:
            let right = ProxmoxRight("VM.GuestAgent.Audit", on: "/vms/\(id)")
            let call = guestCall(
                "GET", node, kind, id, ["agent", "network-get-interfaces"], doing: doing, needs: [right])
            do {
                return try await attempt(call) { reader throws(ProxmoxFault) in
                    try reader.whole(AgentInterfaces.self).list
                }
            } catch let refusal as ProxmoxRefusal {
                // "QEMU guest agent is not running", "No QEMU guest agent configured", "VM 100 is not running".
                if refusal.status == 500 { return [] }
                throw trouble.failure(refusal, call)
            }
        }
    }

    /// The address of a guest: the one in its settings, else the one that it tells while it runs.
    public func address(of guest: ProxmoxGuest) async throws -> String? {
        guard let config = try await config(guest.node, guest.kind, guest.id) else { return nil }
        if let address = config.address { return address }
        guard guest.isRunning else { return nil }
        return try await interfaces(guest.node, guest.kind, guest.id).compactMap(\.address).first
    }

    /// Starts a container or VM; the task goes on after the call.
    public func start(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> TaskID? {
        try await task(power("start", node, kind, id))
    }

    /// Stops a container or VM at once; the task goes on after the call.
    public func stop(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> TaskID? {
        try await task(power("stop", node, kind, id))
    }

    /// Makes a container; the task goes on after the call.
    ///
    /// - Parameter options: as in the API: `ostemplate`, `hostname`, `rootfs`, `net0` and so on.
    public func createContainer(
        _ node: String, _ id: Int, _ options: KeyValuePairs<String, String>
    ) async throws -> TaskID? {
        var parameters: [(name: String, value: String)] = [("vmid", "\(id)")]
        parameters += options.map { ($0.key, $0.value) }
        return try await task(
            ProxmoxCall(
                "POST", ["nodes", node, "lxc"], parameters, doing: "make the container \(id)",
                needs: [ProxmoxRight("VM.Allocate", on: "/vms/\(id)")]))
    }

    /// Removes a stopped guest with its disks; the task goes on after the call, nil where it was not there.
    public func delete(_ node: String, _ kind: GuestKind, _ id: Int) async throws -> TaskID? {
        let call = guestCall(
            "DELETE", node, kind, id, [], parameters: [("purge", "1")], doing: "remove guest \(id)",
            needs: [ProxmoxRight("VM.Allocate", on: "/vms/\(id)")])
        return try await askIfAny(call, read: ProxmoxClient.taskID) ?? nil
    }

    private func power(_ verb: String, _ node: String, _ kind: GuestKind, _ id: Int) -> ProxmoxCall {
        guestCall(
            "POST", node, kind, id, ["status", verb], doing: "\(verb) guest \(id)",
            needs: [ProxmoxRight("VM.PowerMgmt", on: "/vms/\(id)")])
    }

    private func guestCall(
        _ method: String, _ node: String, _ kind: GuestKind, _ id: Int, _ rest: [String],
        parameters: [(name: String, value: String)] = [], doing: String, needs: [ProxmoxRight]? = nil
    ) -> ProxmoxCall {
        ProxmoxCall(
            method, ["nodes", node, kind.rawValue, "\(id)"] + rest, parameters, doing: doing,
            needs: needs ?? [ProxmoxRight("VM.Audit", on: "/vms/\(id)")])
    }
}
