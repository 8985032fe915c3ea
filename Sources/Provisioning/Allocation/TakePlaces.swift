import Core

extension Reservations {
    /// How often a lost race is run again before it is given up.
    static let rounds = 50

    /// Gives each wish a place and reserves it; what another takes meanwhile is tried elsewhere.
    ///
    /// - Parameters:
    ///   - claims: what guests of the cluster have.
    ///   - lost: names of hosts whose machine is not there.
    ///   - answers: tells which of some addresses answer although nobody claims them; asked once for each new one.
    public func take(
        _ wishes: [PlaceWish], networks: [Int: Manifest.Network], ids: ClosedRange<Int>, claims: [Claim] = [],
        mine: [String: Place], lost: Set<String> = [],
        answers: @Sendable ([IPv4Address]) async throws -> Set<IPv4Address> = { _ in [] }
    ) async throws -> [String: Place] {
        var allocator = Allocator(networks: networks, ids: ids, claims: claims + (try await self.claims()))
        var asked = Set(mine.values.map(\.address))
        var held: [(host: String, place: Place)] = []
        for _ in 0..<Reservations.rounds {
            let places = try allocator.places(for: wishes, mine: mine, lost: lost)
            let fresh = Set(places.values.map(\.address)).subtracting(asked)
            if !fresh.isEmpty {
                asked.formUnion(fresh)
                let answering = try await answers(fresh.sorted())
                allocator.answering.formUnion(answering)
                if !answering.isEmpty { continue }
            }
            var taken: [Claim] = []
            for (host, place) in places.sorted(by: { $0.key < $1.key }) where mine[host] != place {
                if let claims = try await take(place, for: host) { taken += claims } else { held.append((host, place)) }
            }
            if taken.isEmpty {
                for (host, place) in held where places[host] != place { try await release(place, of: host) }
                return places
            }
            allocator.claims += taken
        }
        throw Failure(
            .held, "no addresses and ids could be reserved", why: "others were faster \(Reservations.rounds) times",
            next: ["run it again"])
    }
}
