import GRDB

/// The tables of the Nexus service.
enum NexusSchema {
    static let migrations = [
        LabMigration("nexus 1 repositories, blobs and assets") { database in
            try database.execute(
                sql: """
                    CREATE TABLE nexus_repository (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
                        online INTEGER NOT NULL,
                        blobStore TEXT NOT NULL,
                        strict INTEGER NOT NULL,
                        writePolicy TEXT NOT NULL,
                        contentDisposition TEXT NOT NULL,
                        proprietary INTEGER NOT NULL,
                        cleanup TEXT NOT NULL
                    );
                    CREATE TABLE nexus_blob (
                        sha256 TEXT PRIMARY KEY,
                        size INTEGER NOT NULL,
                        md5 TEXT NOT NULL,
                        sha1 TEXT NOT NULL,
                        sha512 TEXT NOT NULL
                    );
                    CREATE TABLE nexus_asset (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        repository INTEGER NOT NULL REFERENCES nexus_repository(id) ON DELETE CASCADE,
                        path TEXT NOT NULL,
                        blob TEXT NOT NULL REFERENCES nexus_blob(sha256),
                        contentType TEXT NOT NULL,
                        created REAL NOT NULL,
                        updated REAL NOT NULL,
                        downloaded REAL,
                        uploader TEXT NOT NULL,
                        uploaderAddress TEXT NOT NULL,
                        UNIQUE (repository, path)
                    );
                    CREATE INDEX nexus_asset_blob ON nexus_asset(blob);
                    """)
        }
    ]
}
