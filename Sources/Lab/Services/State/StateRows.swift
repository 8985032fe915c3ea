import Core
import Foundation
import GRDB

/// A bucket.
struct StateBucketRow: Sendable, FetchableRecord, Decodable {
    var name: String
    var created: Double
}

/// A version of an object.
struct StateVersionRow: Sendable, FetchableRecord, Decodable {
    var id: Int64
    var bucket: String
    var key: String
    var version: String
    var deletion: Bool
    var size: Int64
    /// With its quotes.
    var etag: String
    /// The fields that are given back as they were sent, a JSON object.
    var headers: String
    /// Name and value of the checksum that was sent, such as "crc32=AAAAAA==".
    var checksum: String?
    /// The id of the key that its pieces are sealed with.
    var sealedBy: String
    var created: Double

    var modified: String { Date(timeIntervalSince1970: created).iso8601 }

    /// What its pieces are bound to.
    var place: StateSeal.Place { StateSeal.Place(bucket: bucket, key: key, content: version) }

    /// The newest version of a key; a deletion too.
    static func latest(_ database: Database, _ bucket: String, _ key: String) throws -> StateVersionRow? {
        try fetchOne(
            database, sql: "SELECT * FROM state_version WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1",
            arguments: [bucket, key])
    }

    /// A version by its id.
    static func find(
        _ database: Database, _ bucket: String, _ key: String, version: String
    ) throws -> StateVersionRow? {
        try fetchOne(
            database, sql: "SELECT * FROM state_version WHERE bucket = ? AND key = ? AND version = ?",
            arguments: [bucket, key, version])
    }
}

/// An upload in parts that is not complete yet.
struct StateUploadRow: Sendable, FetchableRecord, Decodable {
    var id: String
    var bucket: String
    var key: String
    var headers: String
    var created: Double
}

/// A part of such an upload.
struct StatePartRow: Sendable, FetchableRecord, Decodable {
    var upload: String
    var number: Int
    var content: String
    var size: Int64
    var etag: String
    var created: Double
}
