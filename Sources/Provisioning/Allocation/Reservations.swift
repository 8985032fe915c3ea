import Core
import Foundation

/// Addresses and ids that environments hold, so that two applies at once never take the same one.
///
/// The lock of a state keeps two applies of one environment apart, not those of two; the cluster's list of guests knows
/// an address only once its guest was made. So each address and each id is an object of its own in the state store,
/// written only where there is none: the store decides who was first, no lock has to be left by anybody, and whoever
/// comes second takes the next. A reservation goes with its host. One that a killed apply left names its environment
/// and host, which take it up again; it is never taken away by a clock, since a machine may be behind it.
public struct Reservations: Sendable {
    static let addresses = "nante/addresses/"
    static let ids = "nante/ids/"
    let store: any RecordStore
    let workspace: String
    let context: Context

    /// The reservations of a workspace.
    public init(store: any RecordStore, workspace: String, context: Context) {
        self.store = store
        self.workspace = workspace
        self.context = context
    }

    /// Who holds an address or an id.
    struct Holder: Codable, Hashable {
        var version = 1
        var workspace: String
        var host: String
        var since: String
    }

    /// What others reserved.
    public func claims() async throws -> [Claim] {
        async let addresses = store.keys(Reservations.addresses)
        async let ids = store.keys(Reservations.ids)
        let keys = try await addresses + ids
        return try await withThrowingTaskGroup(of: Claim?.self) { group in
            for key in keys { group.addTask { try await claim(key) } }
            return try await group.reduce(into: []) { if let claim = $1 { $0.append(claim) } }
        }
    }

    /// Reserves a place for a host.
    ///
    /// - Returns: nil when it is this host's; what another has otherwise, with nothing left behind.
    public func take(_ place: Place, for host: String) async throws -> [Claim]? {
        var taken: [Claim] = []
        var made: [String] = []
        for key in Reservations.keys(of: place) {
            let holder = Holder(workspace: workspace, host: host, since: context.time.now().iso8601)
            if try await store.create(key, try JSONEncoder().encode(holder)) {
                made.append(key)
            } else if try await !isOwn(key, host) {
                // Gone again meanwhile: the next round will see.
                taken.append(try await claim(key) ?? Reservations.claim(key, owner: "another apply at this moment"))
            }
        }
        guard !taken.isEmpty else { return nil }
        for key in made { try await store.delete(key) }
        return taken
    }

    /// Lets the place of a host go; one that is not this host's is left.
    ///
    /// - Parameter new: the place that the host has now; what both share stays reserved.
    public func release(_ place: Place, of host: String, keeping new: Place? = nil) async throws {
        let kept = new.map(Reservations.keys) ?? []
        for key in Reservations.keys(of: place) where !kept.contains(key) {
            if try await isOwn(key, host) { try await store.delete(key) }
        }
    }

    /// Lets go what hosts of the workspace hold that are neither wanted nor there: what a killed apply left.
    public func sweep(keeping hosts: Set<String>) async throws {
        let keys = try await store.keys(Reservations.addresses) + store.keys(Reservations.ids)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in keys {
                group.addTask {
                    guard let holder = try await holder(key), holder.workspace == workspace,
                        !hosts.contains(holder.host)
                    else { return }
                    try await store.delete(key)
                }
            }
            try await group.waitForAll()
        }
    }

    private func isOwn(_ key: String, _ host: String) async throws -> Bool {
        guard let holder = try await holder(key) else { return false }
        return holder.workspace == workspace && holder.host == host
    }

    private func holder(_ key: String) async throws -> Holder? {
        try await store.read(key).map { data in
            // Damaged ones still hold their place.
            (try? JSONDecoder().decode(Holder.self, from: data))
                ?? Holder(workspace: "an unreadable reservation", host: key, since: "")
        }
    }

    private func claim(_ key: String) async throws -> Claim? {
        guard let holder = try await holder(key), holder.workspace != workspace else { return nil }
        return Reservations.claim(key, owner: "\(holder.host) of \(holder.workspace), which reserved it")
    }

    static func claim(_ key: String, owner: String) -> Claim {
        key.hasPrefix(ids)
            ? Claim(owner: owner, vmid: Int(key.dropFirst(ids.count)))
            : Claim(owner: owner, address: IPv4Address(String(key.dropFirst(addresses.count))))
    }

    static func keys(of place: Place) -> [String] { ["\(addresses)\(place.address)", "\(ids)\(place.vmid)"] }
}
