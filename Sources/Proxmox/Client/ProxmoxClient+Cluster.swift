import Core

extension ProxmoxClient {
    /// The version of the server; needs no right beyond a valid token.
    public func version() async throws -> ProxmoxVersion {
        try await ask(ProxmoxCall("GET", ["version"], doing: "ask for its version")) { reader throws(ProxmoxFault) in
            try reader.whole(ProxmoxVersion.self)
        }
    }

    /// The nodes of the cluster, by name.
    public func nodes() async throws -> [ProxmoxNode] {
        try await list(ProxmoxNode.self, ["nodes"], doing: "list the nodes").sorted { $0.name < $1.name }
    }

    /// What a node says of itself.
    public func nodeStatus(_ node: String) async throws -> ProxmoxNodeStatus {
        let call = ProxmoxCall(
            "GET", ["nodes", node, "status"], doing: "read the status of the node \(node)",
            needs: [ProxmoxRight("Sys.Audit", on: "/nodes/\(node)")])
        return try await ask(call) { reader throws(ProxmoxFault) in try reader.whole(ProxmoxNodeStatus.self) }
    }

    /// The storages that a node sees and the token may use, by name.
    public func storages(_ node: String) async throws -> [ProxmoxStorage] {
        try await list(ProxmoxStorage.self, ["nodes", node, "storage"], doing: "list the storages of \(node)")
            .sorted { $0.name < $1.name }
    }

    /// The volumes of a storage.
    ///
    /// - Parameter content: only of this kind, such as "vztmpl", "iso" or "images".
    public func content(_ node: String, storage: String, content: String? = nil) async throws -> [ProxmoxVolume] {
        let volumes = try await list(
            ProxmoxVolume.self, ["nodes", node, "storage", storage, "content"],
            content.map { [("content", $0)] } ?? [], doing: "list what is in the storage \(storage) of \(node)",
            needs: [ProxmoxRight("Datastore.Audit", on: "/storage/\(storage)")])
        return volumes.filter { content == nil || $0.content.isEmpty || $0.content == content }
            .map { volume in
                var named = volume
                if let content, named.content.isEmpty { named.content = content }
                return named
            }.sorted { $0.id < $1.id }
    }

    /// The bridges of a node that the token sees, by name.
    public func bridges(_ node: String) async throws -> [ProxmoxInterface] {
        try await list(
            ProxmoxInterface.self, ["nodes", node, "network"], [("type", "any_bridge")],
            doing: "list the bridges of \(node)"
        ).filter(\.isBridge).sorted { $0.name < $1.name }
    }

    /// All network interfaces of a node.
    public func interfaces(_ node: String) async throws -> [ProxmoxInterface] {
        try await list(ProxmoxInterface.self, ["nodes", node, "network"], doing: "list the interfaces of \(node)")
            .sorted { $0.name < $1.name }
    }

    /// The pools that the token sees.
    public func pools() async throws -> [ProxmoxPool] {
        try await list(ProxmoxPool.self, ["pools"], doing: "list the pools").sorted { $0.name < $1.name }
    }

    /// A free number for a guest: the next one, or the given one where it is free.
    ///
    /// - Returns: nil where the given number is taken.
    public func freeID(_ wanted: Int? = nil) async throws -> Int? {
        let call = ProxmoxCall(
            "GET", ["cluster", "nextid"], wanted.map { [("vmid", "\($0)")] } ?? [], doing: "ask for a free guest id")
        do {
            return try await attemptID(call)
        } catch let refusal as ProxmoxRefusal {
            let said = (refusal.message + refusal.errors.map(\.message).joined()).lowercased()
            if wanted != nil, refusal.status == 400 || refusal.status == 500, said.contains("exist") { return nil }
            throw trouble.failure(refusal, call)
        }
    }

    private func attemptID(_ call: ProxmoxCall) async throws -> Int {
        try await attempt(call) { reader throws(ProxmoxFault) in
            switch reader.raw {
            case .number(let number): if let id = Int(exactly: number) { return id }
            case .string(let text): if let id = Int(text) { return id }
            default: break
            }
            throw ProxmoxFault(path: reader.path, message: "expected a number")
        }
    }

    /// The privileges of the token on a path, as the server computes them.
    public func privileges(on path: String) async throws -> Set<String> {
        let call = ProxmoxCall(
            "GET", ["access", "permissions"], [("path", path)], doing: "read the token's own permissions")
        return try await ask(call) { reader throws(ProxmoxFault) in
            // Without any privilege the answer is an empty object, or an empty list.
            guard let members = reader.raw.object else { return [] }
            return Set((members[path]?.object ?? [:]).keys)
        }
    }

    func list<Model: ProxmoxModel>(
        _ type: Model.Type, _ parts: [String], _ parameters: [(name: String, value: String)] = [], doing: String,
        needs: [ProxmoxRight] = []
    ) async throws -> [Model] {
        try await ask(ProxmoxCall("GET", parts, parameters, doing: doing, needs: needs)) {
            reader throws(ProxmoxFault) in try reader.items(type)
        }
    }
}
