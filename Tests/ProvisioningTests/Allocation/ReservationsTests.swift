import Core
import Foundation
import Testing

@testable import Provisioning

@Suite struct ReservationsTests {
    let store = MemoryRecords()

    func reservations(_ workspace: String) -> Reservations {
        Reservations(store: store, workspace: workspace, context: Context.live())
    }

    func place(_ last: Int, _ vmid: Int) -> Place {
        Place(address: IPv4Address(number: 0xC0A8_1400 + UInt32(last)), vlan: 20, vmid: vmid)
    }

    @Test func whoeverIsFirstHasIt() async throws {
        let (one, two) = (reservations("shop-dev"), reservations("blog-dev"))
        #expect(try await one.take(place(10, 1000), for: "dev-app-1") == nil)
        #expect(try await one.take(place(10, 1000), for: "dev-app-1") == nil)
        let lost = try await two.take(place(10, 1001), for: "dev-web-1")
        #expect(
            lost == [
                Claim(owner: "dev-app-1 of shop-dev, which reserved it", address: IPv4Address("192.168.20.10"))
            ])
        // Nothing of the lost try stays behind.
        #expect(try await one.take(place(11, 1001), for: "dev-app-2") == nil)
        #expect(try await two.claims().count == 4)
        #expect(try await one.claims().isEmpty)
        // Another host of the same environment is another too.
        #expect(try await one.take(place(10, 1000), for: "dev-app-2") != nil)
    }

    @Test func onlyTheOwnIsLetGo() async throws {
        let (one, two) = (reservations("shop-dev"), reservations("blog-dev"))
        _ = try await one.take(place(10, 1000), for: "dev-app-1")
        try await two.release(place(10, 1000), of: "dev-app-1")
        try await one.release(place(10, 1000), of: "dev-app-2")
        #expect(try await two.claims().count == 2)
        try await one.release(place(10, 1000), of: "dev-app-1")
        try await one.release(place(10, 1000), of: "dev-app-1")
        #expect(try await two.claims().isEmpty)
    }

    @Test func whatAKilledApplyLeftIsSwept() async throws {
        let one = reservations("shop-dev")
        _ = try await one.take(place(10, 1000), for: "dev-app-1")
        _ = try await one.take(place(11, 1001), for: "dev-app-2")
        try await one.sweep(keeping: ["dev-app-1"])
        #expect(try await reservations("x").claims().map(\.owner).sorted().first?.hasPrefix("dev-app-1") == true)
        #expect(try await reservations("x").claims().count == 2)
    }

    @Test func aDamagedOneStillHolds() async throws {
        try await store.write(Reservations.addresses + "192.168.20.10", Data("{".utf8))
        #expect(try await reservations("shop-dev").take(place(10, 1000), for: "a")?.isEmpty == false)
    }

    /// 20 environments at once, all after the same places: none is given twice.
    @Test func aRaceGivesNothingTwice() async throws {
        let networks = Manifest.Network.usual
        let places = try await withThrowingTaskGroup(of: [Place].self) { group in
            for number in 0..<20 {
                group.addTask {
                    let mine = reservations("env-\(number)")
                    let wishes = ["a", "b", "c"].map { PlaceWish(name: $0, vlan: 20) }
                    return try await Array(mine.take(wishes, networks: networks, ids: 1000...9999, mine: [:]).values)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(places.count == 60)
        #expect(Set(places.map(\.address)).count == 60)
        #expect(Set(places.map(\.vmid)).count == 60)
        #expect(try await store.keys("nante/").count == 120)
    }
}
