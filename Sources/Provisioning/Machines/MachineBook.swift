import Core
import Foundation

/// What nante knows of a host beside terraform: its place, its host key, and what it was asked for with.
public struct MachineEntry: Codable, Sendable, Hashable {
    /// Version of the record.
    public var version = 1
    /// Its address.
    public var address: String
    /// Its VLAN tag.
    public var vlan: Int
    /// Its id in Proxmox VE.
    public var vmid: Int
    /// What it is, `vm` or `lxc`.
    public var kind: String
    /// The user that logs in.
    public var user: String
    /// Its public host key (type and base64), pinned when it first answered; nil before.
    public var hostKey: String?
    /// The variables that it was last asked for with.
    public var instance: JSONValue

    /// The place.
    var place: Place? { IPv4Address(address).map { Place(address: $0, vlan: vlan, vmid: vmid) } }
}

/// The records of an environment's hosts, an object each, in the store of its state.
///
/// Terraform's state alone would not do: it knows neither host keys nor a place that is given but not yet used, and a
/// host that is to stay until its balancer let go of it has to be asked for as before.
struct MachineBook: Sendable {
    let store: any RecordStore
    let workspace: String

    private var prefix: String { "nante/machines/\(workspace)/" }
    private func key(_ host: String) -> String { "\(prefix)\(host).json" }

    /// All records by host.
    func entries() async throws -> [String: MachineEntry] {
        let keys = try await store.keys(prefix)
        return try await withThrowingTaskGroup(of: (String, MachineEntry)?.self) { group in
            for key in keys {
                group.addTask {
                    guard let data = try await store.read(key) else { return nil }
                    let host = String(key.dropFirst(prefix.count).dropLast(".json".count))
                    do { return (host, try JSONDecoder().decode(MachineEntry.self, from: data)) } catch {
                        throw Failure(
                            .failed, "the record of \(host) is damaged", where: key, why: "\(error)",
                            next: ["remove that object: it is made again from terraform's state"])
                    }
                }
            }
            return try await group.reduce(into: [:]) { if let (host, entry) = $1 { $0[host] = entry } }
        }
    }

    /// Writes a record.
    func write(_ host: String, _ entry: MachineEntry) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try await store.write(key(host), try encoder.encode(entry))
    }

    /// Removes a record.
    func remove(_ host: String) async throws { try await store.delete(key(host)) }
}
