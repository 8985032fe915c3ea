import Core
import Foundation
import Hummingbird
import OrderedCollections

extension ProxmoxServer {
    /// The model of virtual machines that is always there.
    static let template = (vmid: 9000, name: "debian-12-template")

    /// Makes the model where its id is free.
    func seedTemplate() async throws {
        guard try await guests.find(ProxmoxServer.template.vmid) == nil else { return }
        var guest = ProxmoxGuest(
            vmid: ProxmoxServer.template.vmid, kind: .machine, host: ProxmoxServer.template.name)
        guest.config = [
            "boot": "order=scsi0", "cores": "1", "ide2": "zfs-vm:vm-9000-cloudinit,media=cdrom", "memory": "1024",
            "name": ProxmoxServer.template.name, "net0": "virtio=02:6E:00:00:23:28,bridge=vmbr0", "ostype": "l26",
            "scsihw": "virtio-scsi-pci", "scsi0": "zfs-vm:base-9000-disk-0,size=3G", "serial0": "socket",
            "sockets": "1", "template": "1",
        ]
        try await guests.insert(guest)
    }

    /// This machine can make virtual machines.
    private func checkMachines() throws {
        do { _ = try hosts.driver("vm") } catch {
            throw ProxmoxFault.refused(
                "KVM virtualisation configured, but not available: the lab makes no hosts of kind vm")
        }
    }

    /// Begins the making of a virtual machine, which has a disk from the start and a host from its first start on.
    func createMachine(_ call: ProxmoxCall) async throws -> JSONValue {
        for name in ["archive", "live-restore"] where call[name] != nil {
            throw NotServed("POST /nodes/{node}/qemu with \(name)")
        }
        let vmid = call.int("vmid") ?? 0
        var guest = ProxmoxGuest(
            vmid: vmid, kind: .machine, host: try GuestPlan.hostName(.machine, vmid, call["name"]), lock: "create",
            pool: call["pool"])
        try await checkCreation(call, guest)
        try checkMachines()
        var given = call.parameters
        for name in ProxmoxConfigRules.machineCreation.keys { given[name] = nil }
        try GuestRights.check(call.user, guest, set: given)
        for (name, value) in given { guest.config[name] = try GuestConfig.kept(name, value, guest.kind.rules) }
        try await complete(&guest)
        try await checkName(guest)
        try storages.checkSpace("vm-\(vmid)-disk-0")
        let ready = guest
        try await guests.insert(ready)
        let starts = call.flag("start") ?? false
        let upid = try await tasks.start("qmcreate", id: "\(vmid)", user: call.user.full) { log in
            try await self.guests.change(vmid) { $0.lock = nil }
            if starts { try await self.startHost(try await self.view(.machine, vmid), log) }
        }
        return .string(upid)
    }

    /// Begins the making of a virtual machine from a model.
    func clone(_ call: ProxmoxCall) async throws -> JSONValue {
        let source = try await view(.machine, try call.vmid()).guest
        let newid = call.int("newid") ?? 0
        try call.user.need("/vms/\(source.vmid)", "VM.Clone")
        try checkLock(source)
        if call["snapname"] != nil { throw NotServed("POST /nodes/{node}/qemu/{vmid}/clone with snapname") }
        if let target = call["target"], target != ProxmoxServer.node {
            throw ProxmoxFault.parameter("target", "target node '\(target)' does not exist")
        }
        guard source.isTemplate else {
            throw ProxmoxFault.refused("the lab clones templates only, and \(source.vmid) is none")
        }
        let name = call["name"] ?? "Copy-of-VM-\(source.name)"
        var guest = ProxmoxGuest(
            vmid: newid, kind: .machine, host: try GuestPlan.hostName(.machine, newid, name), lock: "clone",
            pool: call["pool"])
        try await checkCreation(call, guest)
        if let storage = call["storage"] { _ = try storages.find(storage, holding: "images") }
        try checkMachines()
        guest.config = source.config
        guest.config["template"] = nil
        guest.config["name"] = name
        guest.config["description"] = call["description"]
        for (key, value) in guest.config where value.contains("-\(source.vmid)-") {
            var text = value.replacing("base-\(source.vmid)-", with: "vm-\(newid)-")
                .replacing("vm-\(source.vmid)-", with: "vm-\(newid)-")
            if let storage = call["storage"], let colon = text.firstIndex(of: ":") { text = storage + text[colon...] }
            guest.config[key] = text
        }
        if let text = guest.config["net0"] {
            var card = try PropertyString.parse(text, ProxmoxForms.card, name: "net0")
            card["macaddr"] = nil
            guest.config["net0"] = card.text(ProxmoxForms.card)
        }
        try GuestConfig.completeCard(&guest.config, .machine, address: nil)
        try await checkName(guest)
        try storages.checkSpace("vm-\(newid)-disk-0")
        let ready = guest
        try await guests.insert(ready)
        let upid = try await tasks.start("qmclone", id: "\(source.vmid)", user: call.user.full) { log in
            log.add("create full clone of drive scsi0 (zfs-vm:base-\(source.vmid)-disk-0)")
            try await self.guests.change(newid) { $0.lock = nil }
        }
        return .string(upid)
    }
}

extension ProxmoxRoutes {
    /// The calls of virtual machines alone.
    func addMachines() {
        let server = server
        let path = "/nodes/{node}/qemu"
        let creation = ProxmoxConfigRules.machine.adding(ProxmoxConfigRules.machineCreation)
        on(.post, path, creation) { call in try await server.createMachine(call) }
        let clone = ProxmoxParameters([
            "newid": .vmid.required, "bwlimit": .integer(), "description": .text, "format": .text, "full": .boolean,
            "name": .format(.dnsName), "pool": .format(.pool), "snapname": .text(40), "storage": .format(.storage),
            "target": .format(.nodeName),
        ])
        on(.post, "\(path)/{vmid}/clone", clone) { call in try await server.clone(call) }
        let change = ProxmoxConfigRules.machine.adding(ProxmoxConfigRules.change)
        on(.put, "\(path)/{vmid}/config", change) { call in
            try await server.change(.machine, call)
            return .null
        }
        on(.post, "\(path)/{vmid}/config", change) { call in
            try await server.change(.machine, call)
            return .string(
                try await server.tasks.start("qmconfig", id: call.path("vmid"), user: call.user.full) { _ in })
        }
        on(.put, "\(path)/{vmid}/cloudinit") { call in
            let vmid = try call.vmid()
            try call.user.need("/vms/\(vmid)", "VM.Config.Cloudinit")
            _ = try await server.view(.machine, vmid)
            return .null
        }
        on(.get, "\(path)/{vmid}/agent/network-get-interfaces") { call in
            let vmid = try call.vmid()
            try call.user.need("/vms/\(vmid)", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted", any: true)
            let view = try await server.view(.machine, vmid)
            guard view.isRunning else { throw ProxmoxFault.refused("VM \(vmid) is not running") }
            // The lab's machines have no guest agent.
            throw ProxmoxFault.refused(
                view.guest.config["agent"].map { $0.hasPrefix("1") || $0.contains("enabled=1") } == true
                    ? "QEMU guest agent is not running" : "No QEMU guest agent configured")
        }
        addPower(.machine)
    }
}
