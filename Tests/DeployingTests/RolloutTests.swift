import Core
import Deploying
import Octopus
import Synchronization
import Testing

/// Deployments and rollbacks against a server that plays a script.
@Suite struct RolloutTests {
    private func past(_ version: String, _ number: Int, _ state: TaskState = .success) -> DeploymentFacts {
        DeploymentFacts(
            id: "Deployments-\(number)", taskId: "ServerTasks-\(number)",
            release: ReleaseFacts(id: "Releases-" + version, version: version), state: state)
    }

    private func rollout(_ server: FakeServer, _ hosts: FakeHosts, kept: Kept = Kept()) -> Rollout {
        var options = Rollout.Options()
        options.rate = 0
        options.watch = .seconds(2)
        options.timeout = .seconds(20)
        return Rollout(
            server, hosts, context: .test(), options: options,
            commits: { _, _ in ["a1b2c3d \"Switch database\""] }, tell: { kept.add($0) })
    }

    private final class Kept: Sendable {
        let news = Mutex<[RolloutNews]>([])
        func add(_ item: RolloutNews) { news.withLock { $0.append(item) } }
        var said: [String] {
            news.withLock { $0.compactMap { if case .said(let text) = $0 { text } else { nil } } }
        }
    }

    private func bad(_ result: RolloutResult) throws -> Explanation {
        guard case .bad(let explanation) = result.ending else { throw Failure(.failed, "not bad: \(result.word)") }
        return explanation
    }

