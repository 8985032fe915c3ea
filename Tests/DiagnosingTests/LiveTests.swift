import Core
import Foundation
import Synchronization
import Testing

@testable import Diagnosing

/// A service that does as a test says, and remembers what was made.
private final class FakeLive: LiveCheck {
    let service = "Fake"
    let makes = "a thing"
    let things: Mutex<[String]>
    private let work: @Sendable (LiveRun) async throws -> Void

    init(leftovers: [String] = [], _ work: @escaping @Sendable (LiveRun) async throws -> Void) {
        things = Mutex(leftovers)
        self.work = work
    }

    func run(_ live: LiveRun) async throws {
        try await live.step("make") { things.withLock { $0.append(live.name) } }
        try await work(live)
    }

    func sweep(_ live: LiveRun) async throws -> [String] {
        // As a call over the network would be, ended by an interrupt.
        try Task.checkCancellation()
        return things.withLock { things in
            defer { things.removeAll(where: LiveName.isOurs) }
            return things.filter(LiveName.isOurs)
        }
    }
}

@Suite struct LiveTests {
    @Test func whatWasMadeIsRemovedWhateverHappens() async {
        let good = FakeLive { _ in }
        #expect(await LiveDoctor([good], context: .live()).run().isGood)
        #expect(good.things.withLock { $0 } == [])
        let bad = FakeLive { live in try await live.step("break") { throw Failure(.failed, "no", why: "broken") } }
        let report = await LiveDoctor([bad], context: .live()).run()
        #expect(bad.things.withLock { $0 } == [])
        #expect(report.parts[0].failure == "no; broken")
        #expect(report.parts[0].steps.map(\.title) == ["remove what earlier runs left", "make", "break", "clean up"])
    }

    @Test func anInterruptCleansUpToo() async {
        let begun = AsyncStream<Void>.makeStream()
        let check = FakeLive { _ in
            begun.continuation.yield()
            try await Task.sleep(for: .seconds(600))
        }
        let work = Task { await LiveDoctor([check], context: .live()).run() }
        for await _ in begun.stream { break }
        #expect(check.things.withLock { $0.count } == 1)
        work.cancel()
        #expect(await work.value.parts[0].failure == "interrupted")
        #expect(check.things.withLock { $0 } == [])
    }

    @Test func theNextRunRemovesWhatAKilledOneLeft() async {
        let check = FakeLive(leftovers: ["nante-doctor-a1b2c3", "nante-doctor-", "other"]) { _ in }
        let report = await LiveDoctor([check], context: .live()).run()
        #expect(report.parts[0].leftovers == ["nante-doctor-a1b2c3"])
        #expect(check.things.withLock { $0 } == ["nante-doctor-", "other"])
    }

    @Test func aRunMayLeaveWhatItMade() async {
        let check = FakeLive { _ in }
        var doctor = LiveDoctor([check], context: .live())
        doctor.keeps = true
        let report = await doctor.run()
        #expect(report.parts[0].kept == check.things.withLock { $0.first })
    }

    @Test func callsAreKeptWithoutHostsAndNames() {
        let cases = [
            ("https://h:1/api2/json/nodes/pmx/lxc/900000001/config?x=1", "/api2/json/nodes/pmx/lxc/{number}/config?x"),
            ("http://h/api/Spaces-12/projects/Projects-3/releases", "/api/{id}/projects/{id}/releases"),
            (
                "http://h/b/nante-doctor/nante-doctor-aabbcc/terraform.tfstate",
                "/b/nante-doctor/{name}/terraform.tfstate"
            ),
            ("https://h/api2/json/nodes/p/tasks/UPID%3Ap%3A1/status", "/api2/json/nodes/p/tasks/{task}/status"),
        ]
        for (url, shape) in cases { #expect(RecordingSender.shape(url, name: "nante-doctor-aabbcc") == shape) }
    }

    @Test func theReportHasNoSecretAndNoHost() async {
        let check = FakeLive { live in
            live.found(version: "9")
            live.note(["Space.Colour is not known", "Space.Colour is not known"])
            try await live.step("ask") {
                throw Failure(.missing, "away", where: "http://srv.example", why: "srv.example")
            }
        }
        let report = await LiveDoctor([check], context: .live()).run()
        let hide: (String) -> String = { $0.replacing("srv.example", with: "octopus") }
        let text = report.markdown(version: "nante 1", platform: "real servers", hide: hide)
        #expect(text.contains("**Failed:** away; octopus") && !text.contains("srv.example"))
        #expect(text.components(separatedBy: "Space.Colour is not known").count == 2)
        let json = report.json(version: "nante 1", platform: "real servers", hide: hide)
        #expect(json["good"] == false && json["services"]?[0]?["steps"]?.array?.count == 4)
        #expect(!json.text().contains("srv.example"))
    }
}
