import Core
import Foundation
import GRDB

/// Repositories and files of the Nexus service: rows in the database, content in the blob folder.
struct NexusStore: Sendable {
    let database: LabDatabase
    let blobs: BlobFolder
    let context: Core.Context

    /// Something that the service refuses; becomes an answer in Nexus' form.
    enum Refusal: Error, Sendable, Hashable {
        case noRepository
        case noAsset
        /// 400 with a plain message.
        case policy(String)
        /// 400 with a list of fields.
        case invalid([Field])
        /// 503.
        case offline(String)
    }

    /// A field that is wrong.
    struct Field: Sendable, Hashable {
        var id: String
        var message: String
    }

    /// A file to be stored.
    struct Incoming: Sendable {
        var path: String
        var contentType: String
        var blob: ReceivedBlob
    }

    /// Sweeps what an interrupted upload, or an end before the sweep of unused blobs, left behind.
    func start() async throws {
        try blobs.sweep()
        try await removeUnused()
        // A kill between the renaming of a file and the commit of its row leaves a file that nobody knows of.
        let known = try await database.read { try Set(String.fetchAll($0, sql: "SELECT sha256 FROM nexus_blob")) }
        for sha256 in try blobs.all() where !known.contains(sha256) { blobs.remove(sha256: sha256) }
    }

    // MARK: Repositories

    func repositories() async throws -> [NexusRepositoryRow] {
        try await database.read {
            try NexusRepositoryRow.fetchAll($0, sql: "SELECT * FROM nexus_repository ORDER BY name")
        }
    }

    func repository(_ name: String) async throws -> NexusRepositoryRow? {
        try await database.read { try NexusStore.find(name, $0) }
    }

    static func find(_ name: String, _ database: Database) throws -> NexusRepositoryRow? {
        try NexusRepositoryRow.fetchOne(
            database, sql: "SELECT * FROM nexus_repository WHERE name = ? COLLATE BINARY", arguments: [name])
    }

