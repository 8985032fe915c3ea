import Core
import Foundation
import Hummingbird
import OrderedCollections

extension ProxmoxRoutes {
    private static func need(_ call: ProxmoxCall, _ storage: String) throws {
        try call.user.need("/storage/\(storage)", "Datastore.Audit", "Datastore.AllocateSpace", any: true)
    }

    /// Storages and what is on them.
    func addStorages() {
        let server = server
        on(.get, "/storage", ProxmoxParameters(["type": .text])) { call in
            .array(
                ProxmoxStorages.all.filter {
                    call.user.has("/storage/\($0.name)", ["Datastore.Audit", "Datastore.AllocateSpace"], any: true)
                        && (call["type"] ?? $0.type) == $0.type
                }.map(ProxmoxRoutes.entry))
        }
        on(.get, "/storage/{storage}") { call in
            let storage = try server.storages.find(call.path("storage"))
            try call.user.need("/storage/\(storage.name)", "Datastore.Allocate")
            return ProxmoxRoutes.entry(storage)
        }
        let filters = ProxmoxParameters([
            "content": .text, "enabled": .boolean, "format": .boolean, "storage": .format(.storage), "target": .text,
        ])
        on(.get, "/nodes/{node}/storage", filters) { call in
            let wanted = call.list("content")
            return .array(
                ProxmoxStorages.all.filter { storage in
                    call.user.has(
                        "/storage/\(storage.name)", ["Datastore.Audit", "Datastore.AllocateSpace"], any: true)
                        && (call["storage"] ?? storage.name) == storage.name
                        && (wanted.isEmpty || wanted.contains { storage.content.contains($0) })
                }.map { ProxmoxRoutes.status($0, server.storages.diskSpace, named: true) })
        }
        on(.get, "/nodes/{node}/storage/{storage}/status") { call in
            let storage = try server.storages.find(call.path("storage"))
            try ProxmoxRoutes.need(call, storage.name)
            return ProxmoxRoutes.status(storage, server.storages.diskSpace, named: false)
        }
        addContent()
        addDownloads()
        addUpload()
    }

    private static func entry(_ storage: ProxmoxStorage) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "storage": .string(storage.name), "type": .string(storage.type),
            "content": .string(storage.content.joined(separator: ",")),
            "digest": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ]
        if storage.type == "dir" { members["path"] = "/var/lib/vz" } else { members["pool"] = "zfs-vm" }
        return .object(members)
    }

    private static func status(_ storage: ProxmoxStorage, _ space: DiskSpace, named: Bool) -> JSONValue {
        let used = space.total - space.available
        var members: OrderedDictionary<String, JSONValue> = [
            "type": .string(storage.type), "content": .string(storage.content.joined(separator: ",")), "active": 1,
            "enabled": 1, "shared": 0, "total": .int(space.total), "used": .int(used), "avail": .int(space.available),
        ]
        if named {
            members["storage"] = .string(storage.name)
            members["used_fraction"] = .number(space.total > 0 ? Double(used) / Double(space.total) : 0)
        }
        return .object(members)
    }

    private func addContent() {
        let server = server
        let path = "/nodes/{node}/storage/{storage}/content"
        on(.get, path, ProxmoxParameters(["content": .text, "vmid": .vmid])) { call in
            let storage = try server.storages.find(call.path("storage"))
            try ProxmoxRoutes.need(call, storage.name)
            let all = storage.name == "local" ? try server.storages.files() : try await server.disks()
            return .array(
                all.filter { call["content"] == nil || $0.content == call["content"] }
                    .filter { volume in call["vmid"].map { volume.volume.contains("-\($0)-") } ?? true }
                    .map { volume in
                        .members([
                            "volid": .string(volume.volume), "content": .string(volume.content),
                            "format": .string(volume.format), "size": .int(volume.size), "ctime": .int(volume.created),
                            "vmid": volume.volume.split(separator: "-").compactMap { Int($0) }.first.flatMap {
                                storage.name == "local" ? nil : .int($0)
                            },
                        ])
                    })
        }
        on(.get, "\(path)/**") { call in
            let volume = try await server.volume(call)
            try ProxmoxRoutes.need(call, call.path("storage"))
            return [
                "path": .string(volume.path ?? "/var/lib/vz/\(volume.volume)"), "size": .int(volume.size),
                "used": .int(volume.size), "format": .string(volume.format),
            ]
        }
        on(.delete, "\(path)/**", ProxmoxParameters(["delay": .integer(1, 30)])) { call in
            let volume = try await server.volume(call)
            try call.user.need(
                "/storage/\(call.path("storage"))", "Datastore.Allocate", "Datastore.AllocateTemplate", any: true)
            guard let file = volume.path else {
                throw ProxmoxFault.refused("the lab's own template '\(volume.volume)' is not removed")
            }
            let upid = try await server.tasks.start("imgdel", id: "", user: call.user.full) { log in
                try server.context.files.remove(file)
                log.add("Removed volume '\(volume.volume)'")
            }
            return .string(upid)
        }
    }
}

extension ProxmoxServer {
    /// The disks of guests as volumes.
    func disks() async throws -> [ProxmoxVolume] {
        try await guests.all().flatMap { guest in
            guest.config.filter { $0.value.hasPrefix("zfs-vm:") }.map { key, value in
                let id = String(value.split(separator: ",").first ?? "")
                let size = value.firstMatch(of: #/size=(\S+?)(?:,|$)/#).flatMap { GuestPlan.bytes(String($0.1)) }
                return ProxmoxVolume(
                    volume: id, content: guest.kind == .container ? "rootdir" : "images",
                    format: guest.kind == .container ? "subvol" : "raw", size: size ?? 4 << 20, created: 0)
            }
        }
    }

    /// The volume in the path, with or without its storage before it.
    fileprivate func volume(_ call: ProxmoxCall) async throws -> ProxmoxVolume {
        let storage = try storages.find(call.path("storage"))
        let rest = call.rest
        let id = rest.contains(":") ? rest : "\(storage.name):\(rest)"
        if storage.name == "local" { return try storages.volume(id) }
        guard let found = try await disks().first(where: { $0.volume == id }) else {
            throw ProxmoxFault.refused("volume '\(id)' does not exist")
        }
        return found
    }
}
