import Core
import Crypto
import Foundation
import Hummingbird
import NIOCore
import OrderedCollections

extension ProxmoxRoutes {
    private static func needNetwork(_ user: ProxmoxUser) throws {
        if user.has("/", ["Sys.Audit", "Sys.Modify"]) { return }
        try user.need("/nodes/\(ProxmoxServer.node)", "Sys.AccessNetwork")
    }

    /// Files that the node fetches itself.
    func addDownloads() {
        let server = server
        let query = ProxmoxParameters(["url": .format(.url).required, "verify-certificates": .boolean])
        on(.get, "/nodes/{node}/query-url-metadata", query) { call in
            try ProxmoxRoutes.needNetwork(call.user)
            let url = call["url"] ?? ""
            let answer: HTTPAnswer
            do { answer = try await server.context.http.send(HTTPCall("HEAD", url, timeout: .seconds(20))) } catch {
                throw ProxmoxFault.refused("Can't connect to \(url): \(error)")
            }
            guard answer.isSuccess else {
                throw ProxmoxFault.refused("invalid server response: '\(answer.status)'")
            }
            let name = url.split(separator: "?").first?.split(separator: "/").last.map(String.init) ?? ""
            return .members([
                "filename": .string(name),
                "size": answer.header("content-length").flatMap { Int64($0) }.map { .int($0) },
                "mimetype": answer.header("content-type").map { .string($0) },
            ])
        }
        let fields = ProxmoxParameters([
            "content": .choice("iso", "vztmpl", "import").required, "filename": .text(255).required,
            "url": .format(.url).required, "checksum": .text, "compression": .text, "verify-certificates": .boolean,
            "checksum-algorithm": .choice("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
        ])
        on(.post, "/nodes/{node}/storage/{storage}/download-url", fields) { call in
            let storage = try server.storages.find(call.path("storage"), holding: call["content"] ?? "")
            try call.user.need("/storage/\(storage.name)", "Datastore.AllocateTemplate")
            try ProxmoxRoutes.needNetwork(call.user)
            let (content, name, url) = (call["content"] ?? "", call["filename"] ?? "", call["url"] ?? "")
            let path = try server.storages.path(content, name)
            let check = (call["checksum-algorithm"], call["checksum"])
            let upid = try await server.tasks.start("download", id: name, user: call.user.full) { log in
                log.add("downloading \(url) to \(path)")
                let fresh = path.parentPath.appending(path: ".\(server.context.random.hex(bytes: 6))")
                defer { try? server.context.files.remove(fresh) }
                let answer = try await server.context.http.download(
                    HTTPCall("GET", url, timeout: .seconds(3600)), to: fresh)
                guard answer.isSuccess else {
                    throw ProxmoxFault.refused("download failed: the server answered \(answer.status)")
                }
                try ProxmoxRoutes.compare(fresh, check.0, check.1)
                try server.context.files.move(fresh, to: path)
            }
            return .string(upid)
        }
    }

    /// Compares a file with its checksum.
    static func compare(_ path: String, _ algorithm: String?, _ wanted: String?) throws {
        guard let wanted, let algorithm else { return }
        let found: String
        switch algorithm {
        case "md5": found = try digest(path, Insecure.MD5.self)
        case "sha1": found = try digest(path, Insecure.SHA1.self)
        case "sha256": found = try digest(path, SHA256.self)
        case "sha384": found = try digest(path, SHA384.self)
        case "sha512": found = try digest(path, SHA512.self)
        default: throw ProxmoxFault.refused("the lab does not know the checksum algorithm \(algorithm)")
        }
        guard found == wanted.lowercased() else {
            throw ProxmoxFault.refused("checksum mismatch: got '\(found)' != expect '\(wanted)'")
        }
    }

    private static func digest<Hash: HashFunction>(_ path: String, _ hash: Hash.Type) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw ProxmoxFault.refused("can't read \(path)") }
        defer { try? file.close() }
        var hash = Hash()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return hash.finalize().hex
    }

    /// Files that the caller sends, in one form with the file as its last part.
    func addUpload() {
        let server = server
        on(.post, "/nodes/{node}/storage/{storage}/upload", ProxmoxParameters(isOpen: true)) { call in
            let storage = try server.storages.find(call.path("storage"))
            try call.user.need("/storage/\(storage.name)", "Datastore.AllocateTemplate")
            guard var reader = MultipartReader(contentType: call.request.headers[.contentType] ?? "") else {
                throw ProxmoxFault.parameter("filename", "property is missing and it is not optional")
            }
            var (fields, part): (OrderedDictionary<String, String>, MultipartReader.Part?) = ([:], nil)
            let fresh = server.storages.folder.appending(path: ".upload-\(server.context.random.hex(bytes: 6))")
            try server.context.files.makeDirectory(fresh.parentPath)
            defer { try? server.context.files.remove(fresh) }
            guard FileManager.default.createFile(atPath: fresh, contents: nil),
                let file = FileHandle(forWritingAtPath: fresh)
            else { throw ProxmoxFault.refused("can't write \(fresh)") }
            defer { try? file.close() }
            for try await buffer in call.request.body {
                for event in try reader.feed(Data(buffer.readableBytesView)) {
                    switch event {
                    case .part(let next): part = next
                    case .bytes(let bytes):
                        guard let name = part?.name else { continue }
                        if part?.filename != nil {
                            try file.write(contentsOf: bytes)
                        } else if (fields[name]?.utf8.count ?? 0) < 65_536 {
                            fields[name, default: ""] += String(decoding: bytes, as: UTF8.self)
                        }
                    case .end: if let name = part?.filename { fields["filename"] = name }
                    }
                }
            }
            guard reader.isComplete, let name = fields["filename"] else {
                throw ProxmoxFault.parameter("filename", "property is missing and it is not optional")
            }
            let content = fields["content"] ?? ""
            if let fault = ParameterRule.choice("iso", "vztmpl", "import").fault(content) {
                throw ProxmoxFault.parameter("content", fault)
            }
            let path = try server.storages.path(content, name.lastPathComponent)
            try file.synchronize()
            try ProxmoxRoutes.compare(fresh, fields["checksum-algorithm"], fields["checksum"])
            try server.context.files.makeDirectory(path.parentPath)
            try server.context.files.move(fresh, to: path)
            return .string(
                try await server.tasks.start("imgcopy", id: "", user: call.user.full) { log in
                    log.add("finished file import successfully: \(path.lastPathComponent)")
                })
        }
    }
}