    @Test func whatServesAlreadyIsLeftAlone() async throws {
        let server = FakeServer(versions: ["1.2.4", "1.2.5"], past: [past("1.2.5", 2), past("1.2.4", 1)])
        let hosts = FakeHosts(["dev-app-1": "1.2.5", "dev-app-2": "1.2.5"])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: nil)
        #expect(result.word == "unchanged")
        #expect(await server.calls.isEmpty)
    }

    @Test func aHostThatLacksTheReleaseMakesItADeployment() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.5", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.5"], past: [past("1.2.5", 2)],
            parts: [.init(looks: [Look.success], effect: { hosts.set("dev-app-2", FakeHosts.app(version: "1.2.5")) })])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        #expect(result.word == "healthy")
        #expect(await server.calls == ["deploy 1.2.5"])
    }

    @Test func aGoodReleaseIsDeployed() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let effect: @Sendable () -> Void = {
            for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: "1.2.5")) }
        }
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
            parts: [.init(looks: [Look.task(.queued), Look.task(.executing), Look.success], effect: effect)],
            behind: ["Deployments-1 (go-app 1.2.4 to dev)"])
        let kept = Kept()
        let result = try await rollout(server, hosts, kept: kept)
            .deploy(app: "go-app", environment: "dev", version: "1.2.5")
        #expect(kept.said.first == "Deployments-2 waits in the queue behind Deployments-1 (go-app 1.2.4 to dev)")
        #expect(result.word == "healthy")
        #expect(result.previous == "1.2.4" && result.deployment == "Deployments-2")
    }

    @Test func aReleaseThatAHostRefusesIsExplained() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
            parts: [.init(looks: [Look.refused(on: "dev-app-1")])])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        // Every host serves the old release still: nothing is deployed to go back.
        #expect(await server.calls == ["deploy 1.2.5", "condemn 1.2.5"])
        #expect(
            try bad(result).failure.description == """
                go-app 1.2.5 did not become healthy on dev-app-1 (dev); 1.2.4 serves.
                  where    dev-app-1 10.87.0.11, slot green, step "Deploy" of Deployments-2
                  check    GET /healthz on slot green, 80 tries in 20 s, last: 500 "database: connection refused"
                  differs  from 1.2.4: 1 commit, a1b2c3d "Switch database"; variables unchanged
                  log      go-app@green, last 2 lines
                          listening on /run/go-app/green.sock
                          dial tcp: connection refused
                  next     nante octopus deployment logs Deployments-2  ·  nante lab host ssh dev-app-1
                """)
    }

    @Test func aReleaseThatTheSecondHostRefusesIsTakenBackFromTheFirst() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
            parts: [
                .init(
                    looks: [Look.refused(on: "dev-app-2", code: 4)],
                    effect: { hosts.set("dev-app-1", FakeHosts.app(version: "1.2.5")) }),
                .init(looks: [Look.success], effect: { hosts.set("dev-app-1", FakeHosts.app(version: "1.2.4")) }),
            ])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        #expect(await server.calls == ["deploy 1.2.5", "condemn 1.2.5", "deploy 1.2.4 bake 0.0"])
        #expect(
            try bad(result).headline
                == "go-app 1.2.5 went bad on dev-app-2 (dev) while it was watched; 1.2.4 serves again.")
    }

    @Test func aDeploymentThatAnotherFollowsUndoesNothingAndCondemnsNothing() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5", "1.3.0"], past: [past("1.2.4", 1)],
            parts: [
                .init(
                    looks: [Look.success],
                    effect: {
                        for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: "1.3.0")) }
                    })
            ])
        await server.ask(later: past("1.3.0", 9))
        let failure = await #expect(throws: Failure.self) {
            try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        }
        #expect(failure?.what == "go-app 1.2.5 was superseded in dev while it was watched")
        #expect(await server.calls == ["deploy 1.2.5"])
    }

    @Test func aReleaseThatCrashesAfterTheServerIsContentIsTakenBack() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
            parts: [
                .init(
                    looks: [Look.success],
                    effect: {
                        hosts.set(
                            "dev-app-1", FakeHosts.app(version: "1.2.5"), FakeHosts.app(version: "1.2.5", restarts: 1))
                        hosts.set("dev-app-2", FakeHosts.app(version: "1.2.5"))
                    }),
                .init(
                    looks: [Look.success],
                    effect: {
                        for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: "1.2.4")) }
                    }),
            ])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        let explanation = try bad(result)
        #expect(
            explanation.headline == "go-app 1.2.5 crashed on dev-app-1 (dev) after it was healthy; 1.2.4 serves again.")
        #expect(explanation.broughtBackBy == "Deployments-3")
        #expect(explanation.failure.evidence == ["dev-app-1 go-app@green: out of memory"])
        #expect(await server.calls.contains("condemn 1.2.5"))
    }

    @Test func withoutAnEarlierReleaseNothingCanBeGoneBackTo() async throws {
        let hosts = FakeHosts(["dev-app-1": nil, "dev-app-2": nil])
        let server = FakeServer(versions: ["1.0.0"], parts: [.init(looks: [Look.refused(on: "dev-app-1")])])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: nil)
        #expect(
            try bad(result).headline == "go-app 1.0.0 did not become healthy on dev-app-1 (dev); nothing serves.")
    }

    @Test func aRunningDeploymentOfTheSameReleaseIsFollowed() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.5", 2, .executing), past("1.2.4", 1)])
        await server.resume(
            "ServerTasks-2",
            .init(
                looks: [Look.task(.executing), Look.success],
                effect: {
                    for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: "1.2.5")) }
                }))
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        #expect(result.word == "healthy" && result.deployment == "Deployments-2")
        #expect(await server.calls.isEmpty)
    }

    @Test func aTaskThatDoesNotEndIsLeftWithItsName() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.5"], past: [past("1.2.4", 1)], parts: [.init(looks: [Look.task(.executing)])])
        let failure = await #expect(throws: Failure.self) {
            try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: nil)
        }
        #expect(failure?.exit == .deadline)
        #expect(failure?.next == ["nante octopus deployment wait Deployments-2"])
    }

    @Test func aHostThatCanNotBeAskedAfterwardsIsToldAndNothingIsTakenBack() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
            parts: [
                .init(
                    looks: [Look.success],
                    effect: {
                        hosts.set("dev-app-1", FakeHosts.app(version: "1.2.5"))
                        hosts.set("dev-app-2")
                    })
            ])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: "1.2.5")
        #expect(try bad(result).headline == "go-app 1.2.5 can't be asked for on dev-app-2 (dev); 1.2.5 serves.")
        #expect(await server.calls == ["deploy 1.2.5"])
    }

    @Test func anInterruptLeavesTheDeploymentToOctopusAndSaysWhich() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
        let server = FakeServer(
            versions: ["1.2.5"], past: [past("1.2.4", 1)], parts: [.init(looks: [Look.task(.executing)])])
        var options = Rollout.Options()
        options.rate = 0
        let rollout = Rollout(server, hosts, context: .test(quick: false), options: options)
        let work = Task { try await rollout.deploy(app: "go-app", environment: "dev", version: nil) }
        while rollout.interrupted == nil { try await Task.sleep(for: .milliseconds(2)) }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(rollout.interrupted?.id == "Deployments-2")
    }

    @Test func aDeploymentToNoHostIsNoSuccess() async throws {
        let hosts = FakeHosts([:])
        for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: nil).renamed("other")) }
        let server = FakeServer(versions: ["1.2.5"], parts: [.init(looks: [Look.success])])
        let result = try await rollout(server, hosts).deploy(app: "go-app", environment: "dev", version: nil)
        #expect(try bad(result).headline == "go-app 1.2.5 is on no host of dev; nothing serves.")
    }

    @Test func rollbackGoesToTheLastGoodRelease() async throws {
        let hosts = FakeHosts(["dev-app-1": "1.2.5", "dev-app-2": "1.2.5"])
        let server = FakeServer(
            versions: ["1.2.3", "1.2.4", "1.2.5"],
            past: [past("1.2.5", 4), past("1.2.4", 3), past("1.2.6", 2, .failed), past("1.2.3", 1)],
            parts: [
                .init(
                    looks: [Look.success],
                    effect: {
                        for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: "1.2.3")) }
                    })
            ])
        // Octopus thinks that 1.2.4 was deployed well; it was found bad later.
        await server.markBad("1.2.4")
        let result = try await rollout(server, hosts).rollback(app: "go-app", environment: "dev", to: nil)
        #expect(result.word == "healthy" && result.version == "1.2.3" && result.previous == "1.2.5")
        #expect(await server.calls == ["condemn 1.2.5", "deploy 1.2.3 bake 0.0"])
    }

    @Test func rollbackWithoutAnEarlierReleaseSaysSo() async throws {
        let server = FakeServer(versions: ["1.2.5"], past: [past("1.2.5", 1)])
        let hosts = FakeHosts(["dev-app-1": "1.2.5", "dev-app-2": "1.2.5"])
        let failure = await #expect(throws: Failure.self) {
            try await rollout(server, hosts).rollback(app: "go-app", environment: "dev", to: nil)
        }
        #expect(failure?.what == "go-app has no earlier good release in dev")
    }

    @Test func failedRequestsAfterADeploymentCondemnIt() async throws {
        try await FaultyServer.with { faulty in
            let hosts = FakeHosts(["dev-app-1": "1.2.4", "dev-app-2": "1.2.4"])
            let take: @Sendable (String) -> @Sendable () -> Void = { version in
                { for host in FakeServer.hosts { hosts.set(host.name, FakeHosts.app(version: version)) } }
            }
            let server = FakeServer(
                versions: ["1.2.4", "1.2.5"], past: [past("1.2.4", 1)],
                parts: [
                    .init(looks: [Look.success], effect: take("1.2.5")),
                    .init(looks: [Look.success], effect: take("1.2.4")),
                ])
            var options = Rollout.Options()
            options.url = faulty.url
            options.get = ["/404"]
            options.rate = 200
            options.lead = .zero
            options.watch = .seconds(30)
            let rollout = Rollout(server, hosts, context: .test(quick: false), options: options)
            let result = try await rollout.deploy(app: "go-app", environment: "dev", version: "1.2.5")
            #expect(
                try bad(result).headline
                    == "go-app 1.2.5 does not answer requests well in dev; 1.2.4 serves again.")
        }
    }
}

