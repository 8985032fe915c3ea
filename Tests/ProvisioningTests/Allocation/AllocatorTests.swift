import Core
import Testing

@testable import Provisioning

@Suite struct AllocatorTests {
    static func network(_ subnet: String, range: String? = nil) throws -> Manifest.Network {
        let ends = try (range ?? "").split(separator: "-").map { try #require(IPv4Address(String($0))) }
        return Manifest.Network(
            subnet: try #require(IPv4Network(subnet)), range: ends.count == 2 ? ends[0]...ends[1] : nil)
    }

    static func allocator(_ claims: [Claim] = [], answering: [String] = []) throws -> Allocator {
        Allocator(
            networks: Manifest.Network.usual, ids: 1000...9999, claims: claims,
            answering: Set(answering.compactMap { IPv4Address($0) }))
    }

    static func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }

    static func wishes(_ names: String..., vlan: Int = 20) -> [PlaceWish] {
        names.map { PlaceWish(name: $0, vlan: vlan) }
    }

    @Test func theLowestThatIsFree() throws {
        let claims = [
            Claim(owner: "VM 1001 db", address: try Self.address("192.168.20.11"), vmid: 1001),
            Claim(owner: "x", address: try Self.address("192.168.20.10")),
        ]
        let places = try Self.allocator(claims, answering: ["192.168.20.12"]).places(for: Self.wishes("a", "b"))
        #expect(places["a"] == Place(address: try Self.address("192.168.20.13"), vlan: 20, vmid: 1000))
        #expect(places["b"] == Place(address: try Self.address("192.168.20.14"), vlan: 20, vmid: 1002))
    }

    @Test func whatIsThereStays() throws {
        let allocator = try Self.allocator()
        let first = try allocator.places(for: Self.wishes("a", "b", "c"))
        var mine = first
        // "a" goes: its place is nobody else's before it is gone.
        let more = try allocator.places(for: Self.wishes("b", "c", "d"), mine: mine)
        #expect(more["b"] == first["b"] && more["c"] == first["c"])
        #expect(more["d"]?.address == (try Self.address("192.168.20.13")))
        #expect(more["d"]?.vmid == 1003)
        mine["a"] = nil
        #expect(try allocator.places(for: Self.wishes("b", "c", "d"), mine: mine)["d"] == first["a"])
    }

    @Test func aMoveToAnotherNetworkKeepsTheID() throws {
        let allocator = try Self.allocator()
        let mine = try allocator.places(for: Self.wishes("a"))
        let moved = try allocator.places(for: Self.wishes("a", vlan: 10), mine: mine)
        #expect(moved["a"] == Place(address: try Self.address("192.168.10.10"), vlan: 10, vmid: 1000))
    }

    @Test func aLostHostGivesWayOnlyWhereItMust() throws {
        let mine = try Self.allocator().places(for: Self.wishes("a"))
        let taken = try Self.allocator([
            Claim(owner: "VM 7", address: try Self.address("192.168.20.10"), vmid: 1000)
        ])
        #expect(try taken.places(for: Self.wishes("a"), mine: mine)["a"] == mine["a"])
        let other = try taken.places(for: Self.wishes("a"), mine: mine, lost: ["a"])
        #expect(other["a"] == Place(address: try Self.address("192.168.20.11"), vlan: 20, vmid: 1001))
        #expect(try Self.allocator().places(for: Self.wishes("a"), mine: mine, lost: ["a"]) == mine)
    }

    @Test(arguments: [
        ("192.168.10.50", "it lies outside of 192.168.20.0/24", Exit.usage),
        ("192.168.20.0", "it lies outside of 192.168.20.0/24", .usage),
        ("192.168.20.255", "it lies outside of 192.168.20.0/24", .usage),
        ("192.168.20.1", "it is the gateway of 192.168.20.0/24", .usage),
        ("192.168.20.60", "it belongs to VM 104 db on pmx", .refused),
        ("192.168.20.70", "it belongs to somebody unknown", .refused),
        ("192.168.20.80", "b of this environment has it", .usage),
        ("192.168.20.90", "c of this environment has it", .usage),
    ])
    func namedAddressesAreChecked(text: String, why: String, exit: Exit) throws {
        let claims = [Claim(owner: "VM 104 db on pmx", address: try Self.address("192.168.20.60"))]
        let allocator = try Self.allocator(claims, answering: ["192.168.20.70"])
        let wishes = [
            PlaceWish(name: "b", vlan: 20, address: try Self.address("192.168.20.80")), PlaceWish(name: "c", vlan: 20),
            PlaceWish(name: "a", vlan: 20, address: try Self.address(text)),
        ]
        let mine = ["c": Place(address: try Self.address("192.168.20.90"), vlan: 20, vmid: 1000)]
        let failure = #expect(throws: Failure.self) { try allocator.places(for: wishes, mine: mine) }
        #expect(failure?.exit == exit)
        #expect(failure?.description.contains("a can't have the address \(text)") == true)
        #expect(failure?.description.contains(why) == true, "\(failure?.description ?? "")")
    }

    @Test func idsAreChecked() throws {
        let allocator = try Self.allocator([Claim(owner: "template 9000", vmid: 9000)])
        for (vmid, exit) in [(9000, Exit.refused), (99, .usage), (1_000_000_000, .usage)] {
            let wish = PlaceWish(name: "a", vlan: 20, vmid: vmid)
            #expect(#expect(throws: Failure.self) { try allocator.places(for: [wish]) }?.exit == exit)
        }
        let same = ["a", "b"].map { PlaceWish(name: $0, vlan: 20, vmid: 500) }
        #expect(#expect(throws: Failure.self) { try allocator.places(for: same) }?.exit == .usage)
    }

    @Test func nothingLeftIsSaid() throws {
        let small = Allocator(
            networks: [0: try Self.network("10.0.0.0/29", range: "10.0.0.1-10.0.0.3")], ids: 100...200)
        #expect(try small.places(for: Self.wishes("a", "b", vlan: 0)).count == 2)
        let full = #expect(throws: Failure.self) { try small.places(for: Self.wishes("a", "b", "c", vlan: 0)) }
        #expect(full?.description.contains("all of 10.0.0.1-10.0.0.3 in VLAN 0 are taken") == true)
        var few = small
        few.ids = 100...100
        let ids = #expect(throws: Failure.self) { try few.places(for: Self.wishes("a", "b", vlan: 0)) }
        #expect(ids?.description.contains("all from 100 to 100 are taken") == true)
        #expect(#expect(throws: Failure.self) { try small.places(for: Self.wishes("a", vlan: 7)) }?.exit == .usage)
    }

    @Test func twoMayChangePlaces() throws {
        let mine = try Self.allocator().places(for: Self.wishes("a", "b"))
        let wishes = [
            PlaceWish(name: "a", vlan: 20, address: mine["b"]?.address),
            PlaceWish(name: "b", vlan: 20, address: mine["a"]?.address),
        ]
        let places = try Self.allocator().places(for: wishes, mine: mine)
        #expect(places["a"]?.address == mine["b"]?.address && places["a"]?.vmid == mine["a"]?.vmid)
    }

    /// 4,000 random worlds: nobody's place is given, nothing twice, the same again, and nobody moves when others come.
    @Test(arguments: 0..<40)
    func holdsInEveryWorld(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &+ 77)
        for _ in 0..<100 { try check(&random) }
    }

