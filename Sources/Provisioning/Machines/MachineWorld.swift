import Core
import Foundation

/// What there is of an environment's machines, asked from everybody who knows.
struct MachineWorld: Sendable {
    /// The records of its hosts.
    var entries: [String: MachineEntry]
    /// All guests of the cluster.
    var guests: [ClusterGuest]
    /// The settings of its own guests, by host.
    var settings: [String: GuestSettings]
    /// What changes whenever terraform's state does; nil where there is none.
    var stateTag: String?

    /// The guest of a host: the one with its id and its name.
    func guest(_ host: String) -> ClusterGuest? {
        guard let entry = entries[host] else { return nil }
        return guests.first { $0.id == entry.vmid && $0.name == host }
    }

    /// The places that its hosts have.
    var places: [String: Place] { entries.compactMapValues(\.place) }

    /// Hosts whose machine is not there.
    var lost: Set<String> { Set(entries.keys.filter { guest($0) == nil }) }

    /// Guests of others.
    var foreign: [ClusterGuest] {
        let own = Set(entries.keys.compactMap { guest($0)?.id })
        return guests.filter { !own.contains($0.id) }
    }

    /// A digest of all that a plan without change depends on, beside the variables.
    func digest(_ variables: JSONValue) -> String {
        var parts = [variables.text(), stateTag ?? ""]
        for host in entries.keys.sorted() {
            let guest = guest(host)
            parts.append("\(host) \(guest?.id ?? 0) \(guest?.node ?? "") \(settings[host]?.text ?? "")")
        }
        return Checksums.of(Data(parts.joined(separator: "\n").utf8)).sha256
    }
}
