import Core
import Foundation
import SSH

/// The hosts of a lab: made, listed, started, stopped and removed, also after a command was killed in the middle.
public struct Hosts: Sendable {
    /// Effects.
    public let context: Context
    /// The lab's folder.
    public let home: LabHome
    /// The bridge.
    public let network: LabNetwork
    /// The ways to make machines; the first is the usual one.
    let drivers: [any HostDriver]
    let store: HostStore
    let keys: HostKeys
    /// How many hosts are worked on at once.
    static let width = 10

    /// The hosts of a lab.
    public init(home: LabHome, network: LabNetwork, drivers: [any HostDriver], context: Context) {
        self.context = context
        self.home = home
        self.network = network
        self.drivers = drivers
        store = HostStore(folder: home.path.appending(path: "hosts"), context: context)
        keys = HostKeys(home: home, context: context)
    }

    /// The hosts of this machine's lab, as the settings say: `NANTE_BRIDGE` and `NANTE_SUBNET`, else those of the
    /// running lab, else the usual ones.
    ///
    /// - Parameter network: the bridge, where it is known already.
    public static func ofThisMachine(_ context: Context, network: LabNetwork? = nil) throws -> Hosts {
        let home = LabHome(path: NanteHome.path(context))
        let network = try network ?? LabNetwork.of(context)
        return Hosts(
            home: home, network: network,
            drivers: [
                try LXCDriver(home: home, network: network, context: context),
                try QEMUDriver(home: home, network: network, context: context),
            ], context: context)
    }

    /// Makes hosts, all at once; one that is there as wanted is only started where it is not running.
    ///
    /// - Returns: the hosts and whether each was made, changed or left.
    /// - Throws: a failure with exit `refused` when a name belongs to another owner.
    public func create(
        _ requests: [HostRequest], tell: @escaping @Sendable (String) -> Void
    ) async throws -> [(host: HostStatus, change: HostChange)] {
        for request in requests { try request.spec.check(kind: request.kind, on: network) }
        for kind in Set(requests.map(\.kind)) { try await driver(kind).check() }
        try await mend()
        for request in requests {
            if let record = try store.record(request.name) { try Hosts.refuseClash(record, request) }
        }
        async let key = keys.ensure()
        let images = try await prepare(
            Set(requests.map { Base(kind: $0.kind, unprivileged: $0.spec.unprivileged) }), tell)
        let authorized = try await key
        return try await each(requests) { request in
            let base = Base(kind: request.kind, unprivileged: request.spec.unprivileged)
            return try await make(request, image: images[base] ?? "", authorizedKey: authorized)
        }
    }

    /// What hosts may have in common below them.
    private struct Base: Hashable, Sendable {
        var kind: String
        var unprivileged: Bool
    }

    private func prepare(
        _ bases: Set<Base>, _ tell: @escaping @Sendable (String) -> Void
    ) async throws -> [Base: String] {
        var images: [Base: String] = [:]
        for base in bases {
            images[base] = try await driver(base.kind).prepare(unprivileged: base.unprivileged, tell)
        }
        return images
    }

    /// The driver of a kind.
    ///
    /// - Throws: a failure with exit `usage` that lists the kinds.
    func driver(_ kind: String) throws -> any HostDriver {
        if let found = drivers.first(where: { $0.kind == kind }) { return found }
        throw Failure(
            .usage, "the lab makes no hosts of kind \(kind)",
            why: "it makes: \(drivers.map(\.kind).joined(separator: ", "))")
    }

    /// All hosts, by name.
    public func list() async throws -> [HostStatus] {
        try await mend()
        return try await each(try store.records()) { try await driver($0.kind).status($0) }
    }

    /// A host by its name.
    ///
    /// - Throws: a failure with exit `usage` that lists those that are there.
    public func find(_ name: String) throws -> HostRecord {
        let name = try HostName.check(name)
        if let record = try store.record(name), record.state == .ready { return record }
        let known = try store.records().map(\.name).joined(separator: ", ")
        throw Failure(
            .usage, "the lab has no host \(name)", why: known.isEmpty ? "it has no hosts" : "its hosts: \(known)",
            next: ["nante lab host create \(name)"])
    }

    /// Removes hosts.
    ///
    /// - Returns: the names of those that were there.
    public func delete(_ names: [String]) async throws -> [String] {
        let names = try names.map(HostName.check)
        let gone = try await each(names) { name -> String? in
            let lock = try await store.lock(name)
            defer { withExtendedLifetime(lock) {} }
            guard context.files.exists(store.folder(of: name)) else { return nil }
            let kind = (try? store.record(name))?.kind
            if var record = try? store.record(name) {
                record.state = .deleting
                try store.save(record)
            }
            try await remove(name, kind: kind)
            return name
        }
        try await refreshKnownHosts()
        return gone.compactMap { $0 }
    }

    /// Starts hosts that do not run; mounts that a restart of this machine took away are laid again.
    public func start(_ names: [String], tell: @escaping @Sendable (String) -> Void) async throws {
        let records = try names.map(find)
        for kind in Set(records.map(\.kind)) { try await driver(kind).check() }
        _ = try await prepare(Set(records.map { Base(kind: $0.kind, unprivileged: $0.spec.unprivileged) }), tell)
        try await each(records) { record in
            let lock = try await store.lock(record.name)
            defer { withExtendedLifetime(lock) {} }
            try await driver(record.kind).start(record)
        }
    }

    /// Stops hosts.
    public func stop(_ names: [String], kill: Bool = false) async throws {
        let records = try names.map(find)
        try await each(records) { record in
            let lock = try await store.lock(record.name)
            defer { withExtendedLifetime(lock) {} }
            try await driver(record.kind).stop(record, kill: kill)
        }
    }

    /// Removes all of a host; of one whose record can't be read, by every driver.
    func remove(_ name: String, kind: String?) async throws {
        if let kind, let driver = drivers.first(where: { $0.kind == kind }) { return try await driver.remove(name) }
        for driver in drivers { try await driver.remove(name) }
    }

    /// Removes every host, the bridge and its rules; with `images` the base images of this lab too.
    public func reset(images: Bool) async throws {
        if context.files.isDirectory(store.folder) { _ = try await delete(try store.names()) }
        for driver in drivers { try await driver.reset(images: images) }
        try context.files.remove(store.folder)
    }

    /// The command that runs a program as root on a host, without the network.
    public func attach(_ name: String, _ words: [String]) throws -> Command {
        let record = try find(name)
        return try driver(record.kind).attach(record, words)
    }

    /// The line of the public key that opens every host; the key is made where the lab has none yet.
    public func authorizedKey() async throws -> String { try await keys.ensure() }

    /// Holds an environment for one apply at a time; goes with the process.
    public func lock(
        environment: String, waiting: @escaping @Sendable (String) -> Void
    ) async throws -> FileLock {
        guard NameRule.isName(environment) else {
            throw Failure(.usage, "\"\(environment)\" can't be an environment", why: NameRule.inWords)
        }
        return try await FileLock.acquire(
            store.folder.appending(path: ".locks/environment-\(environment)"), holder: "process \(getpid())",
            within: .seconds(900), context: context, waiting: waiting)
    }

    /// A client that logs into a host.
    public func client(_ record: HostRecord, user: String = "root") throws -> SSHClient {
        SSHClient(
            try SSHTarget(host: record.address, user: user), HostKeys.options(home: home), context: context)
    }
}

/// What became of a host that was asked for.
public enum HostChange: String, Sendable, Hashable { case created, changed, started, unchanged }
