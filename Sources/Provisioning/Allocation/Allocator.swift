import Core

/// Gives hosts their addresses and ids; pure, and the same for the same input.
///
/// A host that has a place keeps it. Others get the lowest address of their network's range and the lowest id that
/// nobody has. What it gives is only a proposal until it is reserved (``Reservations``).
public struct Allocator: Sendable {
    /// The networks by VLAN tag.
    public var networks: [Int: Manifest.Network]
    /// The ids that may be given.
    public var ids: ClosedRange<Int>
    /// What others have.
    public var claims: [Claim]
    /// Addresses that answer although nobody claims them.
    public var answering: Set<IPv4Address>

    /// An allocator.
    public init(
        networks: [Int: Manifest.Network], ids: ClosedRange<Int>, claims: [Claim] = [],
        answering: Set<IPv4Address> = []
    ) {
        self.networks = networks
        self.ids = ids
        self.claims = claims
        self.answering = answering
    }

    /// A place for each wish.
    ///
    /// - Parameters:
    ///   - mine: the places that hosts of the environment have, also of those that go.
    ///   - lost: names of those whose machine is not there, so that a place that another took meanwhile is given up.
    /// - Throws: a failure with exit `usage` for a wish that contradicts itself, the networks or another wish,
    ///   `refused` for one that another has, `missing` where nothing is left.
    public func places(
        for wishes: [PlaceWish], mine: [String: Place] = [:], lost: Set<String> = []
    ) throws -> [String: Place] {
        var work = Work(self, mine: mine)
        for wish in wishes { try work.check(wish) }
        for wish in wishes { try work.keep(wish, isLost: lost.contains(wish.name)) }
        for wish in wishes { try work.complete(wish) }
        var places: [String: Place] = [:]
        for wish in wishes {
            if let address = work.addresses[wish.name], let vmid = work.vmids[wish.name] {
                places[wish.name] = Place(address: address, vlan: wish.vlan, vmid: vmid)
            }
        }
        return places
    }
}

/// One run of the allocator.
private struct Work {
    let networks: [Int: Manifest.Network]
    let ids: ClosedRange<Int>
    let answering: Set<IPv4Address>
    let mine: [String: Place]
    /// Who else has an address or an id.
    var foreignAddresses: [IPv4Address: String] = [:]
    var foreignIDs: [Int: String] = [:]
    /// The host of this environment that has an address or an id.
    var ownAddresses: [IPv4Address: String] = [:]
    var ownIDs: [Int: String] = [:]
    /// What was given.
    var addresses: [String: IPv4Address] = [:]
    var vmids: [String: Int] = [:]

    init(_ allocator: Allocator, mine: [String: Place]) {
        networks = allocator.networks
        ids = allocator.ids
        answering = allocator.answering
        self.mine = mine
        for claim in allocator.claims {
            if let address = claim.address { foreignAddresses[address] = claim.owner }
            if let vmid = claim.vmid { foreignIDs[vmid] = claim.owner }
        }
    }

    func network(_ wish: PlaceWish) throws -> Manifest.Network {
        if let network = networks[wish.vlan] { return network }
        let known = networks.keys.sorted().map { "\($0)" }.joined(separator: ", ")
        throw Failure(
            .usage, "\(wish.name) is to be in VLAN \(wish.vlan), which is not known", why: "known: \(known)",
            next: ["name it in platform.proxmox.networks of \(Manifest.fileName)"])
    }

    /// What a wish names must be possible, and nobody else's.
    mutating func check(_ wish: PlaceWish) throws {
        let network = try network(wish)
        if let address = wish.address { try check(address, wish, network) }
        guard let vmid = wish.vmid else { return }
        guard (100...999_999_999).contains(vmid) else {
            throw Failure(.usage, "\(wish.name) can't have the id \(vmid)", why: "ids are from 100 to 999999999")
        }
        if let owner = foreignIDs[vmid] { throw refused(wish, "id \(vmid)", owner) }
        if let other = ownIDs[vmid] { throw twice(wish, "id \(vmid)", other) }
        ownIDs[vmid] = wish.name
        vmids[wish.name] = vmid
    }

