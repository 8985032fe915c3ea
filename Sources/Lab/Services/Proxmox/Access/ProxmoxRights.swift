/// The rights and the built-in roles of Proxmox VE 9.
enum ProxmoxRights {
    static let guest = [
        "VM.Allocate", "VM.Audit", "VM.Backup", "VM.Clone", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Cloudinit",
        "VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options",
        "VM.Console", "VM.GuestAgent.Audit", "VM.GuestAgent.FileRead", "VM.GuestAgent.FileSystemMgmt",
        "VM.GuestAgent.FileWrite", "VM.GuestAgent.Unrestricted", "VM.Migrate", "VM.PowerMgmt", "VM.Replicate",
        "VM.Snapshot", "VM.Snapshot.Rollback",
    ]
    static let storage = [
        "Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit",
    ]
    static let network = ["SDN.Allocate", "SDN.Audit", "SDN.Use"]
    static let pool = ["Pool.Allocate", "Pool.Audit"]
    static let system = [
        "Sys.AccessNetwork", "Sys.Audit", "Sys.Console", "Sys.Incoming", "Sys.Modify", "Sys.PowerMgmt", "Sys.Syslog",
    ]
    static let mapping = ["Mapping.Audit", "Mapping.Modify", "Mapping.Use"]
    static let people = ["Group.Allocate", "Permissions.Modify", "Realm.Allocate", "Realm.AllocateUser", "User.Modify"]

    /// Every right.
    static let all = (guest + storage + network + pool + system + mapping + people).sorted()

    /// The roles that every installation has.
    static let roles: [String: [String]] = [
        "Administrator": all,
        "NoAccess": [],
        "PVEAdmin": all.filter {
            ![
                "Permissions.Modify", "Realm.Allocate", "Sys.Modify", "Sys.PowerMgmt", "Sys.Incoming",
                "Sys.AccessNetwork",
            ].contains($0)
        },
        "PVEAuditor": [
            "Datastore.Audit", "Mapping.Audit", "Pool.Audit", "SDN.Audit", "Sys.Audit", "VM.Audit",
            "VM.GuestAgent.Audit",
        ],
        "PVEDatastoreAdmin": storage,
        "PVEDatastoreUser": ["Datastore.AllocateSpace", "Datastore.Audit"],
        "PVEMappingAdmin": mapping,
        "PVEMappingAuditor": ["Mapping.Audit"],
        "PVEMappingUser": ["Mapping.Audit", "Mapping.Use"],
        "PVEPoolAdmin": pool,
        "PVEPoolUser": ["Pool.Audit"],
        "PVESDNAdmin": network,
        "PVESDNUser": ["SDN.Audit", "SDN.Use"],
        "PVESysAdmin": ["Sys.Audit", "Sys.Console", "Sys.Syslog"],
        "PVETemplateUser": ["VM.Audit", "VM.Clone"],
        "PVEUserAdmin": ["Group.Allocate", "Realm.AllocateUser", "User.Modify"],
        "PVEVMAdmin": guest,
        "PVEVMUser": [
            "VM.Audit", "VM.Backup", "VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Console", "VM.GuestAgent.Audit",
            "VM.GuestAgent.FileRead", "VM.GuestAgent.FileSystemMgmt", "VM.GuestAgent.FileWrite",
            "VM.GuestAgent.Unrestricted", "VM.PowerMgmt",
        ],
    ]
}

/// An entry of the access control list.
struct ProxmoxGrant: Sendable, Hashable {
    var path: String
    /// "user" or "token".
    var type: String
    var holder: String
    var role: String
    var propagates: Bool
}

/// Who calls, and what the caller may do.
struct ProxmoxUser: Sendable {
    /// Such as "root@pam".
    var name: String
    /// The token's name; nil for a ticket.
    var token: String?
    /// The token has only rights of its own, and of those the user's.
    var isSeparated = false
    /// The access control list.
    var grants: [ProxmoxGrant] = []
    /// The roles and their rights.
    var roles: [String: [String]] = ProxmoxRights.roles
    /// The pool of each guest.
    var pools: [Int: String] = [:]

    /// User or token as tasks and lists show it.
    var full: String { token.map { "\(name)!\($0)" } ?? name }
    /// The superuser with a ticket: some things are for it alone.
    var isRoot: Bool { name == "root@pam" && token == nil }

    /// The rights on a path, with whether each goes on to what is below.
    func rights(on path: String) -> [String: Bool] {
        let own = name == "root@pam" ? everything : rights(of: name, type: "user", on: path)
        guard token != nil, isSeparated else { return own }
        let tokens = rights(of: full, type: "token", on: path)
        return tokens.filter { own[$0.key] != nil }
    }

    private var everything: [String: Bool] {
        Dictionary(uniqueKeysWithValues: ProxmoxRights.all.map { ($0, true) })
    }

    private func rights(of holder: String, type: String, on path: String) -> [String: Bool] {
        var found = fromList(holder, type, path)
        // The rights on a pool are rights on the guests in it.
        if path.hasPrefix("/vms/"), let vmid = Int(path.dropFirst(5)), let pool = pools[vmid] {
            found.merge(fromList(holder, type, "/pool/\(pool)")) { $0 || $1 }
        }
        return found
    }

    /// The nearest entry above the path counts, as in Proxmox VE: a deeper one replaces the roles of a higher one.
    private func fromList(_ holder: String, _ type: String, _ path: String) -> [String: Bool] {
        var steps = ["/"]
        var step = ""
        for part in path.split(separator: "/") {
            step += "/" + part
            steps.append(step)
        }
        var current: [ProxmoxGrant] = []
        for place in steps {
            let here = grants.filter {
                $0.path == place && $0.type == type && $0.holder == holder && ($0.propagates || place == path)
            }
            if !here.isEmpty { current = here }
        }
        if current.contains(where: { $0.role == "NoAccess" }) { return [:] }
        var found: [String: Bool] = [:]
        for grant in current {
            for right in roles[grant.role] ?? [] { found[right] = (found[right] ?? false) || grant.propagates }
        }
        return found
    }

    /// All of the rights are there on a path, or any of them.
    func has(_ path: String, _ wanted: [String], any: Bool = false) -> Bool {
        let found = rights(on: path)
        return any ? wanted.contains { found[$0] != nil } : wanted.allSatisfy { found[$0] != nil }
    }

    /// - Throws: a fault 403 where a right is missing.
    func need(_ path: String, _ wanted: String..., any: Bool = false) throws {
        if any, has(path, wanted, any: true) { return }
        if any { throw ProxmoxFault.missing(path, wanted) }
        for right in wanted where !has(path, [right]) { throw ProxmoxFault.missing(path, [right]) }
    }
}
