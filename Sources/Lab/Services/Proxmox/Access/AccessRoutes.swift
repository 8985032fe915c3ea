import Core
import Foundation
import GRDB
import Hummingbird
import OrderedCollections

extension ProxmoxRoutes {
    /// Tickets, users, tokens, roles and the access control list.
    func addAccess() {
        addTickets()
        addTokens()
        addRoles()
        addGrants()
    }

    private func addTickets() {
        let accounts = server.accounts
        let parameters = ProxmoxParameters([
            "username": .text(64).required, "password": .text(4096).required, "realm": .text(32), "otp": .text,
            "new-format": .boolean, "path": .text(64), "privs": .text(64), "tfa-challenge": .text,
        ])
        open(.post, "/access/ticket", parameters) { given in
            var name = given["username"] ?? ""
            if !name.contains("@"), let realm = given["realm"] { name += "@\(realm)" }
            guard accounts.opens(name, password: given["password"] ?? "") else {
                throw ProxmoxFault.unauthorized("authentication failure")
            }
            let (ticket, forgery) = accounts.ticket(name)
            return ["username": .string(name), "ticket": .string(ticket), "CSRFPreventionToken": .string(forgery)]
        }
        open(.get, "/access/domains", .none) { _ in
            [
                ["realm": "pam", "type": "pam", "comment": "Linux PAM standard authentication"],
                ["realm": "pve", "type": "pve", "comment": "Proxmox VE authentication server"],
            ]
        }
        on(.get, "/access/permissions", ProxmoxParameters(["path": .text, "userid": .text])) { call in
            if let other = call["userid"], other != call.user.full { try call.user.need("/access", "Sys.Audit") }
            var paths = Set(call.user.grants.map(\.path))
            paths.formUnion(["/", "/access", "/nodes", "/pool", "/sdn", "/storage", "/vms"])
            if let path = call["path"] { paths = [path] }
            var all: OrderedDictionary<String, JSONValue> = [:]
            for path in paths.sorted() {
                let rights = call.user.rights(on: path).sorted { $0.key < $1.key }
                guard !rights.isEmpty || call["path"] != nil else { continue }
                all[path] = .object(OrderedDictionary(uniqueKeysWithValues: rights.map { ($0.key, .flag($0.value)) }))
            }
            return .object(all)
        }
    }

