import Core
import Foundation

extension Hosts {
    /// Removes what killed commands left: hosts that were being made or removed and that nobody works on.
    func mend() async throws {
        var mended = false
        for name in try store.names() {
            guard store.isUnfinished(name), let lock = try store.attemptLock(name) else { continue }
            defer { withExtendedLifetime(lock) {} }
            // Looked at again under the lock: it may have become ready in between.
            guard store.isUnfinished(name) else { continue }
            try await remove(name, kind: (try? store.record(name))?.kind)
            mended = true
        }
        if mended { try await refreshKnownHosts() }
    }

    func make(
        _ request: HostRequest, image: String, authorizedKey: String
    ) async throws -> (host: HostStatus, change: HostChange) {
        let lock = try await store.lock(request.name)
        defer { withExtendedLifetime(lock) {} }
        if let found = try store.record(request.name), found.state == .ready {
            try Hosts.refuseClash(found, request)
            return try await keep(found, as: request)
        }
        var record = try await reserve(request)
        record.image = image
        let driver = try driver(request.kind)
        record.hostKey = try await driver.make(record, authorizedKey: authorizedKey)
        if request.starts { try await driver.start(record) }
        record.state = .ready
        try store.save(record)
        try await refreshKnownHosts()
        return (try await driver.status(record), .created)
    }

    /// Brings a host that is there to what is wanted.
    private func keep(
        _ found: HostRecord, as request: HostRequest
    ) async throws -> (host: HostStatus, change: HostChange) {
        try Hosts.refuseOther(found, request)
        let driver = try driver(found.kind)
        var record = found
        record.spec = request.spec
        if let address = request.address, address != found.address { record = try await move(found, request) }
        var change = HostChange.unchanged
        if record != found {
            if record.spec != found.spec || record.address != found.address { change = .changed }
            try await driver.resize(record)
            try store.save(record)
            if record.address != found.address { try await refreshKnownHosts() }
        }
        var status = try await driver.status(record)
        if !status.isRunning {
            try await driver.start(record)
            status = try await driver.status(record)
            if change == .unchanged { change = .started }
        }
        return (status, change)
    }

    /// A stopped host gets another address, written down before anybody else can take it.
    private func move(_ found: HostRecord, _ request: HostRequest) async throws -> HostRecord {
        guard try await !driver(found.kind).status(found).isRunning else {
            throw Failure(
                .refused, "host \(found.name) can't get another address while it runs",
                why: "it has \(found.address)", next: ["nante lab host stop \(found.name)"])
        }
        let all = try await store.lockAll()
        defer { withExtendedLifetime(all) {} }
        var record = found
        record.address = try address(for: request)
        record.spec = request.spec
        try store.save(record)
        return record
    }

    /// Gives a host its address and its record, so that from now on everybody sees it is being made.
    private func reserve(_ request: HostRequest) async throws -> HostRecord {
        let all = try await store.lockAll()
        defer { withExtendedLifetime(all) {} }
        var record = HostRecord(
            name: request.name, kind: request.kind, address: try address(for: request), spec: request.spec,
            owner: request.owner, created: context.time.now())
        record.vmid = request.vmid
        try store.save(record)
        return record
    }

    /// The address that is asked for where nobody has it, else a free one; the lock of all records is held.
    private func address(for request: HostRequest) throws -> String {
        let others = try store.records().filter { $0.name != request.name }
        let taken = others.map(\.address)
        let address = try request.address ?? HostStore.freeAddress(in: network, taken: taken)
        if let holder = others.first(where: { $0.address == address }) {
            throw Failure(.refused, "host \(request.name) can't have \(address)", why: "\(holder.name) has it")
        }
        guard network.contains(address) else {
            throw Failure(
                .usage, "host \(request.name) can't have \(address)",
                why: "the lab's hosts have addresses of \(network.subnet), from .2 to .254")
        }
        return address
    }

    func refreshKnownHosts() async throws {
        let all = try await store.lockAll()
        defer { withExtendedLifetime(all) {} }
        try keys.writeKnownHosts(try store.records())
    }

    /// A host of one owner is never given to another; a person's wish by hand leaves the owner as it is.
    static func refuseClash(_ record: HostRecord, _ request: HostRequest) throws {
        guard record.state == .ready, let wanted = request.owner, !wanted.isSame(as: record.owner) else { return }
        throw Failure(
            .refused, "host \(record.name) is there and belongs to another",
            details: [
                .init("owner", record.owner?.text ?? "a person, who made it by hand"), .init("wanted", wanted.text),
            ], next: ["nante lab host delete \(record.name)", "or name the environment otherwise"])
    }

    /// What a host was made as, it stays: another kind or another root is another host.
    static func refuseOther(_ record: HostRecord, _ request: HostRequest) throws {
        func refuse(_ found: String, _ wanted: String) -> Failure {
            Failure(
                .refused, "host \(record.name) is there and \(found), not \(wanted)",
                why: "that can't be changed once it is made", next: ["nante lab host delete \(record.name)"])
        }
        if record.kind != request.kind { throw refuse("of kind \(record.kind)", request.kind) }
        guard record.kind == "lxc", record.spec.unprivileged != request.spec.unprivileged else { return }
        let words = ["privileged", "unprivileged"]
        throw record.spec.unprivileged ? refuse(words[1], words[0]) : refuse(words[0], words[1])
    }

    /// Works on several at once, a few at a time; the order of the answers is that of the items.
    @discardableResult
    func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values: [Int: Value] = [:]
            for (place, item) in items.enumerated() {
                if place >= Hosts.width, let (done, value) = try await group.next() { values[done] = value }
                group.addTask { (place, try await work(item)) }
            }
            for try await (done, value) in group { values[done] = value }
            return items.indices.compactMap { values[$0] }
        }
    }
}

extension LabNetwork {
    /// The bridge that the settings name: `NANTE_BRIDGE` and `NANTE_SUBNET`, else those of the lab's record.
    public static func of(_ context: Context) throws -> LabNetwork {
        let usual = try LabNetwork()
        let record = try LabRecord.load(context)
        func setting(_ name: String) -> String? { context.environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        return try LabNetwork(
            bridge: setting("NANTE_BRIDGE") ?? record?.bridge ?? usual.bridge,
            subnet: setting("NANTE_SUBNET") ?? record?.subnet ?? usual.subnet)
    }
}