    private func check(_ random: inout SeededGenerator) throws {
        let ten = try Self.network("10.0.0.0/27", range: "10.0.0.2-10.0.0.30")
        let networks = [0: ten, 20: try Self.network("192.168.20.0/28")]
        func address(_ vlan: Int) -> IPv4Address? {
            networks[vlan]?.subnet.address.advanced(by: Int.random(in: 0...17, using: &random))
        }
        let claims = (0..<Int.random(in: 0...8, using: &random)).map { number in
            Claim(
                owner: "guest \(number)", address: address([0, 20].randomElement(using: &random) ?? 0),
                vmid: Int.random(in: 100...115, using: &random))
        }
        let answering = Set((0..<Int.random(in: 0...3, using: &random)).compactMap { _ in address(0) })
        let allocator = Allocator(networks: networks, ids: 100...160, claims: claims, answering: answering)
        let names = (0..<Int.random(in: 1...8, using: &random)).map { "h\($0)" }
        let wishes = names.map { name in
            let vlan = [0, 0, 20].randomElement(using: &random) ?? 0
            let isNamed = Int.random(in: 0...5, using: &random) == 0
            return PlaceWish(name: name, vlan: vlan, address: isNamed ? address(vlan) : nil)
        }
        guard let places = try? allocator.places(for: wishes) else { return }
        #expect(places.count == names.count)
        #expect(Set(places.values.map(\.address)).count == names.count)
        #expect(Set(places.values.map(\.vmid)).count == names.count)
        for wish in wishes {
            guard let place = places[wish.name], let network = networks[wish.vlan] else { continue }
            #expect(network.subnet.hosts.contains(place.address) && place.address != network.gateway)
            #expect(!claims.contains { $0.address == place.address || $0.vmid == place.vmid })
            #expect(!answering.contains(place.address))
            if let asked = wish.address {
                #expect(place.address == asked)
            } else {
                #expect(network.range.contains(place.address))
            }
        }
        #expect(try allocator.places(for: wishes) == places)
        // Others come before and after: nobody moves.
        let more = [PlaceWish(name: "x", vlan: 0)] + wishes + [PlaceWish(name: "y", vlan: 20)]
        if let grown = try? allocator.places(for: more, mine: places) {
            for name in names { #expect(grown[name] == places[name]) }
            #expect(Set(grown.values.map(\.address)).count == names.count + 2)
        }
    }
}
