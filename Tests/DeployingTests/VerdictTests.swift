import Core
import Deploying
import Octopus
import Testing

@Suite struct VerdictTests {
    private func report(_ phases: [ProbePhase: (sent: Int, failed: Int, unknown: Int)]) -> ProbeReport {
        ProbeReport(
            phases: phases.mapValues { counts in
                var tally = ProbeTally()
                tally.sent = counts.sent
                tally.failed = counts.failed
                tally.unknown = counts.unknown
                return tally
            }, bad: [], skipped: 0, lag: .zero)
    }

    @Test func oneFailedRequestAfterwardsIsTooMany() {
        #expect(Verdict.of(requests: report([.before: (50, 0, 0), .after: (400, 0, 0)])) == nil)
        #expect(Verdict.of(requests: report([.before: (50, 0, 0), .after: (400, 1, 0)])) != nil)
        // While it was deployed they are told of, and do not take the release back.
        #expect(Verdict.of(requests: report([.during: (50, 9, 0), .after: (400, 0, 0)])) == nil)
    }

    @Test func failuresFromBeforeAreNotHeldAgainstIt() {
        #expect(Verdict.of(requests: report([.before: (50, 50, 0), .after: (400, 400, 0)])) == nil)
        #expect(Verdict.of(requests: report([.before: (100, 1, 0), .after: (100, 50, 0)])) != nil)
    }

    @Test func aFewOfUnknownOutcomeAreLossesManyAreAFault() {
        #expect(Verdict.of(requests: report([.after: (400, 0, 2)])) == nil)
        #expect(Verdict.of(requests: report([.after: (400, 0, 100)])) != nil)
    }

    @Test func aCrashExplainsMoreThanWhatFollowsFromIt() {
        let states = [
            HostState(host: FakeServer.hosts[0], app: FakeHosts.app(version: "1", healthy: false)),
            HostState(host: FakeServer.hosts[1], app: FakeHosts.app(version: "1", restarts: 3)),
        ]
        guard case .crashed(let host, _) = Verdict.of(states: states, app: "go-app", version: "1") else {
            Issue.record("not a crash")
            return
        }
        #expect(host.name == "dev-app-2")
    }

    @Test func theHostOfARefusalIsTheOneNamedInTheLog() {
        let hosts = [
            TargetHost(name: "dev-app-1", address: "10.0.0.1"), TargetHost(name: "dev-app-10", address: "10.0.0.10"),
        ]
        guard case .refused(let host, _, let step) = Verdict.of(task: Look.refused(on: "dev-app-10"), hosts: hosts)
        else {
            Issue.record("no refusal")
            return
        }
        #expect(host.name == "dev-app-10" && step == "Deploy")
    }

    @Test func theHostAndTheLineOfAFailureAreFound() {
        let details = TaskDetails.make { details in
            details.task.state = .failed
            details.task.errorMessage = "One or more steps failed"
            details.activityLogs = [
                Look.node(
                    "Deploy", .failed,
                    [Look.node("Step 1: Deploy", .failed, [Look.node("dev-app-2", .failed, trouble: "no route")])])
            ]
        }
        #expect(
            Verdict.of(task: details, hosts: FakeServer.hosts)
                == .task(.failed, message: "no route", on: FakeServer.hosts[1]))
    }

    @Test func aTaskWithoutARefusalTellsItsOwnReason() {
        let details = Look.task(.failed, error: "No machines were found in the role 'web'")
        #expect(
            Verdict.of(task: details, hosts: [])
                == .task(.failed, message: "No machines were found in the role 'web'"))
    }
}

extension HostState {
    fileprivate init(host: TargetHost, app: SlotReport.App) {
        let empty = try? SlotReport(parsing: #"{"apps":[]}"#, from: host.name)
        var state = HostState(host: host, answer: .failure(Failure(.missing, "no report")))
        if var report = empty {
            report.apps = [app]
            state.answer = .success(report)
        }
        self = state
    }
}
