import Core
import Foundation
import Hummingbird

/// The place of a file that a content address names: `/repository/<name>/<path>`.
struct NexusContentPath: Sendable, Hashable {
    var repository: String
    /// With a leading slash; "/" names no file.
    var path: String

    /// Reads the raw path of a request.
    ///
    /// - Throws: 400 for encodings that are wrong or could mean another place than they seem to.
    init(rawPath: String) throws {
        let parts = rawPath.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        guard let first = parts.first else { throw HTTPError(.notFound) }
        repository = try NexusContentPath.decode(first)
        let segments = try parts.dropFirst().map { try NexusContentPath.decode($0) }
        let folder = rawPath.hasSuffix("/") && !segments.isEmpty
        path = "/" + segments.joined(separator: "/") + (folder ? "/" : "")
        try NexusContentPath.check(path)
    }

    /// The path names a file, not a folder.
    var isFile: Bool { !path.hasSuffix("/") }

    private static func decode(_ segment: Substring) throws -> String {
        guard let plain = segment.removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "the path is not encoded as UTF-8")
        }
        guard !plain.contains("/"), plain != ".", plain != ".." else {
            throw HTTPError(.badRequest, message: "Ambiguous path: \(segment)")
        }
        return plain
    }

    /// Checks a decoded path, from an address or from a form.
    static func check(_ path: String) throws {
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        guard !segments.contains("."), !segments.contains("..") else {
            throw HTTPError(.badRequest, message: "Ambiguous path")
        }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw HTTPError(.badRequest, message: "the path holds a control character")
        }
        guard path.utf8.count <= 2048 else { throw HTTPError(.badRequest, message: "the path is too long") }
    }
}

/// Media types by the ending of a name, for uploads that tell none.
enum NexusMediaType {
    private static let types: [String: String] = [
        "txt": "text/plain", "html": "text/html", "json": "application/json", "xml": "application/xml",
        "yml": "text/yaml", "yaml": "text/yaml", "gz": "application/gzip", "tgz": "application/gzip",
        "zip": "application/zip", "tar": "application/x-tar", "md": "text/markdown", "sh": "application/x-sh",
        "jar": "application/java-archive", "png": "image/png", "svg": "image/svg+xml", "css": "text/css",
        "js": "application/javascript", "pdf": "application/pdf", "deb": "application/vnd.debian.binary-package",
    ]

    /// The type that the sender told, else the one of the name's ending.
    static func of(_ path: String, told: String?) -> String {
        if let told, !told.isEmpty, told.utf8.count <= 200, told.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            return told
        }
        let name = path.lastPathComponent
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return types[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }
}
