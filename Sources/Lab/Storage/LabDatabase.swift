import Core
import Foundation
import GRDB

/// The lab's one database: SQLite in WAL mode, every commit forced to disk before it is acknowledged.
///
/// Reads run beside the one writer. In handlers use only these asynchronous forms: the blocking ones hold one of the
/// few threads that everything else runs on.
public final class LabDatabase: Sendable {
    private let pool: DatabasePool

    /// Opens the file, made with mode 0600 where it is missing, and applies what is new of the migrations.
    ///
    /// - Throws: a failure with exit `missing` when the file can't be used or was written by a newer nante.
    public init(path: String, migrations: [LabMigration]) throws {
        try LabDatabase.makeFile(path)
        var configuration = Configuration()
        configuration.label = "lab"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // GRDB sets NORMAL itself when it turns WAL on, so this comes after opening and is looked at again.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
                guard level == 2 else { throw Failure(.missing, "SQLite does not force commits to disk") }
                let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
                guard check == "ok" else { throw Failure(.missing, "the database is damaged", why: check) }
            }
            try LabDatabase.migrate(pool, migrations)
        } catch let error as DatabaseError {
            throw Failure(
                .missing, "can't open the lab's database", where: path, why: error.message ?? "\(error)",
                next: ["nante lab reset"])
        } catch let failure as Failure {
            var copy = failure.adding("where", path)
            if copy.next.isEmpty { copy.next = ["nante lab reset"] }
            throw copy
        }
    }

    /// Reads a consistent state.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await pool.read(body)
    }

    /// Writes in one transaction, which is on disk when this returns and undone when the body throws.
    public func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await pool.write(body)
    }

    /// Ends all connections; for the end of the lab and of tests.
    public func close() throws { try pool.close() }

    /// The file exists with mode 0600 before SQLite opens it, since its journals copy the mode of the file.
    private static func makeFile(_ path: String) throws {
        try DiskFileSystem().makeDirectory(path.parentPath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.missing, "can't open \(path)", why: String(cString: strerror(errno)))
        }
        fchmod(descriptor, 0o600)
        Foundation.close(descriptor)
    }

    private static func migrate(_ pool: DatabasePool, _ migrations: [LabMigration]) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations { migrator.registerMigration(migration.name, migrate: migration.apply) }
        let ready = migrator
        if try pool.read({ try ready.hasBeenSuperseded($0) }) {
            throw Failure(
                .missing, "the lab's data was written by a newer nante", next: ["use that nante", "nante lab reset"])
        }
        try ready.migrate(pool)
    }
}
