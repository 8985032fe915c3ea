import Core
import Foundation
import Testing

@testable import Lab

@Suite struct HostsTests {
    let bench: HostBench

    init() throws {
        bench = try HostBench()
        let path = bench.store.folder
        bench.driver.folder.withLock { $0 = path }
    }

    @Test func createGivesAddressesAndTrustsTheKeys() async throws {
        #expect(try await bench.create("web-1", "web-2", "web-3") == [.created, .created, .created])
        let list = try await bench.hosts.list()
        #expect(list.map(\.record.name) == ["web-1", "web-2", "web-3"])
        #expect(Set(list.map(\.record.address)) == ["10.99.7.11", "10.99.7.12", "10.99.7.13"])
        #expect(list.map(\.isRunning) == [true, true, true])
        let known = try bench.context.files.readText(bench.home.knownHosts)
        for host in list {
            #expect(known.contains("\(host.record.address),\(host.record.name) ssh-ed25519 KEY-\(host.record.name)\n"))
        }
    }

    @Test func againChangesNothing() async throws {
        _ = try await bench.create("web-1")
        let before = bench.driver.calls
        #expect(try await bench.create("web-1") == [.unchanged])
        #expect(bench.driver.calls == before)
    }

    @Test func anotherSizeIsChangedAndAStoppedOneStarted() async throws {
        _ = try await bench.create("web-1")
        #expect(try await bench.create("web-1", memory: 1024) == [.changed])
        #expect(bench.driver.calls.last == "resize web-1")
        try await bench.hosts.stop(["web-1"], kill: true)
        #expect(try await bench.create("web-1", memory: 1024) == [.started])
    }

    @Test func aHostOfAnotherOwnerIsRefused() async throws {
        _ = try await bench.create("dev-app-1", owner: HostOwner(repository: "me/one", environment: "dev"))
        let again = HostOwner(repository: "local/One", environment: "dev")
        #expect(try await bench.create("dev-app-1", owner: again) == [.unchanged])
        for owner in [
            HostOwner(repository: "me/two", environment: "dev"), HostOwner(repository: "me/one", environment: "prd"),
        ] {
            let failure = try #require(await fails { _ = try await bench.create("dev-app-1", owner: owner) })
            #expect(failure.exit == .refused)
            #expect(failure.description.contains("dev of me/one"))
        }
        // A person is asked for nothing, and the owner stays.
        #expect(try await bench.create("dev-app-1") == [.unchanged])
        #expect(try bench.hosts.find("dev-app-1").owner?.repository == "me/one")
    }

    @Test func anotherAddressIsForAStoppedHost() async throws {
        _ = try await bench.create("web-1", "web-2")
        func move(_ address: String) async throws -> HostChange? {
            let request = try HostRequest(name: "web-1", spec: try HostSpec(), kind: "fake", address: address)
            return try await bench.hosts.create([request]) { _ in }.first?.change
        }
        #expect(await fails { _ = try await move("10.99.7.50") }?.exit == .refused)
        try await bench.hosts.stop(["web-1"])
        let other = try bench.hosts.find("web-2").address
        #expect(await fails { _ = try await move(other) }?.description.contains("web-2 has it") == true)
        #expect(await fails { _ = try await move("10.99.8.50") }?.exit == .usage)
        #expect(try await move("10.99.7.50") == .changed)
        #expect(try bench.context.files.readText(bench.home.knownHosts).contains("10.99.7.50,web-1 "))
    }

    @Test func whatItWasMadeAsItStays() async throws {
        _ = try await bench.create("web-1")
        let request = try HostRequest(name: "web-1", spec: try HostSpec(), kind: "lxc")
        let lab = Hosts(
            home: bench.home, network: bench.network, drivers: [bench.driver, FakeDriver(kind: "lxc")],
            context: bench.context)
        let failure = await fails { _ = try await lab.create([request]) { _ in } }
        #expect(failure?.exit == .refused)
        #expect(failure?.description.contains("of kind fake, not lxc") == true)
        var spec = try HostSpec()
        #expect(try await lab.create([HostRequest(name: "web-2", spec: spec)]) { _ in }.map(\.change) == [.created])
        spec.unprivileged = false
        let other = try HostRequest(name: "web-2", spec: spec)
        #expect(await fails { _ = try await lab.create([other]) { _ in } }?.description.contains("privileged") == true)
    }

