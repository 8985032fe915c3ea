import Core
import Foundation
import SSH
import Synchronization
import Testing

@testable import Provisioning

@Suite struct TerraformHostMakerTests {
    let platform = FakePlatform()
    let folder = FileManager.default.temporaryDirectory.path + "/nante-maker-\(SystemRandom().hex(bytes: 6))"

    func maker(
        _ repository: String = "shop", others: [MadeHost] = [], answering: Set<String> = [], isLab: Bool = false
    ) throws -> TerraformHostMaker {
        var context = Context.live()
        context.processes = platform
        context.environment["NANTE_HOME"] = folder + "/home"
        let networks = Manifest.Network.usual
        return TerraformHostMaker(
            site: MachineSite(
                repository: repository, environment: "dev", networks: networks, vlan: 20, ids: 1000...9999,
                publicKey: "ssh-ed25519 AAAA", isLab: isLab),
            cluster: platform, stack: platform, store: platform.records, stateKey: FakePlatform.stateKey,
            login: HostLogin(
                options: SSHOptions(), knownHosts: folder + "/.nante/known_hosts", pins: true, context: context),
            others: { others }, answers: { Set($0.filter { answering.contains($0.description) }) },
            folder: folder, context: context)
    }

    func wishes(_ count: Int, cores: Int = 1, _ change: (inout DesiredHost) -> Void = { _ in }) -> [DesiredHost] {
        (0..<count).map { number in
            var host = DesiredHost(name: "dev-app-\(number + 1)", cores: cores, memory: 256, targets: ["web"])
            change(&host)
            return host
        }
    }

    func apply(_ all: [DesiredHost], replacing: Set<String> = []) async throws -> [MadeHost] {
        let maker = try maker()
        let survey = try await maker.survey(all)
        let made = try await maker.make(all, of: all, replacing: replacing) { _ in }
        let gone = survey.hosts.filter { host in host.isOurs && !all.contains { $0.name == host.name } }.map(\.name)
        if !gone.isEmpty { try await maker.remove(gone, keeping: all) }
        return made
    }

    /// The hosts are there, running, and terraform has nothing to do.
    func isSettled(_ all: [DesiredHost]) async throws -> Bool {
        let survey = try await maker().survey(all)
        let ours = survey.hosts.filter { $0.isOurs && $0.isRunning }
        return survey.changes?.isEmpty == true && ours.map(\.name).sorted() == all.map(\.name).sorted()
            && ours.allSatisfy { !$0.hostKey.isEmpty }
    }

    @Test func fromNothingToUnchanged() async throws {
        let maker = try maker()
        let all = wishes(3)
        let survey = try await maker.survey(all)
        #expect(survey.changes?.values.map(\.action) == [.create, .create, .create])
        // A plan reserves nothing and records nothing.
        #expect(try await platform.records.keys("nante/").isEmpty)
        let made = try await apply(all)
        #expect(made.map(\.address) == ["192.168.20.10", "192.168.20.11", "192.168.20.12"])
        #expect(made.compactMap(\.vmid) == [1000, 1001, 1002])
        #expect(made.map(\.hostKey) == ["ssh-ed25519 KEY1", "ssh-ed25519 KEY2", "ssh-ed25519 KEY3"])
        #expect(try await platform.records.keys("nante/ids/").count == 3)
        let text = try String(contentsOfFile: folder + "/.nante/known_hosts", encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3)
        #expect(try await isSettled(all))
        // Nothing differs: terraform is not even asked, until something does.
        platform.forgetCalls()
        #expect(try await isSettled(all))
        #expect(platform.calls.isEmpty)
        platform.change("dev-app-2") { $0.cores = 4 }
        #expect(try await maker.survey(all).changes?.keys.sorted() == ["dev-app-2"])
        #expect(platform.calls == ["plan"])
    }

    @Test func theInventoryIsTyped() async throws {
        _ = try await apply(wishes(2))
        let inventory = try #require(try Inventory.load(folder, environment: "dev", context: Context.live()))
        #expect(inventory.hosts.map(\.name) == ["dev-app-1", "dev-app-2"])
        #expect(inventory.hosts[0].user == "root" && inventory.hosts[0].vmid == 1000)
        #expect(inventory.hosts[0].tags == ["dev", "nante", "shop", "web"])
        #expect(inventory.hosts[1].hostKey == "ssh-ed25519 KEY2")
    }

