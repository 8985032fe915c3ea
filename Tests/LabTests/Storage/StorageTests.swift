import Core
import Foundation
import GRDB
import Testing

@testable import Lab

/// The ground of the lab: database, keys, blobs.
@Suite struct StorageTests {
    private static let table = LabMigration("test 1") { try $0.execute(sql: "CREATE TABLE t (x INTEGER)") }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = TestFolder.make()
        defer { TestFolder.remove(folder) }
        try await body(folder)
    }

    @Test func commitsAreForcedToDiskAndFilesArePrivate() async throws {
        try await withFolder { folder in
            let path = folder + "/lab.sqlite"
            let database = try LabDatabase(path: path, migrations: [StorageTests.table])
            try await database.write { try $0.execute(sql: "INSERT INTO t VALUES (1)") }
            let level = try await database.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            let mode = try await database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(level == 2)
            #expect(mode == "wal")
            for name in ["lab.sqlite", "lab.sqlite-wal", "lab.sqlite-shm"] {
                #expect(try DiskFileSystem().mode(folder + "/" + name) == 0o600)
            }
            try database.close()
        }
    }

    @Test func dataOfANewerNanteIsRefused() async throws {
        try await withFolder { folder in
            let path = folder + "/lab.sqlite"
            let later = LabMigration("test 2") { try $0.execute(sql: "CREATE TABLE u (x INTEGER)") }
            try LabDatabase(path: path, migrations: [StorageTests.table, later]).close()
            let failure = #expect(throws: Failure.self) {
                try LabDatabase(path: path, migrations: [StorageTests.table])
            }
            #expect(failure?.exit == .missing)
            #expect(failure?.what == "the lab's data was written by a newer nante")
        }
    }

    @Test func aDamagedFileIsSaidToBeDamaged() async throws {
        try await withFolder { folder in
            let path = folder + "/lab.sqlite"
            try DiskFileSystem().write(String(repeating: "no database ", count: 1000), to: path)
            let failure = #expect(throws: Failure.self) { try LabDatabase(path: path, migrations: []) }
            #expect(failure?.next.contains("nante lab reset") == true)
        }
    }

    @Test func keysAreMadeOnceKeptPrivatelyAndMasked() async throws {
        try await withFolder { folder in
            let terminal = MemoryTerminal()
            var context = Context.live()
            context.terminal = terminal
            let home = LabHome(path: folder)
            let first = try LabKeys.load(home: home, context: context)
            let second = try LabKeys.load(home: home, context: context)
            #expect(first == second)
            #expect(first.octopusKey.hasPrefix("API-"))
            #expect(try DiskFileSystem().mode(home.keys) == 0o600)
            #expect(context.mask.apply("x \(first.nexusPassword) y") == "x *** y")
            try DiskFileSystem().write("{", to: home.keys)
            #expect(throws: Failure.self) { try LabKeys.load(home: home, context: context) }
        }
    }

    @Test func aBlobIsWholeOrNotThere() async throws {
        try await withFolder { folder in
            let blobs = BlobFolder(path: folder + "/blobs")
            try blobs.sweep()
            let data = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) })
            var receiver = try blobs.receive(limit: 4_000_000)
            try await receiver.write(data[..<1000])
            try await receiver.write(data[1000...])
            let blob = try await receiver.finish()
            #expect(blob.checksums == Checksums.of(Data(data)))
            try blobs.keep(blob)
            let kept = blobs.path(sha256: blob.checksums.sha256)
            #expect(try DiskFileSystem().read(kept) == Data(data))
            do {
                var dropped = try blobs.receive(limit: 10)
                try await dropped.write([1, 2, 3])
                var error: BlobError?
                do { try await dropped.write([UInt8](repeating: 0, count: 9)) } catch let caught as BlobError {
                    error = caught
                }
                #expect(error == .tooLarge(limit: 10))
            }
            #expect(try DiskFileSystem().list(folder + "/blobs/incoming").isEmpty)
        }
    }

    @Test(arguments: [
        ("nante0", "10.87.0.0/24", true), ("a", "192.168.1.0/24", true), ("", "10.87.0.0/24", false),
        ("sixteencharacter", "10.87.0.0/24", false), ("a b", "10.87.0.0/24", false), ("$(id)", "10.87.0.0/24", false),
        ("-a", "10.87.0.0/24", false), ("nante0", "10.87.0.0/16", false), ("nante0", "10.87.0.1/24", false),
        ("nante0", "10.87.0/24", false), ("nante0", "10.87.256.0/24", false), ("nante0", "10.87.0.0", false),
    ])
    func onlyUsableNetworksAreTaken(_ bridge: String, _ subnet: String, _ valid: Bool) {
        #expect(((try? LabNetwork(bridge: bridge, subnet: subnet)) != nil) == valid)
    }
}
