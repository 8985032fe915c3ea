import GRDB

/// The tables of the Octopus service; every later change is one more migration, a released one never changes.
enum OctopusSchema {
    /// The first version.
    @Sendable static func first(_ db: Database) throws {
        try documents(db)
        try tasks(db)
        try logs(db)
    }

    private static func documents(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE octopus_counter (kind TEXT PRIMARY KEY, value INTEGER NOT NULL);
                CREATE TABLE octopus_document (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    kind TEXT NOT NULL,
                    id TEXT NOT NULL COLLATE NOCASE UNIQUE,
                    space TEXT COLLATE NOCASE,
                    name TEXT NOT NULL COLLATE NOCASE,
                    owner TEXT COLLATE NOCASE,
                    body TEXT NOT NULL
                );
                CREATE INDEX octopus_document_name ON octopus_document (kind, space, name);
                CREATE INDEX octopus_document_owner ON octopus_document (kind, owner);
                CREATE TABLE octopus_secret (
                    owner TEXT NOT NULL COLLATE NOCASE,
                    field TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (owner, field)
                );
                CREATE TABLE octopus_package (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    space TEXT NOT NULL COLLATE NOCASE,
                    package TEXT NOT NULL COLLATE NOCASE,
                    version TEXT NOT NULL COLLATE NOCASE,
                    extension TEXT NOT NULL,
                    size INTEGER NOT NULL,
                    sha256 TEXT NOT NULL,
                    sha1 TEXT NOT NULL,
                    published TEXT NOT NULL,
                    UNIQUE (space, package, version)
                );
                """)
    }

    private static func tasks(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE octopus_task (
                    number INTEGER PRIMARY KEY,
                    space TEXT NOT NULL,
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    arguments TEXT NOT NULL,
                    tag TEXT,
                    project TEXT,
                    environment TEXT,
                    queued TEXT NOT NULL,
                    due TEXT,
                    expires TEXT,
                    updated TEXT NOT NULL,
                    phase TEXT NOT NULL,
                    started TEXT,
                    ended TEXT,
                    message TEXT NOT NULL DEFAULT ''
                );
                CREATE INDEX octopus_task_phase ON octopus_task (phase);
                CREATE INDEX octopus_task_project ON octopus_task (project, environment);
                """)
    }

    private static func logs(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE octopus_log_node (
                    task INTEGER NOT NULL,
                    node INTEGER NOT NULL,
                    parent INTEGER,
                    name TEXT NOT NULL,
                    status TEXT NOT NULL,
                    started TEXT,
                    ended TEXT,
                    percentage INTEGER NOT NULL DEFAULT 0,
                    progress TEXT,
                    PRIMARY KEY (task, node)
                ) WITHOUT ROWID;
                CREATE TABLE octopus_log_line (
                    task INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    node INTEGER NOT NULL,
                    occurred TEXT NOT NULL,
                    category TEXT NOT NULL,
                    text TEXT NOT NULL,
                    detail TEXT,
                    PRIMARY KEY (task, number)
                ) WITHOUT ROWID;
                """)
    }
}
