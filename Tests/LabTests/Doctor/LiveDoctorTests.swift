import Core
import Diagnosing
import Foundation
import Testing

@testable import Lab

/// `nante doctor --live` over the lab's own services.
@Suite struct LiveDoctorTests {
    private func platform(_ lab: TestLab) -> Platform {
        let settings = Settings().adding(
            "test",
            [
                "OCTOPUS_SERVER_URL": lab.url("octopus"), "OCTOPUS_API_KEY": lab.keys.octopusKey,
                "NEXUS_URL": lab.url("nexus"), "NEXUS_USERNAME": lab.keys.nexusUser,
                "NEXUS_PASSWORD": lab.keys.nexusPassword,
            ])
        return Platform(settings: settings, context: lab.context)
    }

    private let site = DoctorSite(
        node: "pmx", storage: "zfs-vm", bridge: "vmbr0", template: "local:vztmpl/x", vmTemplate: "x", networks: [])

    @Test func octopusAndNexusPassAndAreLeftAsTheyWere() async throws {
        try await TestLab.with([OctopusService.self, NexusService.self]) { lab in
            let checks = LiveChecks.all(platform(lab), site: site)
            #expect(checks.map(\.service) == ["Octopus", "Nexus"])
            let report = await LiveDoctor(checks, context: lab.context).run()
            for part in report.parts { #expect(part.failure == nil, "\(part.service): \(part.failure ?? "")") }
            #expect(report.calls > 80)
            // A second run finds nothing that the first had left.
            let again = await LiveDoctor(checks, context: lab.context).run()
            #expect(again.parts.flatMap(\.leftovers).isEmpty)
        }
    }

    @Test func whatAKilledRunLeftIsRemovedByTheNext() async throws {
        try await TestLab.with([OctopusService.self, NexusService.self]) { lab in
            let checks = LiveChecks.all(platform(lab), site: site)
            var keeping = LiveDoctor(checks.filter { $0.service == "Nexus" }, context: lab.context)
            keeping.keeps = true
            _ = await keeping.run()
            try await lab.makeRepository("nante-doctor-aaaaaa")
            try await lab.makeRepository("nante-doctor-of-mine")
            let report = await LiveDoctor(checks, context: lab.context).run()
            #expect(report.parts.last?.leftovers == ["nante-doctor-aaaaaa"])
            let left = try await lab.nexus("GET", "/service/rest/v1/repositories").text
            #expect(left.contains("nante-doctor-of-mine") && !left.contains("nante-doctor-aaaaaa"))
        }
    }
}
