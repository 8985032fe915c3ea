import Core
import Foundation
import OrderedCollections

extension ProxmoxServer {
    /// Changes a guest's configuration, and its host where that is made already.
    func change(_ kind: ProxmoxGuest.Kind, _ call: ProxmoxCall) async throws {
        let vmid = try call.vmid()
        let found = try await view(kind, vmid)
        try checkLock(found.guest)
        var set = call.parameters
        for name in ProxmoxConfigRules.change.keys { set[name] = nil }
        let gone = call.list("delete")
        for name in gone where kind.rules.rule(name) == nil {
            throw ProxmoxFault.parameter("delete", "unknown setting '\(name)'")
        }
        if let twice = gone.first(where: { set[$0] != nil }) {
            throw ProxmoxFault.parameter("delete", "duplicate use: '\(twice)' is set and deleted")
        }
        try GuestRights.check(call.user, found.guest, set: set, gone: gone)
        if let digest = call["digest"], digest != GuestConfig.digest(found.guest.config) {
            throw ProxmoxFault.refused("detected modified configuration - file changed by other user? Try again.")
        }
        var wanted = found.guest
        for name in gone { wanted.config[name] = nil }
        for (name, value) in set { wanted.config[name] = try GuestConfig.kept(name, value, kind.rules) }
        try await complete(&wanted, before: found.guest)
        let config = wanted.config
        let changed = try await guests.change(vmid) { guest in
            guard guest.config == found.guest.config else {
                throw ProxmoxFault.refused("detected modified configuration - file changed by other user? Try again.")
            }
            guest.config = config
        }
        guard changed != nil else { throw ProxmoxGuest.absent(kind, vmid) }
        guard let record = found.record else { return }
        let plan = GuestPlan(guest: wanted, network: environment.network)
        var spec = try plan.spec()
        // What Proxmox VE does not know of stays as it is.
        spec.targets = record.spec.targets
        try await hosts.change(record.name, to: spec, address: try plan.address())
    }

    /// Fills in what a configuration is kept with, and refuses what the lab can't make true.
    func complete(_ guest: inout ProxmoxGuest, before: ProxmoxGuest? = nil) async throws {
        try GuestDisks.allocate(&guest, before: before, storages)
        let plan = GuestPlan(guest: guest, network: environment.network)
        try plan.checkBridges()
        let address = try plan.address()
        if let address { try await checkFree(address, for: guest) }
        try GuestConfig.completeCard(&guest.config, guest.kind, address: address)
        _ = try GuestPlan(guest: guest).spec()
    }

    /// No other host or guest has the address.
    private func checkFree(_ address: String, for guest: ProxmoxGuest) async throws {
        let key = guest.kind == .container ? "net0" : "ipconfig0"
        if let holder = try? hosts.store.records().first(where: { $0.address == address && $0.name != guest.host }) {
            throw ProxmoxFault.parameter(key, "the address \(address) is taken by host \(holder.name)")
        }
        for other in try await guests.all() where other.vmid != guest.vmid {
            if let taken = try? GuestPlan(guest: other).address(), taken == address {
                throw ProxmoxFault.parameter(
                    key, "the address \(address) is taken by \(other.kind.label) \(other.vmid)")
            }
        }
    }

    /// Makes a guest's disk larger.
    func resize(_ kind: ProxmoxGuest.Kind, _ call: ProxmoxCall) async throws -> JSONValue {
        let vmid = try call.vmid()
        try call.user.need("/vms/\(vmid)", "VM.Config.Disk")
        let found = try await view(kind, vmid)
        try checkLock(found.guest)
        let disk = call["disk"] ?? ""
        guard let text = found.guest.config[disk], case .properties(let form)? = kind.rules.rule(disk)?.kind else {
            throw ProxmoxFault.refused("disk '\(disk)' does not exist")
        }
        var value = try PropertyString.parse(text, form, name: disk)
        let size = call["size"] ?? ""
        let old = value["size"].flatMap(GuestPlan.bytes) ?? 0
        guard let number = GuestPlan.bytes(size.hasPrefix("+") ? String(size.dropFirst()) : size) else {
            throw ProxmoxFault.parameter("size", "value does not match the regex pattern")
        }
        let new = size.hasPrefix("+") ? old.addingReportingOverflow(number).partialValue : number
        if new < old { throw ProxmoxFault.refused("unable to shrink disk size") }
        value["size"] = GuestDisks.text(new)
        let line = value.text(form)
        let upid = try await tasks.start("resize", id: "\(vmid)", user: call.user.full) { _ in
            let changed = try await self.guests.change(vmid) { $0.config[disk] = line }
            guard let changed, let record = found.record else { return }
            var spec = record.spec
            spec.disk = GuestPlan(guest: changed).disk
            try await self.hosts.change(record.name, to: spec, address: nil)
        }
        return .string(upid)
    }
}