    @Test func aFailedOneIsRemovedByTheNextCommand() async throws {
        bench.driver.state.withLock { _ = $0.failing.insert("start web-2") }
        _ = await fails { _ = try await bench.create("web-1", "web-2") }
        #expect(try await bench.hosts.list().map(\.record.name) == ["web-1"])
        #expect(bench.driver.calls.contains("remove web-2"))
        bench.driver.state.withLock { $0.failing = [] }
        #expect(try await bench.create("web-2") == [.created])
    }

    @Test(arguments: [HostRecord.State.creating, .deleting])
    func whatAKilledCommandLeftIsSwept(_ state: HostRecord.State) async throws {
        try bench.leave("web-1", state)
        try bench.context.files.makeDirectory(bench.store.folder(of: "web-2"))
        #expect(try await bench.hosts.list().isEmpty)
        #expect(bench.driver.calls == ["remove web-1", "remove web-2"])
        #expect(try bench.store.names().isEmpty)
    }

    @Test func aHostThatIsBeingMadeIsLeftAlone() async throws {
        try bench.leave("web-1", .creating)
        let lock = try await bench.store.lock("web-1")
        #expect(try await bench.hosts.list().map(\.record.state) == [.creating])
        #expect(bench.driver.calls.isEmpty)
        withExtendedLifetime(lock) {}
    }

    @Test func aRecordOfAnotherVersionIsNotRemovedUnasked() async throws {
        try bench.context.files.write(#"{"version":9}"#, to: bench.store.folder(of: "web-9") + "/host.json")
        let failure = await fails { _ = try await bench.hosts.list() }
        #expect(failure?.exit == .missing)
        #expect(failure?.description.contains("web-9") == true)
        #expect(bench.driver.calls.isEmpty)
        #expect(try await bench.hosts.delete(["web-9"]) == ["web-9"])
    }

    @Test func deleteSaysWhatWasThereAndFreesTheAddress() async throws {
        _ = try await bench.create("web-1")
        _ = try await bench.create("web-2")
        #expect(try await bench.hosts.delete(["web-1", "web-7"]) == ["web-1"])
        _ = try await bench.create("web-3")
        #expect(try bench.hosts.find("web-3").address == "10.99.7.11")
        #expect(try !bench.context.files.readText(bench.home.knownHosts).contains("web-1"))
    }

    @Test func manyAtOnceGetDifferentAddresses() async throws {
        let requests = try (1...40).map { try HostRequest(name: "h-\($0)", spec: try HostSpec(), kind: "fake") }
        let hosts = bench.hosts
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in [requests.prefix(20), requests.suffix(20)] {
                group.addTask { _ = try await hosts.create(Array(part)) { _ in } }
            }
            try await group.waitForAll()
        }
        let addresses = try bench.store.records().map(\.address)
        #expect(addresses.count == 40)
        #expect(Set(addresses).count == 40)
    }

    @Test func unknownNamesAreListed() async throws {
        _ = try await bench.create("web-1")
        let failure = await fails { try await bench.hosts.stop(["web-2"]) }
        #expect(failure?.description.contains("its hosts: web-1") == true)
    }

    @Test(arguments: [
        "", "-a", "a-", "A", "a b", "a;b", "../a", "a.b", "1a", "ä", "a\n", String(repeating: "a", count: 61),
    ])
    func hostileNamesAreRefused(_ name: String) async throws {
        #expect(throws: Failure.self) { try HostRequest(name: name, spec: try HostSpec()) }
        #expect(throws: Failure.self) { try bench.hosts.find(name) }
        #expect(await fails { _ = try await bench.hosts.delete([name]) }?.exit == .usage)
    }

    private func fails(_ work: () async throws -> Void) async -> Failure? {
        do { try await work() } catch { return error as? Failure }
        return nil
    }
}
