import Core
import Crypto
import Foundation
import GRDB
import HTTPTypes
import Hummingbird

/// An API token.
struct ProxmoxToken: Sendable, Hashable {
    var name: String
    /// SHA-256 of its secret.
    var digest: String
    /// It has only rights of its own, and of those the user's.
    var isSeparated: Bool
    /// Seconds since 1970; 0 is never.
    var expire: Int
    var comment: String

    /// As the API shows it.
    var info: JSONValue {
        .members([
            "expire": .int(expire), "privsep": .flag(isSeparated), "comment": comment.isEmpty ? nil : .string(comment),
        ])
    }
}

/// Users, tokens, tickets and rights.
struct ProxmoxAccounts: Sendable {
    let environment: LabEnvironment
    private var database: LabDatabase { environment.database }

    /// How long a ticket holds, in seconds.
    static let ticketLife = 7200

    /// Who makes a request.
    ///
    /// - Throws: a fault 401 in the words of Proxmox VE.
    func caller(_ request: Request) async throws -> ProxmoxUser {
        if let field = request.headers[.authorization], field.hasPrefix("PVEAPIToken") {
            return try await token(String(field.dropFirst("PVEAPIToken".count).drop { $0 == "=" || $0 == " " }))
        }
        guard let ticket = cookie(request) else { throw ProxmoxFault.unauthorized("No ticket") }
        guard let name = user(ofTicket: ticket) else {
            throw ProxmoxFault.unauthorized("permission denied - invalid PVE ticket")
        }
        if request.method != .get, request.method != .head {
            let given = HTTPField.Name("CSRFPreventionToken").flatMap { request.headers[$0] } ?? ""
            guard isForgeryToken(given, name) else {
                throw ProxmoxFault.unauthorized("Permission denied - invalid csrf token")
            }
        }
        return try await account(name)
    }

    private func cookie(_ request: Request) -> String? {
        for field in request.headers[values: .cookie] {
            for part in field.split(separator: ";") {
                let text = part.trimmingCharacters(in: .whitespaces)
                guard text.hasPrefix("PVEAuthCookie=") else { continue }
                let value = String(text.dropFirst("PVEAuthCookie=".count)).trimmingCharacters(in: ["\""])
                return value.removingPercentEncoding ?? value
            }
        }
        return nil
    }

    private func token(_ text: String) async throws -> ProxmoxUser {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let id = parts[0].split(separator: "!", maxSplits: 1).map(String.init)
        guard parts.count == 2, id.count == 2, id[0].contains("@") else {
            throw ProxmoxFault.unauthorized("no tokenid specified")
        }
        var user = try await account(id[0])
        user.token = id[1]
        if parts[0] == ProxmoxService.tokenID {
            guard parts[1].equalsInConstantTime(environment.keys.proxmoxSecret ?? UUID().uuidString) else {
                throw ProxmoxFault.unauthorized("invalid token value!")
            }
            return user
        }
        guard let found = try await token(id[1], of: id[0]) else {
            throw ProxmoxFault.unauthorized("no such token '\(id[1])' for user '\(id[0])'")
        }
        guard ProxmoxAccounts.digest(parts[1]).equalsInConstantTime(found.digest) else {
            throw ProxmoxFault.unauthorized("invalid token value!")
        }
        if found.expire > 0, found.expire <= now { throw ProxmoxFault.unauthorized("token '\(id[1])' access expired") }
        user.isSeparated = found.isSeparated
        return user
    }

    /// A token as it is stored; nil when there is none.
    func token(_ name: String, of user: String) async throws -> ProxmoxToken? {
        try await tokens(of: user).first { $0.name == name }
    }

    /// The tokens of a user, by name.
    func tokens(of user: String) async throws -> [ProxmoxToken] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM proxmox_token WHERE user = ? ORDER BY name", arguments: [user]
            ).map {
                ProxmoxToken(
                    name: $0["name"], digest: $0["digest"], isSeparated: $0["separated"], expire: $0["expire"],
                    comment: $0["comment"])
            }
        }
    }

    /// Only a digest is stored: a secret of 122 random bits needs no more than one round.
    static func digest(_ secret: String) -> String { SHA256.hash(data: Data(secret.utf8)).hex }

    /// A user with all that is granted.
    func account(_ name: String) async throws -> ProxmoxUser {
        let user = try await database.read { database -> ProxmoxUser? in
            guard
                let enabled = try Bool.fetchOne(
                    database, sql: "SELECT enabled FROM proxmox_user WHERE name = ?", arguments: [name]), enabled
            else { return nil }
            var user = ProxmoxUser(name: name)
            user.grants = try Row.fetchAll(database, sql: "SELECT * FROM proxmox_grant").map {
                ProxmoxGrant(
                    path: $0["path"], type: $0["type"], holder: $0["holder"], role: $0["role"],
                    propagates: $0["propagates"])
            }
            for row in try Row.fetchAll(database, sql: "SELECT * FROM proxmox_role") {
                user.roles[row["name"]] = ProxmoxCall.items(row["rights"])
            }
            for row in try Row.fetchAll(
                database, sql: "SELECT vmid, pool FROM proxmox_guest WHERE pool IS NOT NULL")
            {
                user.pools[row["vmid"]] = row["pool"]
            }
            return user
        }
        guard let user else { throw ProxmoxFault.unauthorized("no such user ('\(name)')") }
        return user
    }

    private var now: Int { Int(environment.context.time.now().timeIntervalSince1970) }

    /// The key of tickets: gone with the lab's own keys.
    private var key: SymmetricKey {
        let keys = environment.keys
        let seed = "pve ticket \(keys.token) \(keys.proxmoxSecret ?? "") \(keys.proxmoxPassword ?? "")"
        return SymmetricKey(data: SHA256.hash(data: Data(seed.utf8)))
    }

    private func sign(_ text: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)).base64EncodedString()
    }

    /// A ticket and its token against forged requests.
    func ticket(_ name: String) -> (ticket: String, forgery: String) {
        let time = String(now, radix: 16, uppercase: true)
        let plain = "PVE:\(name):\(time)"
        return ("\(plain)::\(sign(plain))", "\(time):\(sign("csrf \(name) \(time)"))")
    }

    /// Opens with a password, or with a ticket that still holds, which is renewed so.
    func opens(_ name: String, password: String) -> Bool {
        if password.hasPrefix("PVE:") { return user(ofTicket: password) == name }
        guard let own = environment.keys.proxmoxPassword else { return false }
        let fits = password.equalsInConstantTime(own)
        return fits && name == "root@pam"
    }

    private func user(ofTicket ticket: String) -> String? {
        guard let end = ticket.range(of: "::") else { return nil }
        let plain = String(ticket[..<end.lowerBound])
        let parts = plain.split(separator: ":").map(String.init)
        guard parts.count == 3, parts[0] == "PVE", let time = Int(parts[2], radix: 16),
            String(ticket[end.upperBound...]).equalsInConstantTime(sign(plain)),
            (0...ProxmoxAccounts.ticketLife).contains(now - time)
        else { return nil }
        return parts[1]
    }

    private func isForgeryToken(_ text: String, _ name: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let time = Int(parts[0], radix: 16),
            (-300...ProxmoxAccounts.ticketLife).contains(now - time)
        else { return false }
        return parts[1].equalsInConstantTime(sign("csrf \(name) \(parts[0])"))
    }
}
