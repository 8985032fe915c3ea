/// The tables of the Proxmox service.
enum ProxmoxSchema {
    static let migrations = [
        LabMigration("proxmox 1 guests, tasks and rights") { database in
            try database.execute(
                sql: """
                    CREATE TABLE proxmox_guest (
                        vmid INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL,
                        host TEXT NOT NULL,
                        made INTEGER NOT NULL,
                        lock TEXT,
                        pool TEXT,
                        config TEXT NOT NULL,
                        secrets TEXT NOT NULL,
                        started REAL
                    );
                    CREATE TABLE proxmox_task (
                        upid TEXT PRIMARY KEY,
                        type TEXT NOT NULL,
                        id TEXT NOT NULL,
                        user TEXT NOT NULL,
                        start INTEGER NOT NULL,
                        ended INTEGER,
                        status TEXT
                    );
                    CREATE INDEX proxmox_task_start ON proxmox_task(start);
                    CREATE TABLE proxmox_task_line (
                        upid TEXT NOT NULL REFERENCES proxmox_task(upid) ON DELETE CASCADE,
                        number INTEGER NOT NULL,
                        text TEXT NOT NULL,
                        PRIMARY KEY (upid, number)
                    );
                    CREATE TABLE proxmox_pool (
                        name TEXT PRIMARY KEY,
                        comment TEXT NOT NULL,
                        storages TEXT NOT NULL
                    );
                    CREATE TABLE proxmox_user (
                        name TEXT PRIMARY KEY,
                        enabled INTEGER NOT NULL,
                        comment TEXT NOT NULL
                    );
                    CREATE TABLE proxmox_token (
                        user TEXT NOT NULL REFERENCES proxmox_user(name) ON DELETE CASCADE,
                        name TEXT NOT NULL,
                        digest TEXT NOT NULL,
                        separated INTEGER NOT NULL,
                        expire INTEGER NOT NULL,
                        comment TEXT NOT NULL,
                        PRIMARY KEY (user, name)
                    );
                    CREATE TABLE proxmox_role (
                        name TEXT PRIMARY KEY,
                        rights TEXT NOT NULL
                    );
                    CREATE TABLE proxmox_grant (
                        path TEXT NOT NULL,
                        type TEXT NOT NULL,
                        holder TEXT NOT NULL,
                        role TEXT NOT NULL,
                        propagates INTEGER NOT NULL,
                        PRIMARY KEY (path, type, holder, role)
                    );
                    INSERT INTO proxmox_user VALUES ('root@pam', 1, ''), ('nante@pve', 1, 'the lab''s own user');
                    INSERT INTO proxmox_grant VALUES ('/', 'user', 'nante@pve', 'Administrator', 1);
                    """)
        }
    ]
}