    @Test func moreAndFewer() async throws {
        _ = try await apply(wishes(2))
        let three = try await apply(wishes(3))
        #expect(three.map(\.vmid) == [1000, 1001, 1002])
        // Fewer and other at once: what goes stays as it is until its balancer let go of it.
        let maker = try maker()
        platform.forgetCalls()
        let one = wishes(1, cores: 2)
        _ = try await maker.make(one, of: one, replacing: []) { _ in }
        #expect(platform.names == ["dev-app-1", "dev-app-2", "dev-app-3"])
        #expect(platform.guest("dev-app-1")?.cores == 2)
        try await maker.remove(["dev-app-2", "dev-app-3"], keeping: one)
        #expect(platform.names == ["dev-app-1"])
        #expect(try await platform.records.keys("nante/ids/").count == 1)
        #expect(try await isSettled(one))
    }

    @Test func driftIsMended() async throws {
        let all = wishes(2)
        let before = try await apply(all)
        platform.lose("dev-app-1")
        platform.change("dev-app-2") { $0.guest.isRunning = false }
        let survey = try await maker().survey(all)
        #expect(survey.changes?["dev-app-1"]?.action == .create)
        #expect(survey.hosts.first { $0.name == "dev-app-2" }?.isRunning == false)
        let after = try await apply(all)
        #expect(after.map(\.address) == before.map(\.address))
        #expect(after.map(\.vmid) == before.map(\.vmid))
        // Made anew: another key, pinned again without a question.
        #expect(after[0].hostKey == "ssh-ed25519 KEY3" && after[1].hostKey == before[1].hostKey)
        #expect(platform.calls.contains("start dev-app-2"))
        #expect(try await isSettled(all))
    }

    @Test func nothingIsReplacedSilently() async throws {
        _ = try await apply(wishes(2))
        let other = wishes(2) { $0.machine.privileged = $0.name == "dev-app-1" }
        #expect(try await maker().survey(other).changes?["dev-app-1"]?.action == .replace)
        let failure = await #expect(throws: Failure.self) { try await apply(other) }
        #expect(failure?.exit == .refused)
        #expect(failure?.next == ["--allow-replace dev-app-1"])
        _ = try await apply(other, replacing: ["dev-app-1"])
        #expect(try await isSettled(other))
    }

