import GRDB

/// The tables of the state service.
enum StateSchema {
    static let migrations = [
        LabMigration("state 1 buckets, versions and uploads") { database in
            try database.execute(
                sql: """
                    CREATE TABLE state_bucket (
                        name TEXT PRIMARY KEY,
                        created REAL NOT NULL
                    );
                    CREATE TABLE state_version (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        bucket TEXT NOT NULL REFERENCES state_bucket(name),
                        key TEXT NOT NULL,
                        version TEXT NOT NULL UNIQUE,
                        deletion INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        etag TEXT NOT NULL,
                        headers TEXT NOT NULL,
                        checksum TEXT,
                        sealedBy TEXT NOT NULL,
                        created REAL NOT NULL
                    );
                    CREATE INDEX state_version_key ON state_version(bucket, key, id);
                    CREATE TABLE state_piece (
                        id INTEGER PRIMARY KEY,
                        content TEXT NOT NULL,
                        number INTEGER NOT NULL,
                        sealed BLOB NOT NULL,
                        UNIQUE (content, number)
                    );
                    CREATE TABLE state_upload (
                        id TEXT PRIMARY KEY,
                        bucket TEXT NOT NULL REFERENCES state_bucket(name),
                        key TEXT NOT NULL,
                        headers TEXT NOT NULL,
                        created REAL NOT NULL
                    );
                    CREATE TABLE state_part (
                        upload TEXT NOT NULL REFERENCES state_upload(id) ON DELETE CASCADE,
                        number INTEGER NOT NULL,
                        content TEXT NOT NULL,
                        size INTEGER NOT NULL,
                        etag TEXT NOT NULL,
                        created REAL NOT NULL,
                        PRIMARY KEY (upload, number)
                    );
                    INSERT INTO state_bucket (name, created)
                        VALUES ('terraform-state', unixepoch()), ('http', unixepoch());
                    """)
        }
    ]
}
