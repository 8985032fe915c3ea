import Core
import Foundation
import Testing

@testable import Provisioning

@Suite struct ProvisionerTests {
    let bench = ProvisionBench()

    @Test func fromNothingToUnchanged() async throws {
        let provisioner = try bench.provisioner(try ProvisionBench.manifest())
        let plan = try await provisioner.plan()
        #expect(plan.summary == "11 to create")
        #expect(bench.hosts.calls.isEmpty)
        #expect(try await provisioner.apply() == plan)
        // All hosts at once, app hosts before the balancer, targets after configuration.
        #expect(Set(bench.hosts.calls.prefix(3)) == ["make dev-app-1", "make dev-app-2", "make dev-lb-1"])
        #expect(bench.hosts.calls.last == "configure dev-lb-1")
        #expect(bench.registry.calls.first == "prepare dev")
        let registered = ["dev-app-1", "dev-app-2", "dev-lb-1"].map { "register \($0)" }
        #expect(Set(bench.registry.calls.dropFirst()) == Set(registered))
        bench.hosts.forgetCalls()
        let again = try await provisioner.apply()
        #expect(again.changes.isEmpty)
        #expect(again.summary == "no change")
        #expect(plan.outcome == "11 created")
        #expect(bench.hosts.calls.isEmpty)
    }

    @Test func aThirdHostStandsByUntilItServes() async throws {
        _ = try await bench.provisioner(try ProvisionBench.manifest()).apply()
        for name in ["dev-app-1", "dev-app-2"] { bench.hosts.change(name) { $0.serving = ["go-app"] } }
        let three = try bench.provisioner(try ProvisionBench.manifest(apps: 3))
        let plan = try await three.plan()
        #expect(plan.names(.host, .create) == ["dev-app-3"])
        #expect(plan.items.contains { $0.name == "dev-lb-1" && $0.details.contains("balances dev-app-3 too") })
        _ = try await three.apply()
        let planner = three.planner(for: try await three.observe())
        let balancer = try #require(planner.desired.hosts.last)
        let site = try #require(planner.configuration(of: balancer).files.last)
        #expect(site.text.contains("server 10.0.0.11:80 max_fails=0;\n"))
        #expect(site.text.contains("server 10.0.0.14:80 max_fails=0 backup;\n"))
        bench.hosts.change("dev-app-3") { $0.serving = ["go-app"] }
        #expect(try await three.plan().changes.map(\.name) == ["dev-lb-1"])
    }

    @Test func whatIsGoneLeavesTheBalancerFirst() async throws {
        _ = try await bench.provisioner(try ProvisionBench.manifest()).apply()
        bench.hosts.forgetCalls()
        let one = try bench.provisioner(try ProvisionBench.manifest(apps: 1))
        let plan = try await one.apply()
        #expect(plan.names(.host, .remove) == ["dev-app-2"])
        #expect(plan.names(.target, .remove) == ["dev-app-2"])
        #expect(bench.hosts.calls == ["configure dev-lb-1", "remove dev-app-2"])
        #expect(bench.registry.calls.last == "remove dev-app-2")
        #expect(try await one.plan().changes.isEmpty)
    }

