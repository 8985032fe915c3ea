import Core
import Foundation
import GRDB
import OrderedCollections

/// A guest as it was asked for: its id, its configuration, and the name of the lab's host behind it.
struct ProxmoxGuest: Sendable, Hashable {
    /// Container or virtual machine.
    enum Kind: String, Sendable, Hashable {
        case container = "lxc"
        case machine = "qemu"

        /// The kind of the lab's host.
        var host: String { self == .container ? "lxc" : "vm" }
        /// As messages name it.
        var label: String { self == .container ? "CT" : "VM" }
        /// The folder of its configuration.
        var folder: String { self == .container ? "lxc" : "qemu-server" }
        /// What the types of its tasks begin with.
        var prefix: String { self == .container ? "vz" : "qm" }
        /// The parameters of its configuration.
        var rules: ProxmoxParameters {
            self == .container ? ProxmoxConfigRules.container : ProxmoxConfigRules.machine
        }
    }

    var vmid: Int
    var kind: Kind
    /// The lab's host.
    var host: String
    /// The host was made; from then on whether it is there and runs is asked of the lab's hosts.
    var isMade = false
    /// Why it must be left alone now, such as "create".
    var lock: String?
    var pool: String?
    /// Names and values in the order in which they came, as a later reading returns them.
    var config: OrderedDictionary<String, String> = [:]
    /// What a creation took and no reading returns.
    var secrets: OrderedDictionary<String, String> = [:]
    /// When it was started last, in seconds since 1970.
    var started: Double?

    /// A model that others are cloned from.
    var isTemplate: Bool { config["template"].flatMap(ParameterRule.flag) ?? false }
    /// Deleting is refused.
    var isProtected: Bool { config["protection"].flatMap(ParameterRule.flag) ?? false }
    /// Its name for people.
    var name: String { config[kind == .container ? "hostname" : "name"] ?? "\(kind.label)\(vmid)" }

    /// What Proxmox VE says of a guest that is not there.
    static func absent(_ kind: Kind, _ vmid: Int) -> ProxmoxFault {
        .refused("Configuration file 'nodes/\(ProxmoxServer.node)/\(kind.folder)/\(vmid).conf' does not exist")
    }
}

extension ProxmoxGuest {
    init?(row: Row) {
        guard let kind = Kind(rawValue: row["kind"]) else { return nil }
        vmid = row["vmid"]
        self.kind = kind
        host = row["host"]
        isMade = row["made"]
        lock = row["lock"]
        pool = row["pool"]
        config = ProxmoxGuest.members(row["config"])
        secrets = ProxmoxGuest.members(row["secrets"])
        started = row["started"]
    }

    private static func members(_ text: String) -> OrderedDictionary<String, String> {
        ((try? JSONValue.parse(Data(text.utf8)))?.object ?? [:]).compactMapValues(\.string)
    }

    private static func text(_ members: OrderedDictionary<String, String>) -> String {
        JSONValue.object(members.mapValues { .string($0) }).text()
    }

    /// Writes the row, replacing one that is there.
    func save(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO proxmox_guest (vmid, kind, host, made, lock, pool, config, secrets, started)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                vmid, kind.rawValue, host, isMade, lock, pool, ProxmoxGuest.text(config), ProxmoxGuest.text(secrets),
                started,
            ])
    }
}

/// Guests in the database.
struct ProxmoxGuestStore: Sendable {
    let database: LabDatabase

    /// All guests, by id.
    func all() async throws -> [ProxmoxGuest] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM proxmox_guest ORDER BY vmid").compactMap(ProxmoxGuest.init)
        }
    }

    /// A guest by its id; nil when there is none.
    func find(_ vmid: Int) async throws -> ProxmoxGuest? {
        try await database.read { try ProxmoxGuestStore.fetch($0, vmid) }
    }

    private static func fetch(_ database: Database, _ vmid: Int) throws -> ProxmoxGuest? {
        try Row.fetchOne(database, sql: "SELECT * FROM proxmox_guest WHERE vmid = ?", arguments: [vmid])
            .flatMap(ProxmoxGuest.init)
    }

    /// Takes an id for a new guest.
    ///
    /// - Throws: the fault of Proxmox VE when the id is taken, also by one that is being made.
    func insert(_ guest: ProxmoxGuest) async throws {
        try await database.write { database in
            if let taken = try ProxmoxGuestStore.fetch(database, guest.vmid) {
                throw ProxmoxFault.refused(
                    "unable to create \(guest.kind.label) \(guest.vmid) - \(taken.kind.label) \(guest.vmid) already "
                        + "exists on node '\(ProxmoxServer.node)'")
            }
            try guest.save(database)
        }
    }

    /// Changes a guest in one transaction.
    ///
    /// - Returns: the guest as it is then; nil when there is none.
    @discardableResult
    func change(
        _ vmid: Int, _ body: @escaping @Sendable (inout ProxmoxGuest) throws -> Void
    ) async throws -> ProxmoxGuest? {
        try await database.write { database in
            guard var guest = try ProxmoxGuestStore.fetch(database, vmid) else { return nil }
            try body(&guest)
            try guest.save(database)
            return guest
        }
    }

    /// Removes a guest.
    func remove(_ vmid: Int) async throws {
        try await database.write {
            try $0.execute(sql: "DELETE FROM proxmox_guest WHERE vmid = ?", arguments: [vmid])
        }
    }
}
