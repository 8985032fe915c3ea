import Foundation
import Planning
import Values

/// The data sources `proxmox_virtual_environment_container` and `_vm`.
struct GuestData: Reader {
    let kind: Guest.Kind

    func read(_ config: Value, on server: Server) async throws -> Value {
        let guest = Guest(
            kind: kind, node: config["node_name"].string ?? "", id: config["vm_id"].int ?? 0, server: server)
        guard let found = try await guest.config() else {
            throw Problem("There is no \(guest.title)", "On the node \(guest.node).", path: Path() + "vm_id")
        }
        var value = config
        value["id"] = .string(String(guest.id))
        value["name"] = .string(found[kind == .container ? "hostname" : "name"].string ?? "")
        value["tags"] = Value(GuestsData.tags(found["tags"].string))
        value["template"] = .bool(found["template"].bool ?? false)
        value["status"] = .string(try await guest.status() ?? "")
        return value
    }
}

/// The data sources `proxmox_virtual_environment_containers` and `_vms`.
struct GuestsData: Reader {
    let kind: Guest.Kind

    static func tags(_ text: String?) -> [String] {
        (text ?? "").split { $0 == ";" || $0 == "," || $0 == " " }.map(String.init).sorted()
    }

    func read(_ config: Value, on server: Server) async throws -> Value {
        var nodes = [config["node_name"].string].compactMap { $0 }
        if nodes.isEmpty {
            nodes = try await server.get("nodes").array.filter { $0["status"].string != "offline" }
                .compactMap { $0["node"].string }
        }
        var found: [Value] = []
        for node in nodes {
            let all = try await server.get("nodes/\(Server.segment(node))/\(kind.rawValue)").array
            found += all.sorted { ($0["vmid"].int ?? 0) < ($1["vmid"].int ?? 0) }.map { Self.guest($0, node) }
        }
        let wanted = config["tags"].strings
        found = try found.filter { guest in
            guard wanted.allSatisfy(guest["tags"].strings.contains) else { return false }
            return try config["filter"].list.allSatisfy { try Self.passes(guest, $0) }
        }
        var value = config
        value["id"] = .string(UUID().uuidString.lowercased())
        value[kind == .container ? "containers" : "vms"] = .list(found)
        return value
    }

    private static func guest(_ entry: JSON, _ node: String) -> Value {
        .object([
            "name": .string(entry["name"].string ?? ""), "node_name": .string(node),
            "status": .string(entry["status"].string ?? ""), "tags": Value(tags(entry["tags"].string)),
            "template": .bool(entry["template"].bool ?? false), "vm_id": .int(entry["vmid"].int ?? 0),
        ])
    }

    private static func passes(_ guest: Value, _ filter: Value) throws -> Bool {
        let value = guest[filter["name"].string ?? ""]
        let text = value.string ?? value.bool.map { $0 ? "true" : "false" } ?? ""
        let wanted = filter["values"].strings
        guard filter["regex"].bool == true else { return wanted.contains(text) }
        return try wanted.contains { pattern in
            do { return try Regex(pattern).firstMatch(in: text) != nil } catch {
                throw Problem("Invalid filter", "\"\(pattern)\" is not a regular expression.", path: Path() + "filter")
            }
        }
    }
}
