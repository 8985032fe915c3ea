import Core
import Deploying
import Testing

/// The prober against real servers that fail in each way; one after the other, since each has its own steady rate.
@Suite(.serialized) struct ProberTests {
    /// Sends a few requests of one kind and gives the report.
    private func probe(_ url: String, get: [String] = [], post: [String] = [], count: Int = 4) async throws
        -> ProbeReport
    {
        var plan = try ProbePlan(url: url, rate: 200, get: get, post: post)
        plan.timeout = (get + post).contains("/hang") ? .seconds(1) : .seconds(5)
        let prober = Prober(plan, context: .test(quick: false))
        try await prober.run {
            while prober.report.total.sent < count { try await Task.sleep(for: .milliseconds(5)) }
        }
        return prober.report
    }

    @Test(arguments: ["/503", "/404", "/cut", "/partial", "/garbage", "/hang"])
    func aGetWithoutAGoodAnswerFails(path: String) async throws {
        let report = try await FaultyServer.with { try await probe($0.url, get: [path]) }
        #expect(report.total.failed == report.total.sent)
        #expect(report.total.unknown == 0)
        #expect(report.bad.first?.request == .init("GET", path))
        #expect(report.total.window != nil)
    }

    @Test(arguments: ["/503", "/cut", "/partial", "/garbage", "/hang"])
    func aPostThatWasSentIsOfUnknownOutcome(path: String) async throws {
        let report = try await FaultyServer.with { try await probe($0.url, post: [path]) }
        // On a starved machine a connection may not be made in time: such a request was never sent.
        #expect(report.total.unknown > 0)
        #expect(report.total.unknown + report.total.failed == report.total.sent)
        let failed = report.bad.filter { $0.outcome == .failed }
        #expect(failed.allSatisfy { $0.message?.hasPrefix("no connection within") == true })
    }

    @Test func aPostThatWasRefusedWholeMayBeRepeated() async throws {
        let report = try await FaultyServer.with { try await probe($0.url, post: ["/404"]) }
        #expect(report.total.failed == report.total.sent)
    }

    @Test func nothingIsSentToAClosedPort() async throws {
        let port = try await FaultyServer.closedPort()
        let report = try await probe("http://127.0.0.1:\(port)", get: ["/"], post: ["/"])
        #expect(report.total.failed == report.total.sent)
        #expect(report.bad.allSatisfy { $0.message == "connection refused" })
    }

    @Test func goodAnswersAreGoodAndLateOnesSlowed() async throws {
        try await FaultyServer.with { server in
            let good = try await probe(server.url, get: ["/good"], post: ["/good"], count: 20)
            #expect(good.total.failed + good.total.unknown == 0)
            let late = try await probe(server.url, get: ["/slow"])
            #expect(late.total.slowed == late.total.sent)
            #expect(late.total.latency.percentile(0.5) >= .milliseconds(290))
        }
    }

    @Test func requestsOfAPhaseAreCountedInIt() async throws {
        try await FaultyServer.with { server in
            let plan = try ProbePlan(url: server.url, rate: 200, get: ["/good"])
            let prober = Prober(plan, context: .test(quick: false))
            try await prober.run {
                while prober.report[.before].sent < 3 { try await Task.sleep(for: .milliseconds(5)) }
                prober.enter(.during)
                while prober.report[.during].sent < 3 { try await Task.sleep(for: .milliseconds(5)) }
            }
            let report = prober.report
            #expect(report.total.sent == report[.before].sent + report[.during].sent)
            #expect(report[.after].sent == 0)
        }
    }

    @Test func theRateIsKeptWhileAnswersHang() async throws {
        let report = try await FaultyServer.with { try await probe($0.url, get: ["/hang"], count: 30) }
        #expect(report.total.sent >= 30)
        #expect(report.skipped == 0)
    }

    @Test func requestsOverTheLimitAreCountedAndNotSent() async throws {
        try await FaultyServer.with { server in
            var plan = try ProbePlan(url: server.url, rate: 500, get: ["/hang"])
            plan.timeout = .milliseconds(300)
            plan.limit = 5
            let prober = Prober(plan, context: .test(quick: false))
            try await prober.run {
                while prober.report.skipped < 10 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(prober.report.total.sent >= 5)
        }
    }

    @Test(arguments: ["ftp://x", "x", "http://", "http:///path"])
    func anAddressThatCanNotBeAskedIsRefused(url: String) {
        #expect(throws: Failure.self) { try ProbePlan(url: url) }
    }

    @Test(arguments: ["", "x", "/a b", "/a\nb", "/$(id)"])
    func aPathThatIsNoneIsRefused(path: String) {
        #expect(throws: Failure.self) { try ProbePlan(url: "http://127.0.0.1", get: [path]) }
    }

    @Test func percentilesAreCloseFromAbove() {
        var histogram = LatencyHistogram()
        for value in 1...1_000 { histogram.add(.milliseconds(value)) }
        let half = histogram.percentile(0.5)
        #expect(half >= .milliseconds(500) && half <= .milliseconds(516))
        #expect(histogram.percentile(1) == .milliseconds(1_000))
        #expect(histogram.longest == .milliseconds(1_000))
        #expect(LatencyHistogram().percentile(0.99) == .zero)
    }
}
