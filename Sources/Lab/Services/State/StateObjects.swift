import Core
import Foundation
import GRDB

/// Buckets, objects and their versions.
///
/// Every write makes a version. Kept of a key are the newest 50 versions, older ones for 30 days, and never more than
/// 1,000; of a lock (`.tflock`) only the one that holds.
struct StateObjects: Sendable {
    let database: LabDatabase
    let seal: StateSeal
    let context: Core.Context

    var contents: StateContents { StateContents(database: database, seal: seal) }

    static let keptAlways = 50
    static let keptDays = 30.0
    static let keptAtMost = 1000

    /// The bucket of the `http` backend's states.
    static let httpBucket = "http"

    /// A condition of a write or a deletion, in the words of the header fields.
    struct Condition: Sendable {
        var ifMatch: String?
        var ifNoneMatch: String?

        /// Throws where the newest version does not fit.
        func check(_ latest: StateVersionRow?) throws {
            let row = latest.flatMap { $0.deletion ? nil : $0 }
            if let ifNoneMatch, let row, ifNoneMatch == "*" || StateObjects.tags(ifNoneMatch).contains(row.etag) {
                throw S3Fault.precondition("If-None-Match")
            }
            if let ifMatch {
                guard let row else { throw S3Fault.noKey }
                guard ifMatch == "*" || StateObjects.tags(ifMatch).contains(row.etag) else {
                    throw S3Fault.precondition("If-Match")
                }
            }
        }
    }

    /// Entity tags of a field, with quotes.
    static func tags(_ field: String) -> [String] {
        field.split(separator: ",").map { part in
            let tag = part.trimmingCharacters(in: .whitespaces).replacing("W/", with: "", maxReplacements: 1)
            return tag.hasPrefix("\"") ? tag : "\"\(tag)\""
        }
    }

    /// An object to be written: what the last transaction needs.
    struct Incoming: Sendable {
        var place: StateSeal.Place
        var pieces: [StateContents.Sealed]
        var size: Int64
        var etag: String
        var headers: String
        var checksum: String?
    }

    /// Takes away what an end in the middle of an upload left behind, and uploads that nobody ended for a week.
    func start() async throws {
        let now = context.time.now().timeIntervalSince1970
        try await database.write { database in
            try database.execute(sql: "DELETE FROM state_upload WHERE created < ?", arguments: [now - 7 * 86400])
            try database.execute(
                sql: """
                    DELETE FROM state_piece WHERE content NOT IN (SELECT version FROM state_version)
                        AND content NOT IN (SELECT content FROM state_part)
                    """)
        }
    }

    /// A new id of a version, a part or an upload.
    func newID() -> String { context.random.hex(bytes: 16) }

