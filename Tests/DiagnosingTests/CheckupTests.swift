import Core
import Foundation
import Synchronization
import Testing

@testable import Diagnosing

/// How checks are made together.
@Suite struct CheckupTests {
    private func run(_ checks: [Check]) async -> CheckReport { CheckReport(await Checkup(checks).run(.live())) }

    @Test func aCheckWaitsForThoseThatItNeeds() async {
        let order = Mutex<[String]>([])
        func check(_ id: String, needs: [String] = []) -> Check {
            Check(id, "G", id, needs: needs) {
                order.withLock { $0.append(id) }
                return .ok("fine")
            }
        }
        let report = await run([check("a"), check("b", needs: ["a"]), check("c", needs: ["b", "a"])])
        #expect(order.withLock { $0 } == ["a", "b", "c"])
        #expect(report.findings.map(\.id) == ["a", "b", "c"])
        #expect(report.exit == .done && report.summary == "all 3 ok")
    }

    @Test func checksWithoutNeedsRunAtTheSameTime() async {
        // Each waits for the other: one after the other they would never end.
        let (first, second) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        let report = await run([
            Check("a", "G", "a") {
                second.continuation.yield()
                for await _ in first.stream { break }
                return .ok("met")
            },
            Check("b", "G", "b") {
                first.continuation.yield()
                for await _ in second.stream { break }
                return .ok("met")
            },
        ])
        #expect(report.count(.ok) == 2)
    }

    @Test func whatNeedsABadOneIsNotLookedAt() async {
        let report = await run([
            Check("a", "G", "server") { throw Failure(.missing, "away", why: "refused", next: ["start it"]) },
            Check("b", "G", "token", needs: ["a"]) { .ok("never") },
            Check("c", "G", "rights", needs: ["b"]) { .ok("never") },
        ])
        #expect(report.findings.map(\.status) == [.missing, .skipped, .skipped])
        #expect(report.findings[0].details == ["refused"] && report.findings[0].fix == ["start it"])
        #expect(report.findings[1].what == "not looked at, since server is not well")
    }

    @Test func aWarningLetsTheNextOnesRun() async {
        let report = await run([
            Check("a", "G", "a") { CheckOutcome(.warning, "soon") }, Check("b", "G", "b", needs: ["a"]) { .ok("x") },
        ])
        #expect(report.findings.map(\.status) == [.warning, .ok])
        #expect(report.exit == .done)
    }

    @Test func aCheckThatNeedsALaterOneIsAFaultAndNoDeadlock() async {
        let report = await run([
            Check("a", "G", "a", needs: ["b"]) { .ok("x") }, Check("b", "G", "b", needs: ["a"]) { .ok("x") },
            Check("c", "G", "c", needs: ["nothing"]) { .ok("x") },
        ])
        #expect(report.findings.map(\.status) == [.failed, .skipped, .failed])
    }

    @Test func aCheckThatHangsMeetsItsDeadline() async {
        let report = await run([
            Check("a", "G", "slow thing", limit: .milliseconds(50)) {
                try await Task.sleep(for: .seconds(600))
                return .ok("never")
            }
        ])
        #expect(report.findings[0].status == .missing)
        #expect(report.findings[0].what.contains("slow thing took longer than"))
    }

    @Test func anInterruptEndsAllChecks() async {
        let begun = AsyncStream<Void>.makeStream()
        let work = Task {
            await run([
                Check("a", "G", "a", limit: .seconds(600)) {
                    begun.continuation.yield()
                    try await Task.sleep(for: .seconds(600))
                    return .ok("never")
                }
            ])
        }
        for await _ in begun.stream { break }
        work.cancel()
        #expect(await work.value.findings.map(\.status) == [.skipped])
    }

    @Test func theExitTellsWrongFromMissing() {
        func report(_ statuses: Finding.Status...) -> Exit {
            CheckReport(
                statuses.map {
                    Finding(
                        id: "i", group: "g", title: "t", status: $0, what: "w", details: [], fix: [], took: .zero)
                }
            ).exit
        }
        #expect(report(.ok, .warning, .skipped) == .done)
        #expect(report(.ok, .missing) == .missing)
        #expect(report(.missing, .failed) == .failed)
        #expect(report() == .done)
    }

    @Test func showsATreeAndStableData() {
        let report = CheckReport([
            Finding(
                id: "a.b", group: "G", title: "thing", status: .failed, what: "it is wrong", details: ["since"],
                fix: ["mend"], took: .seconds(1)),
            Finding(id: "a.c", group: "G", title: "x", status: .ok, what: "fine", details: [], fix: [], took: .zero),
        ])
        #expect(
            report.lines { $0 == .ok ? "+" : "-" } == [
                "G", "  - thing  it is wrong", "           since", "           fix  mend", "  + x      fine", "",
                "1 ok, 1 wrong",
            ])
        #expect(
            report.json.text() == #"{"version":1,"summary":{"ok":1,"warning":0,"failed":1,"missing":0,"skipped":0},"#
                + #""exit":1,"findings":[{"id":"a.b","group":"G","title":"thing","status":"failed","#
                + #""what":"it is wrong","details":["since"],"fix":["mend"]},{"id":"a.c","group":"G","title":"x","#
                + #""status":"ok","what":"fine","details":[],"fix":[]}]}"#)
    }

    @Test func aValueIsFetchedOnceForAll() async throws {
        let count = Mutex(0)
        let once = Once {
            count.withLock {
                $0 += 1; return $0
            }
        }
        async let one = once.value()
        async let two = once.value()
        #expect(try await [one, two] == [1, 1])
    }
}