    /// Cut off before, in the middle of and after the apply: the next one comes to the same end.
    @Test(arguments: ["plan", "apply", "half", "applied"])
    func aKilledApplyIsTakenUp(point: String) async throws {
        let all = wishes(3)
        platform.cut(point)
        let made = try maker()
        await #expect(throws: FakePlatform.Cut.self) { try await made.make(all, of: all, replacing: []) { _ in } }
        let hosts = try await apply(all)
        #expect(hosts.compactMap(\.vmid) == [1000, 1001, 1002])
        #expect(try await isSettled(all))
        #expect(try await platform.records.keys("nante/ids/").count == 3)
        // A manifest that changed its mind in between leaves no reservation behind.
        platform.cut("apply")
        await #expect(throws: FakePlatform.Cut.self) {
            try await made.make(wishes(5), of: wishes(5), replacing: []) { _ in }
        }
        _ = try await apply(all)
        try await made.remove(all.map(\.name), keeping: [])
        #expect(platform.names.isEmpty)
        #expect(try await platform.records.keys("").isEmpty)
    }

    @Test func destroyLeavesNothing() async throws {
        let maker = try maker()
        _ = try await apply(wishes(2))
        #expect(try await maker.leftovers() == ["shop-dev"])
        try await maker.remove(["dev-app-1", "dev-app-2"], keeping: [])
        #expect(platform.names.isEmpty)
        #expect(try await platform.records.keys("").isEmpty)
        #expect(try await maker.leftovers().isEmpty)
        #expect(try Inventory.load(folder, environment: "dev", context: Context.live()) == nil)
        try await maker.remove([], keeping: [])
    }

    @Test func whatIsNotNamedIsNotDestroyed() async throws {
        _ = try await apply(wishes(2))
        let maker = try maker()
        let failure = await #expect(throws: Failure.self) { try await maker.remove(["dev-app-1"], keeping: []) }
        #expect(failure?.exit == .refused)
        #expect(platform.names == ["dev-app-1", "dev-app-2"])
    }

    @Test func placesOfOthersAreLeft() async throws {
        platform.add(1000, "db", "192.168.20.10")
        let answering = try maker(answering: ["192.168.20.11"])
        let all = wishes(1)
        let made = try await answering.make(all, of: all, replacing: []) { _ in }
        #expect(made.map(\.address) == ["192.168.20.12"])
        #expect(made.map(\.vmid) == [1001])
        let named = wishes(1) { $0.machine.address = IPv4Address("192.168.20.10") }
        let failure = await #expect(throws: Failure.self) { try await apply(named) }
        #expect(failure?.description.contains("it belongs to container 1000 db on pmx") == true)
    }

    @Test func namesOfOthersAreSeen() async throws {
        platform.add(500, "dev-app-1", "192.168.20.99")
        let hosts = try await maker().survey(wishes(1)).hosts
        #expect(hosts.first?.isOurs == false && hosts.first?.owner == "container 500 dev-app-1 on pmx")
        #expect(platform.calls.isEmpty)
    }

    @Test func recordsThatWereLostAreMadeAgainFromTheState() async throws {
        let all = wishes(2)
        let before = try await apply(all)
        for key in try await platform.records.keys("nante/machines/") { try await platform.records.delete(key) }
        let after = try await apply(all)
        #expect(after.map(\.address) == before.map(\.address) && after.map(\.vmid) == before.map(\.vmid))
        #expect(try await isSettled(all))
    }

    @Test func aLostStateIsRefused() async throws {
        let all = wishes(2)
        _ = try await apply(all)
        platform.state.withLock { $0.known = [:] }
        try await platform.records.delete(FakePlatform.stateKey)
        let failure = await #expect(throws: Failure.self) { try await maker().survey(all) }
        #expect(failure?.exit == .refused)
        #expect(failure?.description.contains("terraform's state does not know dev-app-1, dev-app-2") == true)
        await #expect(throws: Failure.self) { try await maker().remove(all.map(\.name), keeping: []) }
        #expect(platform.names == ["dev-app-1", "dev-app-2"])
    }

    /// Cut off between the machine and its first answer: it is waited for, and its key pinned then.
    @Test func whatNeverAnsweredIsWaitedFor() async throws {
        let all = wishes(1)
        let before = try await apply(all)
        let key = "nante/machines/shop-dev/dev-app-1.json"
        var entry = try JSONDecoder().decode(
            MachineEntry.self, from: try #require(try await platform.records.read(key)))
        entry.hostKey = nil
        try await platform.records.write(key, try JSONEncoder().encode(entry))
        #expect(try await maker().survey(all).changes?["dev-app-1"]?.details == ["made, not yet logged into"])
        #expect(try await apply(all) == before)
        #expect(try await isSettled(all))
    }

    @Test func protectedHostsAreSeen() async throws {
        let all = wishes(1) { $0.machine.protect = true }
        _ = try await apply(all)
        let host = try #require(try await maker().hosts().first { $0.isOurs })
        #expect(host.isProtected)
        let planner = Plan(
            environment: "dev", items: [Plan.Item(.remove, .host, host.name, obstacle: "it is protected")])
        #expect(#expect(throws: Failure.self) { try planner.refuse(replacing: []) }?.exit == .refused)
    }

    @Test func virtualMachinesLogInByTheirUser() async throws {
        let all = [DesiredHost(name: "dev-vm-1", kind: .vm, cores: 1, memory: 1024, targets: ["web"])]
        let made = try await apply(all)
        #expect(made.map(\.user) == ["deploy"])
        #expect(try maker().root(of: made[0]).rootShell == "sudo -n sh -s")
    }
}
