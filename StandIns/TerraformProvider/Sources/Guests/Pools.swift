import Planning
import Values

/// The resource `proxmox_virtual_environment_pool`.
struct Pool: Driver {
    func create(_ planned: Value, on server: Server) async throws -> Value {
        let id = planned["pool_id"].string ?? ""
        var form: Form = ["poolid": id]
        form["comment"] = planned["comment"].text
        _ = try await server.post("pools", form)
        var state = planned
        state["id"] = .string(id)
        return try await reread(state, on: server)
    }

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        let id = state["id"].string ?? ""
        guard let pool = try await Self.pool(id, on: server) else { return nil }
        var now = state
        now["pool_id"] = .string(id)
        now["comment"] = state["comment"].isZero && pool["comment"].string == nil ? state["comment"] : .string("")
        if let comment = pool["comment"].string { now["comment"] = .string(comment) }
        now["members"] = Self.members(pool)
        return now
    }

    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value {
        let form = ["poolid": prior["id"].string ?? "", "comment": planned["comment"].string ?? ""]
        _ = try await server.put("pools", form)
        return try await reread(planned.merged(computed: prior), on: server)
    }

    func delete(_ state: Value, on server: Server) async throws {
        do { _ = try await server.delete("pools", ["poolid": state["id"].string ?? ""]) } catch let trouble
            as ServerTrouble
            where trouble.isMissing
        {}
    }

    func imported(_ id: String) throws -> [String: Value] { ["id": .string(id), "pool_id": .string(id)] }

    /// What the server says of a pool; nil when there is none.
    static func pool(_ id: String, on server: Server) async throws -> JSON? {
        do {
            return try await server.get("pools", ["poolid": id]).array.first { $0["poolid"].string == id }
        } catch let trouble as ServerTrouble where trouble.isMissing {
            return nil
        }
    }

    static func members(_ pool: JSON) -> Value {
        .list(
            pool["members"].array.map { member in
                .object([
                    "datastore_id": .string(member["storage"].string ?? ""), "id": .string(member["id"].string ?? ""),
                    "node_name": .string(member["node"].string ?? ""), "type": .string(member["type"].string ?? ""),
                    "vm_id": .int(member["vmid"].int ?? 0),
                ])
            })
    }
}

/// The resource `proxmox_pool_membership`.
struct PoolMembership: Driver {
    func create(_ planned: Value, on server: Server) async throws -> Value {
        let member = try Self.member(planned)
        _ = try await server.put("pools", ["poolid": planned["pool_id"].string ?? "", member.key: member.value])
        var state = planned
        state["type"] = .string(member.type)
        state["id"] = .string("\(planned["pool_id"].string ?? "")/\(member.type)/\(member.value)")
        return state
    }

    private static func member(_ value: Value) throws -> (key: String, type: String, value: String) {
        if let id = value["vm_id"].int { return ("vms", "vm", String(id)) }
        if let storage = value["storage_id"].text { return ("storage", "storage", storage) }
        throw Problem("Nothing to put into the pool", "Set vm_id or storage_id.", path: Path() + "vm_id")
    }

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        guard let pool = try await Pool.pool(state["pool_id"].string ?? "", on: server) else { return nil }
        let isThere = pool["members"].array.contains { member in
            if let id = state["vm_id"].int { return member["vmid"].int == id }
            return member["storage"].string == state["storage_id"].string
        }
        return isThere ? state : nil
    }

    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value {
        planned.merged(computed: prior)
    }

    func delete(_ state: Value, on server: Server) async throws {
        let member = try Self.member(state)
        let form = ["poolid": state["pool_id"].string ?? "", member.key: member.value, "delete": "1"]
        do { _ = try await server.put("pools", form) } catch let trouble as ServerTrouble where trouble.isMissing {}
    }

    func imported(_ id: String) throws -> [String: Value] {
        let parts = id.split(separator: "/").map(String.init)
        guard parts.count == 3, ["vm", "storage"].contains(parts[1]) else {
            throw Problem("Invalid import identifier", "\"\(id)\" does not read POOL/vm/VMID or POOL/storage/STORAGE.")
        }
        var state: [String: Value] = ["id": .string(id), "pool_id": .string(parts[0]), "type": .string(parts[1])]
        if parts[1] == "vm" { state["vm_id"] = Value(Int(parts[2])) } else { state["storage_id"] = .string(parts[2]) }
        return state
    }
}
