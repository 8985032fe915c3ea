import Core
import Foundation
import GRDB

/// A repository as it is stored.
struct NexusRepositoryRow: Codable, Sendable, Hashable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "nexus_repository"
    var id: Int64?
    var name: String
    var online: Bool
    var blobStore: String
    var strict: Bool
    /// "allow", "allow_once" or "deny".
    var writePolicy: String
    /// "INLINE" or "ATTACHMENT".
    var contentDisposition: String
    var proprietary: Bool
    /// Names of policies as a JSON array.
    var cleanup: String

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

/// A file of a repository with its digests.
struct NexusAssetRow: Codable, Sendable, Hashable, FetchableRecord {
    var id: Int64
    /// The repository's name.
    var repository: String
    /// With a leading slash.
    var path: String
    var contentType: String
    var created: Double
    var updated: Double
    var downloaded: Double?
    var uploader: String
    var uploaderAddress: String
    var sha256: String
    var size: Int64
    var md5: String
    var sha1: String
    var sha512: String

    /// All columns, joined; conditions on `a` (asset), `b` (blob) and `r` (repository) follow.
    static let select = """
        SELECT a.id, r.name AS repository, a.path, a.contentType, a.created, a.updated, a.downloaded, a.uploader,
            a.uploaderAddress, b.sha256, b.size, b.md5, b.sha1, b.sha512
        FROM nexus_asset a JOIN nexus_repository r ON r.id = a.repository JOIN nexus_blob b ON b.sha256 = a.blob
        """

    /// The folder, as the component's group.
    var folder: String { path.parentPath }
    /// The entity tag of the content.
    var etag: String { "\"{SHA1{\(sha1)}}\"" }
}

/// Opaque ids: base64url without padding of "<repository>:<number>", as on the real server.
enum NexusID {
    static func encode(_ repository: String, _ number: Int64) -> String {
        Data("\(repository):\(number)".utf8).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    /// What an id names; nil when it can't be decoded, `.some(nil)` when its text is of another form.
    static func decode(_ text: String) -> (repository: String, number: Int64)?? {
        var padded = text.replacing("-", with: "+").replacing("_", with: "/")
        while padded.count % 4 != 0 { padded += "=" }
        guard let data = Data(base64Encoded: padded), let plain = String(data: data, encoding: .utf8) else {
            return nil
        }
        let parts = plain.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return .some(nil) }
        guard let number = Int64(parts[1]) else { return .some(nil) }
        return (String(parts[0]), number)
    }
}