    @Test func driftIsFoundAndMended() async throws {
        let provisioner = try bench.provisioner(try ProvisionBench.manifest())
        _ = try await provisioner.apply()
        bench.hosts.change("dev-app-1") { $0.digests["/etc/sudoers.d/nante"] = "0" }
        bench.hosts.change("dev-app-2") { $0.digests["/etc/sudoers.d/nante"] = "missing" }
        let plan = try await provisioner.plan()
        #expect(
            plan.changes.map(\.details) == [
                ["~ /etc/sudoers.d/nante"], ["+ /etc/sudoers.d/nante (was removed by hand)"],
            ])
        _ = try await provisioner.apply()
        #expect(try await provisioner.plan().changes.isEmpty)
    }

    @Test func aHostMadeAnewGetsItsTargetAgain() async throws {
        let provisioner = try bench.provisioner(try ProvisionBench.manifest())
        _ = try await provisioner.apply()
        try await bench.hosts.remove(["dev-app-2"], keeping: [])
        let plan = try await provisioner.apply()
        #expect(plan.names(.host, .create) == ["dev-app-2"])
        #expect(plan.names(.target, .change) == ["dev-app-2"])
        #expect(bench.registry.content.withLock { $0.targets["dev-app-2"]?.host } == "10.0.0.14")
    }

    @Test func aFailureIsTakenUp() async throws {
        let provisioner = try bench.provisioner(try ProvisionBench.manifest())
        bench.hosts.state.withLock { $0.failing = "configure dev-app-1" }
        let failure = await #expect(throws: Failure.self) { _ = try await provisioner.apply() }
        #expect(failure?.description.contains("nginx refuses") == true)
        // The other host of the same step was brought to its end.
        #expect(bench.hosts.calls.contains("configure dev-app-2"))
        bench.hosts.state.withLock { $0.failing = nil }
        let plan = try await provisioner.apply()
        #expect(plan.names(.configuration, .create) == ["dev-app-1", "dev-lb-1"])
        #expect(try await provisioner.plan().changes.isEmpty)
    }

    @Test func aKilledApplyIsNamed() async throws {
        let journal = Journal(folder: bench.folder, environment: "dev", context: Context.live())
        #expect(try journal.open("apply") == nil)
        try journal.note(.begin, "hosts dev-app-1")
        try journal.note(.done, "hosts dev-app-1")
        try journal.note(.begin, "configure dev-app-1")
        _ = try await bench.provisioner(try ProvisionBench.manifest()).apply()
        let said = bench.events.withLock { $0 }
        #expect(said.contains(.say("taking up an apply that was cut off at: configure dev-app-1")))
        #expect(try journal.open("apply") == nil)
    }

    @Test func whatBelongsToOthersIsRefused() async throws {
        let provisioner = try bench.provisioner(try ProvisionBench.manifest())
        bench.registry.content.withLock { $0.foreign = ["dev-app-1"] }
        #expect(await #expect(throws: Failure.self) { _ = try await provisioner.plan() }?.exit == .refused)
        bench.registry.content.withLock { $0.foreign = [] }
        _ = try await provisioner.apply()
        bench.hosts.change("dev-app-1") { $0.made.isOurs = false }
        #expect(await #expect(throws: Failure.self) { _ = try await provisioner.apply() }?.exit == .refused)
    }

    @Test func destroyTakesTargetsFirst() async throws {
        _ = try await bench.provisioner(try ProvisionBench.manifest()).apply()
        bench.hosts.forgetCalls()
        let destroyer = Destroyer(
            environment: "dev", maker: bench.hosts, registry: bench.registry, key: ProvisionBench.key,
            folder: bench.folder, context: Context.live()
        ) { _ in }
        let plan = try await destroyer.plan()
        #expect(plan.items.count == 6)
        try await destroyer.destroy(plan)
        #expect(bench.hosts.calls.count == 3)
        #expect(try await destroyer.plan().items.isEmpty)
    }

    @Test func destroyLeavesTargetsOfAnotherRepositorysHosts() async throws {
        _ = try await bench.provisioner(try ProvisionBench.manifest()).apply()
        for name in ["dev-app-1", "dev-app-2", "dev-lb-1"] { bench.hosts.change(name) { $0.made.isOurs = false } }
        let destroyer = Destroyer(
            environment: "dev", maker: bench.hosts, registry: bench.registry, key: ProvisionBench.key,
            folder: bench.folder, context: Context.live()
        ) { _ in }
        #expect(try await destroyer.plan().names(.target, .remove).isEmpty)
    }

    @Test func fingerprintsOfKeys() {
        // Made by: ssh-keygen -lf of this key.
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHY626h9XHOkUxhWswtn33BXqapa3Aoi8zUcE891OLTa x"
        #expect(Provisioner.fingerprint(ofKey: key)?.hasPrefix("SHA256:") == true)
        #expect(Provisioner.fingerprint(ofKey: key)?.count == 50)
        #expect(Provisioner.fingerprint(ofKey: "x") == nil)
    }
}
