import Planning
import Values

/// The resource `proxmox_download_file`: the server itself fetches a file.
struct DownloadedFile: Driver {
    /// The note of a file whose source has another size now.
    private static let outdated = Array("outdated".utf8)

    func create(_ planned: Value, on server: Server) async throws -> Value {
        let storage = Storage(planned, on: server)
        let kind = planned["content_type"].string ?? ""
        let metadata = try await metadata(planned, storage)
        let last = (planned["url"].string ?? "").split(separator: "/").last ?? ""
        let name = planned["file_name"].text ?? metadata["filename"].string ?? String(last.prefix { $0 != "?" })
        let id = "\(storage.name):\(kind)/\(name)"
        var form: Form = ["content": kind, "filename": name, "url": planned["url"].string ?? ""]
        form["checksum"] = planned["checksum"].text
        form["checksum-algorithm"] = planned["checksum_algorithm"].text
        form["compression"] = planned["decompression_algorithm"].text
        form["verify-certificates"] = planned["verify"].or(.bool(true)).flag
        let limit = Duration.seconds(planned["upload_timeout"].int ?? 600)
        do {
            try await download(form, storage, limit)
        } catch  where planned["overwrite_unmanaged"].bool == true && Self.isThere(error) {
            try await storage.remove(id)
            try await download(form, storage, limit)
        }
        var state = planned
        state["file_name"] = .string(name)
        state["id"] = .string(id)
        state["size"] = .null
        return try await reread(state, on: server)
    }

    private func download(_ form: Form, _ storage: Storage, _ limit: Duration) async throws {
        let answer = try await storage.server.post("\(storage.path)/download-url", form)
        try await storage.server.follow(answer, "Download of \(form["filename"] ?? "")", within: limit)
    }

    /// Whether a download failed because there is such a file.
    private static func isThere(_ error: any Error) -> Bool {
        String(describing: error).contains("refusing to override existing file")
    }

    private func metadata(_ value: Value, _ storage: Storage) async throws -> JSON {
        try await storage.server.get(
            "nodes/\(Server.segment(storage.node))/query-url-metadata",
            ["url": value["url"].string ?? "", "verify-certificates": value["verify"].or(.bool(true)).flag])
    }

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        let storage = Storage(state, on: server)
        let file = try await storage.file(state["id"].string ?? "", state["content_type"].string ?? "")
        guard let file else { return nil }
        var now = state
        now["size"] = Value(file["size"].int)
        note = []
        if state["overwrite"].bool == true, let size = try? await metadata(state, storage)["size"].int,
            let own = file["size"].int, size != own, state["decompression_algorithm"].isNull
        {
            note = Self.outdated
        }
        return now
    }

    func replaced(note: [UInt8]) -> [Path] { note == Self.outdated ? [Path() + "size"] : [] }

    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value {
        planned.merged(computed: prior)
    }

    func delete(_ state: Value, on server: Server) async throws {
        try await Storage(state, on: server).remove(state["id"].string ?? "")
    }

    func imported(_ id: String) throws -> [String: Value] {
        throw Problem("Not served by the stand-in", "It imports no files.")
    }
}