    private mutating func check(_ address: IPv4Address, _ wish: PlaceWish, _ network: Manifest.Network) throws {
        guard network.subnet.hosts.contains(address) else {
            throw Failure(
                .usage, "\(wish.name) can't have the address \(address)",
                why: "it lies outside of \(network.subnet), the network of VLAN \(wish.vlan)")
        }
        guard address != network.gateway else {
            throw Failure(
                .usage, "\(wish.name) can't have the address \(address)", why: "it is the gateway of \(network.subnet)")
        }
        if let owner = foreignAddresses[address] { throw refused(wish, "address \(address)", owner) }
        if let other = ownAddresses[address] { throw twice(wish, "address \(address)", other) }
        if answering.contains(address), mine[wish.name]?.address != address {
            throw refused(
                wish, "address \(address)", "somebody unknown: it answers, and no guest of the cluster has it")
        }
        ownAddresses[address] = wish.name
        addresses[wish.name] = address
    }

    /// A host that has a place keeps it as far as its wish allows.
    mutating func keep(_ wish: PlaceWish, isLost: Bool) throws {
        guard let place = mine[wish.name] else { return }
        if wish.vmid == nil, ownIDs[place.vmid] == nil, !isLost || foreignIDs[place.vmid] == nil {
            ownIDs[place.vmid] = wish.name
            vmids[wish.name] = place.vmid
        }
        let network = try network(wish)
        let fits = network.subnet.hosts.contains(place.address) && place.address != network.gateway
        if wish.address == nil, fits, !isLost || foreignAddresses[place.address] == nil {
            if let other = ownAddresses[place.address] {
                throw twice(PlaceWish(name: other, vlan: wish.vlan), "address \(place.address)", wish.name)
            }
            ownAddresses[place.address] = wish.name
            addresses[wish.name] = place.address
        }
    }

    /// What is still open gets the lowest that is free; places of hosts that go are not.
    mutating func complete(_ wish: PlaceWish) throws {
        if addresses[wish.name] == nil {
            let address = try freeAddress(wish, try network(wish))
            ownAddresses[address] = wish.name
            addresses[wish.name] = address
        }
        if vmids[wish.name] == nil {
            let vmid = try freeID(wish)
            ownIDs[vmid] = wish.name
            vmids[wish.name] = vmid
        }
    }

    private func freeAddress(_ wish: PlaceWish, _ network: Manifest.Network) throws -> IPv4Address {
        let going = Set(mine.values.map(\.address))
        var number = network.range.lowerBound.number
        while number <= network.range.upperBound.number {
            let address = IPv4Address(number: number)
            if address != network.gateway, foreignAddresses[address] == nil, ownAddresses[address] == nil,
                !answering.contains(address), !going.contains(address)
            {
                return address
            }
            number += 1
        }
        throw Failure(
            .missing, "no address is free for \(wish.name)",
            why: "all of \(network.range.text) in VLAN \(wish.vlan) are taken",
            next: ["widen the range in platform.proxmox.networks of \(Manifest.fileName)"])
    }

    private func freeID(_ wish: PlaceWish) throws -> Int {
        let going = Set(mine.values.map(\.vmid))
        if let vmid = ids.first(where: { foreignIDs[$0] == nil && ownIDs[$0] == nil && !going.contains($0) }) {
            return vmid
        }
        throw Failure(
            .missing, "no id is free for \(wish.name)",
            why: "all from \(ids.lowerBound) to \(ids.upperBound) are taken",
            next: ["widen ids in platform.proxmox of \(Manifest.fileName)"])
    }

    private func refused(_ wish: PlaceWish, _ what: String, _ owner: String) -> Failure {
        Failure(.refused, "\(wish.name) can't have the \(what)", why: "it belongs to \(owner)")
    }

    private func twice(_ wish: PlaceWish, _ what: String, _ other: String) -> Failure {
        Failure(.usage, "\(wish.name) can't have the \(what)", why: "\(other) of this environment has it")
    }
}