/// What is deployed where, by both answers.
@Suite struct SurveyTests {
    private let hosts = FakeServer.hosts

    private func states(_ apps: [SlotReport.App?]) throws -> [HostState] {
        try zip(hosts, apps).map { host, app in
            guard let app else { return HostState(host: host, answer: .failure(Failure(.missing, "no way to it"))) }
            var report = try SlotReport(parsing: #"{"apps":[]}"#, from: host.name)
            report.apps = [app]
            return HostState(host: host, answer: .success(report))
        }
    }

    @Test func answersThatAgreeAreSound() throws {
        let rows = Survey.merge(
            [Deployed(app: "go-app", environment: "dev", version: "1.2.5")],
            try states([FakeHosts.app(version: "1.2.5"), FakeHosts.app(version: "1.2.5")]), "dev")
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0.isSound })
    }

    @Test func everyDisagreementIsTold() throws {
        let rows = Survey.merge(
            [Deployed(app: "go-app", environment: "dev", version: "1.2.5", unsettled: "Deployments-3 is Executing")],
            try states([FakeHosts.app(version: "1.2.4", healthy: false), nil]), "dev")
        #expect(
            rows.map(\.notes) == [
                [
                    "Deployments-3 is Executing", "Octopus deployed 1.2.5, the host serves 1.2.4",
                    "not healthy: 500 no database",
                ], ["Deployments-3 is Executing", "no way to it"],
            ])
    }

    @Test func aReleaseWithoutAHostAndAHostWithoutAReleaseAreRows() throws {
        let nowhere = Survey.merge([Deployed(app: "other", environment: "dev", version: "1")], [], "dev")
        #expect(nowhere.map(\.notes) == [["no host of dev knows other"]])
        let found = try states([FakeHosts.app(version: "9"), FakeHosts.app(version: nil)])
        let byHand = Survey.merge([], found, "dev")
        #expect(byHand.map(\.notes) == [["Octopus deployed nothing, the host serves 9"], []])
        #expect(Survey.merge([], [], "dev").isEmpty)
    }
}
