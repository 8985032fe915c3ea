import Planning
import Values

/// The data source `proxmox_version`.
struct VersionData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let version = try await server.get("version")
        return .object([
            "id": .string("version"), "release": .string(version["release"].string ?? ""),
            "repository_id": .string(version["repoid"].string ?? ""),
            "version": .string(version["version"].string ?? ""),
        ])
    }
}

/// The data source `proxmox_virtual_environment_nodes`.
struct NodesData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let nodes = try await server.get("nodes").array
            .sorted { ($0["node"].string ?? "") < ($1["node"].string ?? "") }
        func column(_ value: (JSON) -> Value) -> Value { .list(nodes.map(value)) }
        return .object([
            "cpu_count": column { .int($0["maxcpu"].int ?? 0) },
            "cpu_utilization": column { Value(($0["cpu"].double ?? 0) * 100) }, "id": .string("nodes"),
            "memory_available": column { .int($0["maxmem"].int ?? 0) },
            "memory_used": column { .int($0["mem"].int ?? 0) },
            "names": column { .string($0["node"].string ?? "") },
            "online": column { .bool($0["status"].string == "online") },
            "ssl_fingerprints": column { .string($0["ssl_fingerprint"].string ?? "") },
            "support_levels": column { .string($0["level"].string ?? "") },
            "uptime": column { .int($0["uptime"].int ?? 0) },
        ])
    }
}

/// The data source `proxmox_virtual_environment_node`.
struct NodeData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let name = config["node_name"].string ?? ""
        let status = try await server.get("nodes/\(Server.segment(name))/status")
        let cpu = status["cpuinfo"]
        let memory = status["memory"]
        return .object([
            "cpu_cores": .int(cpu["cores"].int ?? 0), "cpu_count": .int(cpu["cpus"].int ?? 0),
            "cpu_model": .string(cpu["model"].string ?? ""), "cpu_sockets": .int(cpu["sockets"].int ?? 0),
            "cpu_utilization": Value(status["cpu"].double ?? 0), "id": .string(name),
            "memory_available": .int(memory["free"].int ?? 0), "memory_total": .int(memory["total"].int ?? 0),
            "memory_used": .int(memory["used"].int ?? 0), "node_name": .string(name),
            "uptime": .int(status["uptime"].int ?? 0),
        ])
    }
}

/// The data source `proxmox_datastores`.
struct DatastoresData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let node = config["node_name"].string ?? ""
        let filters = config["filters"]
        var query: Form = [:]
        query["storage"] = filters["id"].text
        query["target"] = filters["target"].text
        let kinds = filters["content_types"].strings.sorted()
        query["content"] = kinds.isEmpty ? nil : kinds.joined(separator: ",")
        let all = try await server.get("nodes/\(Server.segment(node))/storage", query).array
        var value = config
        value["datastores"] = .list(
            all.sorted { ($0["storage"].string ?? "") < ($1["storage"].string ?? "") }.map { Self.store($0, node) })
        return value
    }

    private static func store(_ entry: JSON, _ node: String) -> Value {
        let kinds = (entry["content"].string ?? "").split(separator: ",").map(String.init).sorted()
        return .object([
            "active": Value(entry["active"].bool), "content_types": Value(kinds),
            "enabled": Value(entry["enabled"].bool),
            "id": .string(entry["storage"].string ?? ""), "node_name": .string(node),
            "shared": Value(entry["shared"].bool), "space_available": Value(entry["avail"].int),
            "space_total": Value(entry["total"].int), "space_used": Value(entry["used"].int),
            "space_used_fraction": Value(entry["used_fraction"].double), "type": .string(entry["type"].string ?? ""),
        ])
    }
}

/// The data source `proxmox_virtual_environment_pool`.
struct PoolData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let id = config["pool_id"].string ?? ""
        guard let pool = try await Pool.pool(id, on: server) else {
            throw Problem("There is no pool \(id)", path: Path() + "pool_id")
        }
        return .object([
            "comment": .string(pool["comment"].string ?? ""), "id": .string(id), "members": Pool.members(pool),
            "pool_id": .string(id),
        ])
    }
}

/// The data source `proxmox_virtual_environment_pools`.
struct PoolsData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let names = try await server.get("pools").array.compactMap { $0["poolid"].string }.sorted()
        return .object(["id": .string("pools"), "pool_ids": Value(names)])
    }
}

/// The data source `proxmox_file`.
struct FileData: Reader {
    func read(_ config: Value, on server: Server) async throws -> Value {
        let storage = Storage(config, on: server)
        let kind = config["content_type"].string ?? ""
        let name = config["file_name"].string ?? ""
        let files = try await storage.files(kind)
        let file = files.first { entry in
            let id = entry["volid"].string ?? ""
            return id.hasSuffix("/\(name)") || id == "\(storage.name):\(name)"
        }
        guard let file else {
            throw Problem(
                "There is no file \(name)", "In \(storage.name) of \(storage.node).", path: Path() + "file_name")
        }
        var value = config
        value["id"] = Value(file["volid"].string)
        value["file_format"] = Value(file["format"].string)
        value["file_size"] = Value(file["size"].int)
        value["vmid"] = Value(file["vmid"].int)
        return value
    }
}
