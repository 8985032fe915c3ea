import Foundation
import Planning
import Values

/// The resource `proxmox_virtual_environment_file`: a file of this machine, uploaded by the API.
struct UploadedFile: Driver {
    func create(_ planned: Value, on server: Server) async throws -> Value {
        let storage = Storage(planned, on: server)
        let source = try Self.source(planned)
        let kind = try planned["content_type"].text ?? Self.kind(source.name)
        guard ["iso", "vztmpl", "import"].contains(kind) else {
            throw Problem(
                "Not served by the stand-in", "Files of the type \(kind) are copied by SSH.",
                path: Path() + "content_type")
        }
        let id = "\(storage.name):\(kind)/\(source.name)"
        if try await storage.file(id, kind) != nil, planned["overwrite"].bool == false {
            throw Problem("The file exists", "\(id) is there, and overwrite is false.")
        }
        var fields = [("content", kind)]
        if let checksum = planned["source_file"][0]["checksum"].text {
            fields += [("checksum-algorithm", "sha256"), ("checksum", checksum)]
        }
        let answer = try await server.upload(
            "\(storage.path)/upload", fields: fields, file: (source.name, source.bytes))
        try await server.follow(
            answer, "Upload of \(source.name)", within: .seconds(planned["timeout_upload"].int ?? 1800))
        var state = planned
        state["id"] = .string(id)
        state["content_type"] = .string(kind)
        state["file_name"] = .string(source.name)
        state["file_size"] = .int(source.bytes.count)
        state["file_modification_date"] = .string(source.date)
        state["file_tag"] = .string(source.tag)
        return try await reread(state, on: server)
    }

    /// A file as it is on this machine.
    private struct Source {
        let name: String
        let bytes: [UInt8]
        let date: String
        let tag: String
    }

    private static func source(_ value: Value) throws -> Source {
        let raw = value["source_raw"][0]
        if let data = raw["data"].string {
            let bytes = Array(data.utf8)
            return Source(
                name: raw["file_name"].string ?? "", bytes: bytes, date: "", tag: String(bytes.count, radix: 16))
        }
        let file = value["source_file"][0]
        guard let path = file["path"].text else {
            throw Problem("No source", "Set source_file or source_raw.", path: Path() + "source_file")
        }
        guard !path.hasPrefix("http://"), !path.hasPrefix("https://") else {
            throw Problem("Not served by the stand-in", "It uploads no address: use proxmox_download_file.")
        }
        let url = URL(filePath: path)
        guard let bytes = try? Data(contentsOf: url) else {
            throw Problem("Can't read the source", path, path: Path() + "source_file" + 0 + "path")
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        let date = attributes[.modificationDate] as? Date ?? .distantPast
        let seconds = String(Int(date.timeIntervalSince1970), radix: 16)
        return Source(
            name: file["file_name"].text ?? url.lastPathComponent, bytes: Array(bytes),
            date: date.formatted(.iso8601), tag: "\(seconds)-\(String(bytes.count, radix: 16))")
    }

    /// The kind of content that a name tells of.
    private static func kind(_ name: String) throws -> String {
        let kinds = [
            ("iso", [".iso", ".img"]), ("vztmpl", [".tar.gz", ".tar.xz", ".tar.zst"]),
            ("import", [".qcow2", ".raw", ".vmdk", ".ova"]), ("snippets", [".yml", ".yaml", ".sh", ".pl"]),
        ]
        guard let kind = kinds.first(where: { $0.1.contains(where: name.hasSuffix) }) else {
            throw Problem("Unknown kind of file", "Set content_type for \(name).", path: Path() + "content_type")
        }
        return kind.0
    }

    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value? {
        let storage = Storage(state, on: server)
        guard try await storage.file(state["id"].string ?? "", state["content_type"].string ?? "") != nil else {
            return nil
        }
        guard var file = state["source_file"].list.first, let source = try? Self.source(state) else { return state }
        var now = state
        file["changed"] = .bool(source.tag != state["file_tag"].string)
        now["source_file"] = .list([file])
        return now
    }

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