/// The volumes of a guest's disks.
enum GuestDisks {
    /// A size as Proxmox VE writes it, such as "8G".
    static func text(_ bytes: Int64) -> String {
        for (unit, shift) in [("T", Int64(40)), ("G", 30), ("M", 20), ("K", 10)] where bytes >= 1 << shift {
            if bytes % (1 << shift) == 0 { return "\(bytes >> shift)\(unit)" }
        }
        return "\(bytes)"
    }

    private static let drives = ["virtio", "scsi", "sata", "ide"]

    private static func isDisk(_ key: String, _ kind: ProxmoxGuest.Kind) -> Bool {
        let stem = key.prefix { !$0.isNumber }
        if kind == .container { return key == "rootfs" || (stem == "mp" && stem.count < key.count) }
        return drives.contains(String(stem)) && stem.count < key.count
    }

    /// Turns wishes such as "zfs-vm:8" into volumes with a size.
    static func allocate(_ guest: inout ProxmoxGuest, before: ProxmoxGuest?, _ storages: ProxmoxStorages) throws {
        for key in guest.config.keys where isDisk(key, guest.kind) {
            guard let text = guest.config[key], text != before?.config[key],
                case .properties(let form)? = guest.kind.rules.rule(key)?.kind
            else { continue }
            var disk = try PropertyString.parse(text, form, name: key)
            let field = guest.kind == .container ? "volume" : "file"
            let volume = disk[field] ?? ""
            if guest.kind == .container, volume.hasPrefix("/") { throw NotServed("a bind mount (\(key))") }
            if guest.kind == .container, key != "rootfs" { throw NotServed("a further disk of a container (\(key))") }
            guard volume != "none", let colon = volume.firstIndex(of: ":") else { continue }
            let (name, rest) = (String(volume[..<colon]), String(volume[volume.index(after: colon)...]))
            if disk["media"] == "cdrom", rest != "cloudinit" {
                _ = try storages.find(name)
                if rest.hasPrefix("iso/") { _ = try storages.volume(volume) }
                continue
            }
            _ = try storages.find(name, holding: guest.kind == .container ? "rootdir" : "images")
            try place(&disk, field, name, rest, key, guest)
            if let source = disk.values.removeValue(forKey: "import-from") {
                _ = try storages.volume(source)
                disk["size"] = disk["size"] ?? "3G"
            }
            guest.config[key] = disk.text(form)
        }
    }

    private static func place(
        _ disk: inout PropertyString, _ field: String, _ storage: String, _ rest: String, _ key: String,
        _ guest: ProxmoxGuest
    ) throws {
        let id = guest.vmid
        if rest == "cloudinit" || rest == "vm-\(id)-cloudinit" {
            disk[field] = "\(storage):vm-\(id)-cloudinit"
            disk["media"] = "cdrom"
            disk["size"] = nil
            return
        }
        if let number = Double(rest), number >= 0 {
            guard number <= 8_000_000 else {
                throw ProxmoxFault.parameter(key, "unable to create a volume of \(rest) GiB")
            }
            let prefix = guest.kind == .container ? "subvol" : "vm"
            let used = guest.config.filter { $0.key != key }.map(\.value).joined(separator: " ")
            let free = (0..<100).first { !used.contains("\(prefix)-\(id)-disk-\($0)") } ?? 0
            disk[field] = "\(storage):\(prefix)-\(id)-disk-\(free)"
            if number > 0 { disk["size"] = text(Int64(number * 1_073_741_824)) }
            if disk["size"] == nil, guest.kind == .container {
                throw ProxmoxFault.parameter(key, "unable to create volume with size 0")
            }
        }
        // Bytes, as some callers write a size, are kept in the largest unit.
        if let size = disk["size"].flatMap(GuestPlan.bytes) { disk["size"] = text(size) }
    }
}