    static func requireBucket(_ name: String, _ database: Database) throws {
        let found = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM state_bucket WHERE name = ?)", arguments: [name])
        guard found == true else { throw S3Fault.noBucket(name) }
    }

    /// The newest version of a key, or one by its id; nil where there is none.
    func find(_ bucket: String, _ key: String, version: String? = nil) async throws -> StateVersionRow? {
        try await database.read { database in
            try StateObjects.requireBucket(bucket, database)
            if let version { return try StateVersionRow.find(database, bucket, key, version: version) }
            return try StateVersionRow.latest(database, bucket, key)
        }
    }

    /// Writes an object in one transaction; of several writers that ask for the same condition one has it.
    ///
    /// - Parameter guarding: looks again at what must hold, inside the transaction.
    func commit(
        _ incoming: Incoming, if condition: Condition,
        guarding: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws {
        let now = context.time.now().timeIntervalSince1970
        do {
            try await database.write { [seal] database in
                let place = incoming.place
                try StateObjects.requireBucket(place.bucket, database)
                try condition.check(try StateVersionRow.latest(database, place.bucket, place.key))
                try guarding(database)
                try StateContents.insert(incoming.pieces, place, database)
                try database.execute(
                    sql: """
                        INSERT INTO state_version
                            (bucket, key, version, deletion, size, etag, headers, checksum, sealedBy, created)
                        VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        place.bucket, place.key, place.content, incoming.size, incoming.etag, incoming.headers,
                        incoming.checksum, seal.id, now,
                    ])
                try StateObjects.prune(place.bucket, place.key, now, database)
            }
        } catch {
            // Small contents are written with their row or not at all.
            if incoming.size > StateSeal.piece { try await forget(incoming.place.content) }
            throw error
        }
    }

    /// Takes away the pieces of a content that did not become known.
    func forget(_ content: String) async throws {
        try await database.write { try StateContents.remove(content, $0) }
    }

    /// Writes bytes that are at hand.
    ///
    /// - Returns: the id of the version.
    func put(
        _ bucket: String, _ key: String, _ bytes: [UInt8], if condition: Condition = Condition(),
        guarding: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> String {
        let place = StateSeal.Place(bucket: bucket, key: key, content: newID())
        var writer = StateContents.Writer(contents, place)
        try await writer.write(bytes)
        let etag = "\"\(Checksums.of(Data(bytes)).md5)\""
        try await commit(
            Incoming(
                place: place, pieces: try writer.finish(), size: writer.size, etag: etag,
                headers: "{\"content-type\":\"application/json\"}"),
            if: condition, guarding: guarding)
        return place.content
    }

    /// The whole newest content of a key, for small ones; nil where there is none.
    func whole(_ bucket: String, _ key: String) async throws -> (row: StateVersionRow, bytes: [UInt8])? {
        try await database.read { [seal] database in
            guard let row = try StateVersionRow.latest(database, bucket, key), !row.deletion else { return nil }
            return (row, try StateContents.whole(row, seal, database))
        }
    }

    /// Deletes what readers see of a key: a version that says so is added, earlier ones stay.
    ///
    /// - Returns: the id of that version; nil where there was nothing to delete, and of locks, which have no past.
    func delete(
        _ bucket: String, _ key: String, if condition: Condition = Condition(),
        guarding: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> String? {
        let (now, version) = (context.time.now().timeIntervalSince1970, newID())
        return try await database.write { [seal] database in
            try StateObjects.requireBucket(bucket, database)
            let latest = try StateVersionRow.latest(database, bucket, key)
            try condition.check(latest)
            guard let latest, !latest.deletion else { return nil }
            try guarding(database)
            if StateObjects.isLock(key) {
                try StateObjects.remove([latest.version], database)
                return nil
            }
            try database.execute(
                sql: """
                    INSERT INTO state_version
                        (bucket, key, version, deletion, size, etag, headers, checksum, sealedBy, created)
                    VALUES (?, ?, ?, 1, 0, '', '{}', NULL, ?, ?)
                    """, arguments: [bucket, key, version, seal.id, now])
            try StateObjects.prune(bucket, key, now, database)
            return version
        }
    }

    /// Deletes one version for good.
    ///
    /// - Returns: the version that went; nil where there was none.
    func delete(_ bucket: String, _ key: String, version: String) async throws -> StateVersionRow? {
        try await database.write { database in
            try StateObjects.requireBucket(bucket, database)
            guard let row = try StateVersionRow.find(database, bucket, key, version: version) else { return nil }
            try StateObjects.remove([version], database)
            return row
        }
    }

    static func isLock(_ key: String) -> Bool { key.hasSuffix(".tflock") }

    private static func remove(_ versions: [String], _ database: Database) throws {
        for version in versions {
            try StateContents.remove(version, database)
            try database.execute(sql: "DELETE FROM state_version WHERE version = ?", arguments: [version])
        }
    }

    private static func prune(_ bucket: String, _ key: String, _ now: Double, _ database: Database) throws {
        let always = isLock(key) ? 1 : keptAlways
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT version, created FROM state_version WHERE bucket = ? AND key = ?
                ORDER BY id DESC LIMIT -1 OFFSET ?
                """, arguments: [bucket, key, always])
        let oldest = now - keptDays * 86400
        let gone = rows.enumerated().filter { number, row in
            isLock(key) || row["created"] < oldest || number >= keptAtMost - always
        }
        try remove(gone.map { $0.element["version"] }, database)
    }
}
