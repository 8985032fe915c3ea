import Core
import Foundation
import Testing

extension DeployingOnHosts {
    /// The host-side slot script on a real host: systemd, nginx, sudo, the example application.
    @Suite struct SlotScriptTests {
        /// Every answer was a good one, of both kinds.
        private func allGood(_ counts: [String: Int]) -> Bool {
            Set(counts.keys).isSubset(of: ["GET 200", "POST 200", "POST 201", "POST 303"]) && counts.count >= 2
        }

        private func phase(_ name: String, in result: CommandResult) -> JSONValue? {
            result.lines.filter { $0.hasPrefix("nante-slot {") }
                .compactMap { try? JSONValue.parse(String($0.dropFirst("nante-slot ".count))) }
                .last { $0["phase"]?.string == name }
        }

        @Test func releasesFollowEachOtherWithoutAFailedRequest() async throws {
            try await SlotHost.with("slot-good") { host in
                #expect(try await host.served() == "nothing")
                #expect(try await host.release("1.000.000").code == 0)
                #expect(try await host.served() == "1.000.000")
                let counts = try await host.traffic {
                    for version in ["1.000.001", "1.000.002", "1.000.003"] {
                        let result = try await host.release(version)
                        #expect(result.code == 0, "\(result.stdout)\(result.stderr)")
                        #expect(try await host.served() == version)
                    }
                    // The same again changes nothing.
                    let again = try await host.slot("deploy demo 1.000.003 /home/deploy/pkg/1.000.003")
                    #expect(again.code == 0 && phase("unchanged", in: again) != nil)
                    // Back to the release that the other slot still holds: no watch, well under a second to the switch.
                    let back = try await host.slot("deploy demo 1.000.002 /home/deploy/pkg/1.000.002 --bake 0")
                    #expect(back.code == 0)
                    #expect(try await host.served() == "1.000.002")
                    let switched = try #require(phase("committed", in: back)?["ms"]?.int)
                    #expect(switched < 3_000, "\(switched) ms")
                }
                #expect(allGood(counts), "\(counts)")
                let status = try await host.status()
                #expect(status["version"]?.string == "1.000.002" && status["healthy"]?.bool == true)
                #expect(status["notes"]?.array?.isEmpty == true, "\(status.text())")
                #expect((status["releases"]?.array?.count ?? 99) <= 4)
            }
        }

        @Test func theSameVersionWithOtherContentIsAnotherRelease() async throws {
            try await SlotHost.with("slot-other") { host in
                #expect(try await host.release("1.000.000").code == 0)
                try await host.package("1.000.000")
                try await host.deploy("echo GREETING=Changed >>/home/deploy/pkg/1.000.000/app.env")
                let result = try await host.slot("deploy demo 1.000.000 /home/deploy/pkg/1.000.000")
                #expect(phase("committed", in: result) != nil)
                let status = try await host.status()
                #expect(status["version"]?.string == "1.000.000" && status["notes"]?.array?.isEmpty == true)
            }
        }

        @Test func aBadReleaseNeverGetsARequest() async throws {
            try await SlotHost.with("slot-bad") { host in
                #expect(try await host.release("1.000.000").code == 0)
                let faults = [("unhealthy", 1), ("crash", 1), ("hang", 1), ("slow-start", 1)]
                let counts = try await host.traffic {
                    for (number, fault) in faults.enumerated() {
                        let result = try await host.release("2.000.00\(number)", fault: fault.0)
                        #expect(Int(result.code) == fault.1, "\(fault.0): \(result.stdout)")
                        let failed = phase("failed", in: result)
                        #expect(failed?["serves"]?.string == "1.000.000")
                        #expect(failed?["reason"]?.string?.isEmpty == false)
                        #expect(try await host.served() == "1.000.000")
                        let status = try await host.status()
                        #expect(status["notes"]?.array?.isEmpty == true, "\(fault.0): \(status.text())")
                    }
                }
                #expect(allGood(counts), "\(counts)")
                #expect(try await host.release("2.000.009", fault: "unhealthy").stdout.contains("connection refused"))
            }
        }

        @Test func aReleaseThatCrashesWhileItIsWatchedIsSwitchedBack() async throws {
            try await SlotHost.with("slot-later") { host in
                #expect(try await host.release("1.000.000").code == 0)
                let counts = try await host.traffic {
                    let result = try await host.release("2.000.000", fault: "crash-later\nFAULT_AFTER=1s")
                    #expect(result.code == 4, "\(result.stdout)")
                    #expect(try await host.served() == "1.000.000")
                }
                // A request inside the dying process has an unknown outcome; one that may be repeated never fails.
                #expect(counts.filter { $0.key.hasPrefix("GET") && $0.key != "GET 200" }.isEmpty, "\(counts)")
                let status = try await host.status()
                #expect(status["notes"]?.array?.isEmpty == true, "\(status.text())")
            }
        }

        @Test func aKillAtAnyPointIsMendedByTheNextRun() async throws {
            try await SlotHost.with("slot-kill") { host in
                #expect(try await host.release("3.000.000").code == 0)
                let points = try await host.root("nante-slot points").lines
                #expect(points.count > 15)
                let counts = try await host.traffic {
                    for (number, point) in points.enumerated() {
                        let version = "3.001.0" + (number < 10 ? "0" : "") + "\(number)"
                        // "back" is reached only where a release goes bad while it is watched.
                        try await host.package(version, fault: point == "back" ? "crash-later\nFAULT_AFTER=700ms" : "")
                        let command = "nante-slot deploy demo \(version) /home/deploy/pkg/\(version)"
                        let killed = try await host.root(command, environment: ["NANTE_SLOT_KILL_AT": point])
                        #expect(killed.code == 137, "\(point): \(killed.stdout)")
                        let before = try await host.served()
                        #expect(before.hasPrefix("3.00"), "\(point): \(before)")
                        let again = try await host.root(command)
                        #expect(again.code == (point == "back" ? 4 : 0), "\(point): \(again.stdout)")
                        if point != "back" { #expect(try await host.served() == version, "\(point)") }
                        let status = try await host.status()
                        #expect(status["notes"]?.array?.isEmpty == true, "\(point): \(status.text())")
                    }
                }
                #expect(counts.filter { $0.key.hasPrefix("GET") && $0.key != "GET 200" }.isEmpty, "\(counts)")
            }
        }

        @Test func aDeathOfTheHostLeavesAReleaseThatServes() async throws {
            try await SlotHost.with("slot-power") { host in
                #expect(try await host.release("1.000.000").code == 0)
                #expect(try await host.release("1.000.001").code == 0)
                let nante = SlotHost.nante
                _ = try await host.context.processes.run(Command(nante, ["lab", "host", "stop", host.name, "--kill"]))
                _ = try await host.context.processes.run(Command(nante, ["lab", "host", "start", host.name]))
                let version = try await Wait.until("the release", within: .seconds(30), context: host.context) {
                    let found = try await host.served()
                    return found == "nothing" ? nil : found
                }
                #expect(version == "1.000.001")
            }
        }
    }
}
