import Core
import GRDB
import Hummingbird
import OrderedCollections

/// A pool of guests and storages.
struct ProxmoxPool: Sendable, Hashable {
    var name: String
    var comment: String
    var storages: [String]
}

extension ProxmoxServer {
    /// All pools, by name.
    func pools() async throws -> [ProxmoxPool] {
        try await environment.database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM proxmox_pool ORDER BY name").map {
                ProxmoxPool(name: $0["name"], comment: $0["comment"], storages: ProxmoxCall.items($0["storages"]))
            }
        }
    }

    /// A pool by its name.
    ///
    /// - Throws: what Proxmox VE says of one that is not there.
    func pool(_ name: String) async throws -> ProxmoxPool {
        guard let found = try await pools().first(where: { $0.name == name }) else {
            throw ProxmoxFault.refused("pool '\(name)' does not exist")
        }
        return found
    }

    /// The guests and storages of a pool, of one type where it is named.
    func members(_ pool: ProxmoxPool, type: String?) async throws -> JSONValue {
        var members: [JSONValue] = []
        for view in try await views() where view.guest.pool == pool.name {
            if type == nil || type == view.guest.kind.rawValue { members.append(GuestFacts.resource(view)) }
        }
        if type == nil || type == "storage" {
            members += pool.storages.map {
                ["id": .string("storage/pmx/\($0)"), "node": "pmx", "storage": .string($0), "type": "storage"]
            }
        }
        return .array(members)
    }

    /// Gives guests to a pool, or takes them out.
    fileprivate func assign(_ call: ProxmoxCall, _ pool: ProxmoxPool) async throws {
        let goes = call.flag("delete") ?? false
        for text in call.list("vms") {
            guard let vmid = Int(text), let guest = try await guests.find(vmid) else {
                throw ProxmoxFault.refused("VM \(text) does not exist")
            }
            if goes, guest.pool != pool.name {
                throw ProxmoxFault.refused("VM \(vmid) is not a pool member")
            }
            if !goes, let other = guest.pool, call.flag("allow-move") != true {
                throw ProxmoxFault.refused("VM \(vmid) is already a pool member of '\(other)'")
            }
            try await guests.change(vmid) { $0.pool = goes ? nil : pool.name }
        }
        let named = call.list("storage")
        for name in named { _ = try storages.find(name) }
        let kept = goes ? pool.storages.filter { !named.contains($0) } : Array(Set(pool.storages + named)).sorted()
        let comment = call["comment"] ?? pool.comment
        try await environment.database.write {
            try $0.execute(
                sql: "UPDATE proxmox_pool SET storages = ?, comment = ? WHERE name = ?",
                arguments: [kept.joined(separator: ","), comment, pool.name])
        }
    }
}

extension ProxmoxRoutes {
    /// Pools; their name in the path is the older form.
    func addPools() {
        let server = server
        let type = ParameterRule.choice("qemu", "lxc", "storage")
        on(.get, "/pools", ProxmoxParameters(["poolid": .format(.pool), "type": type])) { call in
            if let name = call["poolid"] {
                try call.user.need("/pool/\(name)", "Pool.Audit")
                let pool = try await server.pool(name)
                let members = try await server.members(pool, type: call["type"])
                return [["poolid": .string(name), "comment": .string(pool.comment), "members": members]]
            }
            return .array(
                try await server.pools().filter { call.user.has("/pool/\($0.name)", ["Pool.Audit"]) }.map {
                    ["poolid": .string($0.name), "comment": .string($0.comment)]
                })
        }
        on(.get, "/pools/{poolid}", ProxmoxParameters(["type": type])) { call in
            try call.user.need("/pool/\(call.path("poolid"))", "Pool.Audit")
            let pool = try await server.pool(call.path("poolid"))
            return [
                "comment": .string(pool.comment), "members": try await server.members(pool, type: call["type"]),
            ]
        }
        on(.post, "/pools", ProxmoxParameters(["poolid": .format(.pool).required, "comment": .text])) { call in
            let (name, comment) = (call["poolid"] ?? "", call["comment"] ?? "")
            try call.user.need("/pool/\(name)", "Pool.Allocate")
            try await server.environment.database.write { database in
                let taken = try Bool.fetchOne(
                    database, sql: "SELECT 1 FROM proxmox_pool WHERE name = ?", arguments: [name])
                if taken != nil { throw ProxmoxFault.refused("create pool failed: pool '\(name)' already exists") }
                try database.execute(sql: "INSERT INTO proxmox_pool VALUES (?, ?, '')", arguments: [name, comment])
            }
            return .null
        }
        let fields: OrderedDictionary<String, ParameterRule> = [
            "allow-move": .boolean, "comment": .text, "delete": .boolean, "storage": .text, "vms": .text,
        ]
        on(.put, "/pools", ProxmoxParameters(fields).adding(["poolid": .format(.pool).required])) { call in
            try call.user.need("/pool/\(call["poolid"] ?? "")", "Pool.Allocate")
            try await server.assign(call, try await server.pool(call["poolid"] ?? ""))
            return .null
        }
        on(.put, "/pools/{poolid}", ProxmoxParameters(fields)) { call in
            try call.user.need("/pool/\(call.path("poolid"))", "Pool.Allocate")
            try await server.assign(call, try await server.pool(call.path("poolid")))
            return .null
        }
        on(.delete, "/pools", ProxmoxParameters(["poolid": .format(.pool).required])) { call in
            try await server.removePool(call["poolid"] ?? "", call.user)
        }
        on(.delete, "/pools/{poolid}") { call in try await server.removePool(call.path("poolid"), call.user) }
    }
}

extension ProxmoxServer {
    fileprivate func removePool(_ name: String, _ user: ProxmoxUser) async throws -> JSONValue {
        try user.need("/pool/\(name)", "Pool.Allocate")
        let pool = try await pool(name)
        let taken = try await guests.all().contains { $0.pool == name }
        if taken || !pool.storages.isEmpty {
            throw ProxmoxFault.refused("delete pool failed: pool '\(name)' is not empty")
        }
        try await environment.database.write {
            try $0.execute(sql: "DELETE FROM proxmox_pool WHERE name = ?", arguments: [name])
        }
        return .null
    }
}