    /// A token is not its user: else it could make itself another with all of the user's rights.
    private func addTokens() {
        let (database, accounts, random) = (server.environment.database, server.accounts, server.context.random)
        let mine: @Sendable (ProxmoxCall) throws -> Void = { call in
            if call.path("userid") != call.user.full { try call.user.need("/access/groups", "User.Modify") }
        }
        on(.get, "/access/users", ProxmoxParameters(["enabled": .boolean, "full": .boolean])) { call in
            let sees = call.user.has("/access", ["Sys.Audit", "User.Modify"], any: true)
            let own = call.user.name
            return .array(
                try await database.read { database in
                    try Row.fetchAll(database, sql: "SELECT * FROM proxmox_user ORDER BY name").map { row in
                        let (name, comment): (String, String) = (row["name"], row["comment"])
                        return [
                            "userid": .string(name), "enable": .flag(row["enabled"]), "comment": .string(comment),
                        ]
                    }.filter { sees || $0["userid"]?.string == own }
                })
        }
        on(.get, "/access/users/{userid}/token") { call in
            try mine(call)
            return .array(
                try await accounts.tokens(of: call.path("userid")).map { token in
                    var info = token.info.object ?? [:]
                    info["tokenid"] = .string(token.name)
                    return .object(info)
                })
        }
        let path = "/access/users/{userid}/token/{tokenid}"
        let fields = ProxmoxParameters(["comment": .text, "expire": .integer(), "privsep": .boolean])
        on(.get, path) { call in
            try mine(call)
            return try await ProxmoxRoutes.token(call, accounts).info
        }
        on(.post, path, fields) { call in
            try mine(call)
            let (user, name) = (call.path("userid"), call.path("tokenid"))
            if let fault = ParameterFormat.word.fault(name) { throw ProxmoxFault.parameter("tokenid", fault) }
            let secret = UUID.make(random).uuidString.lowercased()
            let (separated, expire, comment) = (call.flag("privsep") ?? true, call.int("expire") ?? 0, call["comment"])
            try await database.write { database in
                guard
                    try Bool.fetchOne(database, sql: "SELECT 1 FROM proxmox_user WHERE name = ?", arguments: [user])
                        != nil
                else { throw ProxmoxFault.refused("no such user ('\(user)')") }
                let taken = try Bool.fetchOne(
                    database, sql: "SELECT 1 FROM proxmox_token WHERE user = ? AND name = ?", arguments: [user, name])
                guard taken == nil, "\(user)!\(name)" != ProxmoxService.tokenID else {
                    throw ProxmoxFault.parameter("tokenid", "Token already exists.")
                }
                try database.execute(
                    sql: "INSERT INTO proxmox_token VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [user, name, ProxmoxAccounts.digest(secret), separated, expire, comment ?? ""])
            }
            let info = try await ProxmoxRoutes.token(call, accounts).info
            return ["full-tokenid": .string("\(user)!\(name)"), "info": info, "value": .string(secret)]
        }
        on(.delete, path) { call in
            try mine(call)
            _ = try await ProxmoxRoutes.token(call, accounts)
            let (user, name) = (call.path("userid"), call.path("tokenid"))
            try await database.write { database in
                try database.execute(
                    sql: "DELETE FROM proxmox_token WHERE user = ? AND name = ?", arguments: [user, name])
                try database.execute(
                    sql: "DELETE FROM proxmox_grant WHERE type = 'token' AND holder = ?", arguments: ["\(user)!\(name)"]
                )
            }
            return .null
        }
    }

    private static func token(_ call: ProxmoxCall, _ accounts: ProxmoxAccounts) async throws -> ProxmoxToken {
        let (user, name) = (call.path("userid"), call.path("tokenid"))
        guard let found = try await accounts.token(name, of: user) else {
            throw ProxmoxFault.refused("no such token '\(name)' for user '\(user)'")
        }
        return found
    }

    private func addRoles() {
        let database = server.environment.database
        on(.get, "/access/roles") { call in
            .array(
                call.user.roles.sorted { $0.key < $1.key }.map { name, rights in
                    [
                        "roleid": .string(name), "privs": .string(rights.sorted().joined(separator: ",")),
                        "special": .flag(ProxmoxRights.roles[name] != nil),
                    ]
                })
        }
        on(.post, "/access/roles", ProxmoxParameters(["roleid": .format(.word).required, "privs": .text])) { call in
            try call.user.need("/access", "Sys.Modify")
            let (name, rights) = (call["roleid"] ?? "", call.list("privs"))
            if let wrong = rights.first(where: { !ProxmoxRights.all.contains($0) }) {
                throw ProxmoxFault.parameter("privs", "invalid format - invalid privilege '\(wrong)'\n")
            }
            guard call.user.roles[name] == nil else { throw ProxmoxFault.refused("role '\(name)' already exists") }
            try await database.write {
                try $0.execute(
                    sql: "INSERT INTO proxmox_role VALUES (?, ?)", arguments: [name, rights.joined(separator: ",")])
            }
            return .null
        }
        on(.delete, "/access/roles/{roleid}") { call in
            try call.user.need("/access", "Sys.Modify")
            let name = call.path("roleid")
            guard call.user.roles[name] != nil else { throw ProxmoxFault.refused("role '\(name)' does not exist") }
            guard ProxmoxRights.roles[name] == nil else {
                throw ProxmoxFault.refused("auto-generated role '\(name)' cannot be deleted")
            }
            try await database.write {
                try $0.execute(sql: "DELETE FROM proxmox_role WHERE name = ?", arguments: [name])
            }
            return .null
        }
    }

    private func addGrants() {
        let database = server.environment.database
        on(.get, "/access/acl") { call in
            let all = call.user.has("/access", ["Sys.Audit"])
            return .array(
                call.user.grants.filter { all || call.user.has($0.path, ["Permissions.Modify"]) }.map { grant in
                    [
                        "path": .string(grant.path), "type": .string(grant.type), "ugid": .string(grant.holder),
                        "roleid": .string(grant.role), "propagate": .flag(grant.propagates),
                    ]
                })
        }
        let parameters = ProxmoxParameters([
            "path": .format(.path).required, "roles": .format(.roles).required, "delete": .boolean, "groups": .text,
            "propagate": .boolean, "tokens": .text, "users": .text,
        ])
        on(.put, "/access/acl", parameters) { call in
            let path = call["path"] ?? "/"
            try call.user.need(path, "Permissions.Modify")
            if call["groups"] != nil { throw NotServed("PUT /access/acl with groups") }
            let roles = call.list("roles")
            for role in roles where call.user.roles[role] == nil {
                throw ProxmoxFault.refused("role '\(role)' does not exist")
            }
            let holders = call.list("users").map { ("user", $0) } + call.list("tokens").map { ("token", $0) }
            let (goes, propagates) = (call.flag("delete") ?? false, call.flag("propagate") ?? true)
            try await database.write { database in
                for (type, holder) in holders {
                    for role in roles {
                        try database.execute(
                            sql: "DELETE FROM proxmox_grant WHERE path = ? AND type = ? AND holder = ? AND role = ?",
                            arguments: [path, type, holder, role])
                        if goes { continue }
                        try database.execute(
                            sql: "INSERT INTO proxmox_grant VALUES (?, ?, ?, ?, ?)",
                            arguments: [path, type, holder, role, propagates])
                    }
                }
            }
            return .null
        }
    }
}

extension UUID {
    /// A random one, version 4.
    static func make(_ random: any RandomSource) -> UUID {
        let b = random.bytes(16)
        return UUID(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 0x0F | 0x40, b[7], b[8] & 0x3F | 0x80, b[9], b[10], b[11],
                b[12], b[13], b[14], b[15]
            ))
    }
}