    func create(_ row: NexusRepositoryRow) async throws {
        try await database.write { database in
            let taken = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM nexus_repository WHERE name = ?)", arguments: [row.name])
            if taken == true {
                throw Refusal.invalid([
                    Field(id: "FIELD name", message: "Name is already used, must be unique (ignoring case)")
                ])
            }
            var row = row
            try row.insert(database)
        }
    }

    func update(_ name: String, _ row: NexusRepositoryRow) async throws {
        try await database.write { database in
            guard let old = try NexusStore.find(name, database) else { throw Refusal.noRepository }
            guard old.blobStore == row.blobStore else {
                throw Refusal.invalid([
                    Field(id: "FIELD storage.blobStoreName", message: "Blob store can't be changed")
                ])
            }
            var row = row
            row.id = old.id
            row.name = old.name
            try row.update(database)
        }
    }

    func deleteRepository(_ name: String) async throws {
        try await database.write { database in
            guard let row = try NexusStore.find(name, database) else { throw Refusal.noRepository }
            try row.delete(database)
        }
        try await removeUnused()
    }

    // MARK: Files

    func asset(_ repository: String, path: String) async throws -> NexusAssetRow? {
        try await database.read { database in
            try NexusAssetRow.fetchOne(
                database, sql: NexusAssetRow.select + " WHERE r.name = ? COLLATE BINARY AND a.path = ?",
                arguments: [repository, path])
        }
    }

    func asset(_ repository: String, number: Int64) async throws -> NexusAssetRow? {
        try await database.read { database in
            try NexusAssetRow.fetchOne(
                database, sql: NexusAssetRow.select + " WHERE r.name = ? COLLATE BINARY AND a.id = ?",
                arguments: [repository, number])
        }
    }

    /// Files of a repository behind one, in the order in which they were first written.
    func assets(_ repository: String, after: Int64, limit: Int) async throws -> [NexusAssetRow] {
        try await database.read { database in
            guard try NexusStore.find(repository, database) != nil else { throw Refusal.noRepository }
            return try NexusAssetRow.fetchAll(
                database,
                sql: NexusAssetRow.select + " WHERE r.name = ? COLLATE BINARY AND a.id > ? ORDER BY a.id LIMIT ?",
                arguments: [repository, after, limit])
        }
    }

    /// The repository takes a file at the path now: online, and its write policy allows it.
    static func mayWrite(_ row: NexusRepositoryRow, exists: Bool) throws {
        guard row.online else { throw Refusal.offline("Repository offline") }
        if row.writePolicy == "deny" { throw Refusal.policy("Repository is read only: \(row.name)") }
        if exists, row.writePolicy == "allow_once" {
            throw Refusal.policy("Repository does not allow updating assets: \(row.name)")
        }
    }

    /// Stores received files, all or none.
    func store(_ files: [Incoming], in name: String, user: String, address: String) async throws {
        let now = context.time.now().timeIntervalSince1970
        try await database.write { [blobs] database in
            guard let row = try NexusStore.find(name, database), let id = row.id else { throw Refusal.noRepository }
            for file in files {
                let exists = try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM nexus_asset WHERE repository = ? AND path = ?)",
                    arguments: [id, file.path])
                try NexusStore.mayWrite(row, exists: exists == true)
                try blobs.keep(file.blob)
                let sums = file.blob.checksums
                try database.execute(
                    sql: "INSERT OR IGNORE INTO nexus_blob (sha256, size, md5, sha1, sha512) VALUES (?, ?, ?, ?, ?)",
                    arguments: [sums.sha256, sums.size, sums.md5, sums.sha1, sums.sha512])
                try database.execute(
                    sql: """
                        INSERT INTO nexus_asset
                            (repository, path, blob, contentType, created, updated, uploader, uploaderAddress)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (repository, path) DO UPDATE SET blob = excluded.blob,
                            contentType = excluded.contentType, updated = excluded.updated,
                            uploader = excluded.uploader, uploaderAddress = excluded.uploaderAddress
                        """,
                    arguments: [id, file.path, sums.sha256, file.contentType, now, now, user, address])
            }
        }
        try await removeUnused()
    }

    /// Deletes a file.
    func delete(_ repository: String, path: String) async throws {
        try await database.write { database in
            guard let row = try NexusStore.find(repository, database), let id = row.id else {
                throw Refusal.noRepository
            }
            guard row.online else { throw Refusal.offline("Repository offline") }
            if row.writePolicy == "deny" {
                throw Refusal.policy("Repository does not allow deleting assets: \(row.name)")
            }
            try database.execute(
                sql: "DELETE FROM nexus_asset WHERE repository = ? AND path = ?", arguments: [id, path])
            if database.changesCount == 0 { throw Refusal.noAsset }
        }
        try await removeUnused()
    }

    /// Remembers a download, at most every twelve hours a file.
    func downloaded(_ asset: NexusAssetRow) async throws {
        let now = context.time.now().timeIntervalSince1970
        guard now - (asset.downloaded ?? 0) > 12 * 3600 else { return }
        try await database.write { database in
            try database.execute(
                sql: "UPDATE nexus_asset SET downloaded = ? WHERE id = ?", arguments: [now, asset.id])
        }
    }

    /// Removes blobs that no file has any more: the file on disk first, so that a row never outlives its content
    /// unnoticed; an upload of the same content puts both there again.
    private func removeUnused() async throws {
        let unused = "SELECT sha256 FROM nexus_blob WHERE sha256 NOT IN (SELECT blob FROM nexus_asset)"
        guard try await database.read({ try String.fetchOne($0, sql: unused + " LIMIT 1") }) != nil else { return }
        try await database.write { [blobs] database in
            for sha256 in try String.fetchAll(database, sql: unused) {
                blobs.remove(sha256: sha256)
                try database.execute(sql: "DELETE FROM nexus_blob WHERE sha256 = ?", arguments: [sha256])
            }
        }
    }

    func counts() async throws -> (repositories: Int, assets: Int, bytes: Int) {
        try await database.read { database in
            (
                try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM nexus_repository") ?? 0,
                try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM nexus_asset") ?? 0,
                try Int.fetchOne(database, sql: "SELECT COALESCE(SUM(size), 0) FROM nexus_blob") ?? 0
            )
        }
    }
}
