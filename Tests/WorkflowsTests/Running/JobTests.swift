import Core
import Foundation
import Testing

@testable import Workflows

@Suite struct JobTests {
    static let ok = "runs-on: ubuntu-latest\n  steps: [{run: \"true\"}]"

    /// A skipped ancestor anywhere makes success() false, also behind a job that ran with always().
    @Test func skippedAncestors() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  if: false
                  \(Self.ok)
                b:
                  needs: a
                  if: always()
                  \(Self.ok)
                c:
                  needs: b
                  \(Self.ok)
                d:
                  needs: b
                  if: ${{ !cancelled() && !failure() }}
                  \(Self.ok)
                e:
                  needs: a
                  if: success() || failure() || cancelled()
                  \(Self.ok)
                """)
        let report = try await rig.run()
        #expect(report.results == ["a": .skipped, "b": .success, "c": .skipped, "d": .success, "e": .skipped])
        #expect(report.result == .success)
        #expect(report.jobs["c"]?.message == "a was skipped")
    }

    @Test func failedAncestors() async throws {
        let rig = try await Rig(
            jobs: """
                bad:
                  runs-on: ubuntu-latest
                  steps: [{run: exit 1}]
                soft:
                  continue-on-error: true
                  runs-on: ubuntu-latest
                  steps: [{run: exit 1}]
                after-soft:
                  needs: soft
                  if: needs.soft.result == 'success'
                  \(Self.ok)
                next:
                  needs: bad
                  \(Self.ok)
                mend:
                  needs: next
                  if: failure()
                  \(Self.ok)
                """)
        let report = try await rig.run()
        #expect(
            report.results == [
                "bad": .failure, "soft": .success, "after-soft": .success, "next": .skipped, "mend": .success,
            ])
        #expect(report.result == .failure)
    }

    @Test func matrixAndOutputs() async throws {
        let rig = try await Rig(
            jobs: """
                list:
                  runs-on: ubuntu-latest
                  outputs: {items: "${{ steps.s.outputs.items }}"}
                  steps: [{id: s, run: "echo 'items=[1,2,3]' >> $GITHUB_OUTPUT"}]
                legs:
                  needs: list
                  runs-on: ubuntu-latest
                  strategy:
                    max-parallel: 2
                    matrix: {n: "${{ fromJSON(needs.list.outputs.items) }}"}
                  outputs: {"n${{ 1 }}": x}
                  steps: [{run: "echo leg ${{ matrix.n }} of ${{ strategy.job-total }}"}]
                """.replacing("\"n${{ 1 }}\": x", with: "last: \"${{ matrix.n }}\""))
        let report = try await rig.run()
        #expect(report.result == .success)
        #expect(report.jobs["legs[2]"]?.name == "legs (3)")
        #expect(try rig.log(report, "legs[1]", "1") == "leg 2 of 3\n")
    }

    @Test func failFastCancelsOtherLegs() async throws {
        let rig = try await Rig(
            jobs: """
                legs:
                  runs-on: ubuntu-latest
                  strategy: {matrix: {n: [0, 60]}}
                  steps:
                    - run: sleep ${{ matrix.n }}; exit 1
                    - if: always()
                      run: echo still
                free:
                  runs-on: ubuntu-latest
                  strategy: {fail-fast: false, matrix: {n: [1, 0]}}
                  steps: [{run: "exit ${{ matrix.n }}"}]
                """)
        let report = try await rig.run()
        #expect(report.results["legs[0]"] == .failure)
        #expect(report.results["legs[1]"] == .cancelled)
        #expect(report.outcome("legs[1]", "1") == .cancelled)
        #expect(try rig.log(report, "legs[1]", "2") == "still\n")
        #expect(report.results["free[0]"] == .failure && report.results["free[1]"] == .success)
        #expect(report.result == .failure)
    }

    @Test func timeoutsOfStepsAndJobs() async throws {
        let rig = try await Rig(
            jobs: """
                step:
                  runs-on: ubuntu-latest
                  steps:
                    - run: sleep 60
                      timeout-minutes: 0.003
                    - if: failure()
                      run: echo after
                job:
                  timeout-minutes: 0.003
                  runs-on: ubuntu-latest
                  steps: [{run: sleep 60}]
                """)
        let report = try await rig.run()
        #expect(report.outcome("step", "1") == .failure)
        #expect(report.jobs["step"]?.steps["1"]?.record?.message?.contains("timeout-minutes") == true)
        #expect(report.outcome("step", "2") == .success)
        #expect(report.results["job"] == .cancelled)
        #expect(report.jobs["job"]?.message?.contains("timeout-minutes") == true)
    }

    @Test func cancellingEndsStepsButNotThoseThatAlwaysRun() async throws {
        let rig = try await Rig(
            jobs: """
                a:
                  runs-on: ubuntu-latest
                  steps:
                    - run: |
                        trap 'echo interrupted; exit 1' INT
                        echo started
                        sleep 60 & wait
                    - run: echo never
                    - if: always()
                      run: echo "cleaning ${{ job.status }}"
                    - if: cancelled()
                      run: echo cancelled
                b:
                  needs: a
                  \(Self.ok)
                c:
                  needs: a
                  if: always()
                  runs-on: ubuntu-latest
                  steps: [{run: echo c}]
                """)
        let view = FirstLine()
        let run = try await rig.prepare("test", view: view)
        view.onFirst { run.cancel("by the test") }
        let report = try await run.run()
        #expect(report.result == .cancelled)
        #expect(report.cancelled == "by the test")
        #expect(report.results == ["a": .cancelled, "b": .cancelled, "c": .success])
        #expect((1...4).map { report.outcome("a", "\($0)") } == [.cancelled, .skipped, .success, .success])
        #expect(try rig.log(report, "a", "1") == "started\ninterrupted\n")
        #expect(try rig.log(report, "a", "3") == "cleaning cancelled\n")
    }

    @Test func concurrencyGroupsRunOneAtATime() async throws {
        let groups = ConcurrencyGroups()
        let (first, second, third) = (Cancellation(), Cancellation(), Cancellation())
        #expect(await groups.enter("g", cancelsRunning: false, as: first))
        async let waiting = groups.enter("G", cancelsRunning: false, as: second)
        while await !groups.isWaited("g") { await Task.yield() }
        async let newer = groups.enter("g", cancelsRunning: true, as: third)
        #expect(await waiting == false)
        while await !groups.isWaited("g") { await Task.yield() }
        #expect(second.cause == .superseded("g") && first.cause == .superseded("g"))
        await groups.leave("g")
        #expect(await newer)
        await groups.leave("g")
        #expect(await groups.enter("g", cancelsRunning: false, as: Cancellation()))
    }

    @Test func selectedJobs() async throws {
        let rig = try await Rig(jobs: "a:\n  \(Self.ok)\nb:\n  needs: a\n  \(Self.ok)\nc:\n  \(Self.ok)\n")
        #expect(try await rig.run { $0.jobs = ["b"] }.results == ["a": .success, "b": .success])
        await #expect { try await rig.run { $0.jobs = ["x"] } } throws: { "\($0)".contains("it has a, b, c") }
    }

    @Test func otherSystemsAndContainers() async throws {
        let rig = try await Rig(
            jobs: """
                win:
                  runs-on: windows-latest
                  steps: [{run: x}]
                box:
                  runs-on: ubuntu-latest
                  container: alpine
                  steps: [{run: x}]
                """)
        let report = try await rig.run()
        #expect(report.results == ["win": .failure, "box": .failure])
        #expect(report.jobs["win"]?.message?.contains("windows-latest is not this machine") == true)
        #expect(report.jobs["box"]?.message?.contains("not in containers") == true)
    }
}

/// Calls back when the first line of a step comes.
final class FirstLine: RunView {
    private let handler = Handler()
    func event(_ entry: JournalEntry) {}
    func line(job: String, step: String, text: String) { handler.fire() }
    func onFirst(_ call: @escaping @Sendable () -> Void) { handler.set(call) }
}
