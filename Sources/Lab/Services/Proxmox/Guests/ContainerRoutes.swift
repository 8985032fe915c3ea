import Core
import Hummingbird
import OrderedCollections

extension ProxmoxServer {
    /// Begins the making of a container.
    func createContainer(_ call: ProxmoxCall) async throws -> JSONValue {
        if call.flag("restore") == true { throw NotServed("POST /nodes/{node}/lxc with restore") }
        let vmid = call.int("vmid") ?? 0
        var guest = ProxmoxGuest(
            vmid: vmid, kind: .container,
            host: try GuestPlan.hostName(.container, vmid, call["hostname"]), lock: "create", pool: call["pool"])
        try await checkCreation(call, guest)
        let template = call["ostemplate"] ?? ""
        try call.user.need(
            "/storage/\(template.split(separator: ":").first ?? "")", "Datastore.Audit", "Datastore.AllocateSpace",
            any: true)
        try checkTemplate(template)
        var given = call.parameters
        for name in ProxmoxConfigRules.containerCreation.keys { given[name] = nil }
        if given["rootfs"] == nil { given["rootfs"] = "\(call["storage"] ?? "local"):4" }
        var asked = given
        asked["unprivileged"] = asked["unprivileged"] ?? "0"
        try GuestRights.check(call.user, guest, set: asked)
        guest.config = [
            "arch": "amd64", "hostname": call["hostname"] ?? "CT\(vmid)", "memory": "512", "ostype": "debian",
            "swap": "512",
        ]
        for (name, value) in given { guest.config[name] = try GuestConfig.kept(name, value, guest.kind.rules) }
        guest.secrets["ssh-public-keys"] = call["ssh-public-keys"]
        try await complete(&guest)
        try await checkName(guest)
        try storages.checkSpace("subvol-\(vmid)-disk-0")
        let starts = call.flag("start") ?? false
        let ready = guest
        _ = try GuestPlan(guest: ready, network: environment.network).request(starts: starts)
        try await guests.insert(ready)
        let now = context.time
        do {
            let upid = try await tasks.start("vzcreate", id: "\(vmid)", user: call.user.full) { log in
                log.add("extracting archive '\(template)'")
                do { try await self.makeHost(ready, starts: starts, log) } catch {
                    try await self.guests.remove(vmid)
                    throw error
                }
                try await self.guests.change(vmid) { guest in
                    guest.isMade = true
                    guest.lock = nil
                    guest.started = starts ? now.now().timeIntervalSince1970 : nil
                }
            }
            return .string(upid)
        } catch {
            try await guests.remove(vmid)
            throw error
        }
    }

    /// The rights and the pool that every creation needs.
    func checkCreation(_ call: ProxmoxCall, _ guest: ProxmoxGuest) async throws {
        let user = call.user
        if let name = guest.pool {
            _ = try await pool(name)
            if !user.has("/vms/\(guest.vmid)", ["VM.Allocate"]) { try user.need("/pool/\(name)", "VM.Allocate") }
        } else {
            try user.need("/vms/\(guest.vmid)", "VM.Allocate")
        }
        if let storage = call["storage"] {
            _ = try storages.find(storage)
            try user.need("/storage/\(storage)", "Datastore.AllocateSpace")
        }
        if let taken = try await guests.find(guest.vmid) {
            throw ProxmoxFault.refused(
                "unable to create \(guest.kind.label) \(guest.vmid) - \(taken.kind.label) \(guest.vmid) already exists "
                    + "on node '\(ProxmoxServer.node)'")
        }
    }

    /// A host's name is unique on the lab, which real Proxmox VE does not ask for.
    func checkName(_ guest: ProxmoxGuest) async throws {
        let field = guest.kind == .container ? "hostname" : "name"
        for other in try await guests.all() where other.host == guest.host && other.vmid != guest.vmid {
            throw ProxmoxFault.parameter(
                field, "\(other.kind.label) \(other.vmid) has the name '\(guest.host)'; names are unique on the lab")
        }
        if let record = try? hosts.store.record(guest.host), record.vmid != guest.vmid {
            throw ProxmoxFault.parameter(
                field, "a host of the lab has the name '\(guest.host)'; names are unique on the lab")
        }
    }

    private func checkTemplate(_ template: String) throws {
        guard let colon = template.firstIndex(of: ":") else {
            throw ProxmoxFault.parameter("ostemplate", "unable to parse volume ID '\(template)'\n")
        }
        _ = try storages.find(String(template[..<colon]), holding: "vztmpl")
        let volume = try storages.volume(template)
        // The lab makes hosts from its own image, whatever the template holds.
        guard volume.content == "vztmpl", volume.volume.contains("debian-12") else {
            throw ProxmoxFault.refused(
                "unable to detect OS distribution - the lab makes containers of debian-12 templates only")
        }
    }
}

extension ProxmoxRoutes {
    /// The calls of containers alone.
    func addContainers() {
        let server = server
        let creation = ProxmoxConfigRules.container.adding(ProxmoxConfigRules.containerCreation)
        on(.post, "/nodes/{node}/lxc", creation) { call in try await server.createContainer(call) }
        let change = ProxmoxConfigRules.container.adding(ProxmoxConfigRules.change)
        on(.put, "/nodes/{node}/lxc/{vmid}/config", change) { call in
            try await server.change(.container, call)
            return .null
        }
        on(.get, "/nodes/{node}/lxc/{vmid}/interfaces") { call in
            let vmid = try call.vmid()
            try call.user.need("/vms/\(vmid)", "VM.Audit")
            let view = try await server.view(.container, vmid)
            guard view.isRunning else { throw ProxmoxFault.refused("CT \(vmid) not running") }
            return GuestFacts.interfaces(view)
        }
        addPower(.container)
    }
}
