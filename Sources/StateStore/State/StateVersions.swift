import Core
import Foundation

/// The earlier versions of states in an S3 store that keeps versions, and the way back to one of them.
public struct StateVersions: Sendable {
    let client: S3Client
    let context: Context

    /// The versions of a store.
    public init(_ client: S3Client, context: Context) {
        self.client = client
        self.context = context
    }

    /// A version of a state and what can be said of it.
    public struct Entry: Sendable, Hashable {
        /// The version in the store.
        public var version: S3Version
        /// What it holds; nil of a deletion and of what is damaged.
        public var document: StateDocument?
        /// Why it can't be read; nil where it can.
        public var trouble: String?
    }

    /// The versions of a state, newest first.
    ///
    /// - Parameter reading: how many are read to tell what they hold.
    public func list(_ key: String, reading limit: Int = 20) async throws -> [Entry] {
        let versions = try await client.versions(prefix: key).filter { $0.key == key }
        var entries: [Entry] = []
        for (number, version) in versions.enumerated() {
            entries.append(number < limit ? try await read(version) : Entry(version: version))
        }
        return entries
    }

    private func read(_ version: S3Version) async throws -> Entry {
        if version.isDeletion { return Entry(version: version) }
        do {
            guard let object = try await client.get(version.key, version: version.id) else {
                return Entry(version: version, trouble: "the store does not have it any more")
            }
            return Entry(version: version, document: try StateDocument(object.body))
        } catch let failure as Failure where failure.exit == .failed {
            let why = failure.details.first { $0.label == "why" }?.text
            return Entry(version: version, trouble: why ?? failure.what)
        }
    }

    /// What a restoration would do.
    public struct Plan: Sendable, Hashable {
        /// The object.
        public var key: String
        /// What is there now: a state, a deletion, something damaged, or nothing.
        public var current: Entry?
        /// What comes back.
        public var chosen: Entry
        /// The bytes that are written: the chosen state under a serial that is higher than every one before.
        public var data: Data
        /// That serial.
        public var serial: Int
        /// Addresses that come back.
        public var comes: [String]
        /// Addresses that are forgotten, while what they stand for goes on to exist.
        public var goes: [String]
    }

    /// Plans to restore a version; without one the last good one before what is there now.
    ///
    /// - Throws: a failure when there is nothing to restore, with exit `held` when the state is locked, and with exit
    ///   `refused` when the version is of another history.
    public func plan(_ key: String, version: String?, next: [String]) async throws -> Plan {
        if let lock = try await StateLocks(client).find(key) { throw lock.failure("the state \(key)", next: next) }
        var entries = try await list(key)
        guard !entries.isEmpty else { throw nothing(key, "the store keeps no version of it") }
        let chosen: Entry
        if let version {
            guard let place = entries.firstIndex(where: { $0.version.id == version }) else {
                throw Failure(
                    .usage, "the state \(key) has no version \(version)", where: client.endpoint.url,
                    next: ["nante terraform state versions --bucket \(client.endpoint.bucket) --key '\(key)'"])
            }
            if entries[place].document == nil, entries[place].trouble == nil {
                entries[place] = try await read(entries[place].version)
            }
            guard entries[place].document != nil else {
                let why = entries[place].version.isDeletion ? "it is a deletion" : entries[place].trouble
                throw Failure(
                    .refused, "version \(version) can't be restored", why: why,
                    next: ["nante terraform state versions --bucket \(client.endpoint.bucket) --key '\(key)'"])
            }
            chosen = entries[place]
        } else {
            chosen = try await lastGood(entries, key)
        }
        return try plan(key, entries, chosen)
    }

    private func lastGood(_ entries: [Entry], _ key: String) async throws -> Entry {
        for (number, entry) in entries.enumerated() where !(number == 0 && entry.document != nil) {
            if entry.document != nil { return entry }
            if entry.trouble == nil, !entry.version.isDeletion {
                let found = try await read(entry.version)
                if found.document != nil { return found }
            }
        }
        let why = entries.count == 1 ? "it has one version only" : "no earlier version can be read"
        throw nothing(key, why)
    }

    private func plan(_ key: String, _ entries: [Entry], _ chosen: Entry) throws -> Plan {
        guard let document = chosen.document else { throw nothing(key, "the version can't be read") }
        let current = entries.first { $0.version.isLatest } ?? entries.first
        if let now = current?.document, now.lineage != document.lineage {
            throw Failure(
                .refused, "version \(chosen.version.id) is of another history than what is there now",
                why: "lineage \(document.lineage), now \(now.lineage)")
        }
        // What can't be read any more may have had the next serials.
        let unreadable = entries.prefix { $0.document == nil }.count { !$0.version.isDeletion }
        let serial = (entries.compactMap { $0.document?.serial } + [document.serial]).reduce(0, max) + 1 + unreadable
        let (before, after) = (Set(current?.document?.addresses ?? []), Set(document.addresses))
        return Plan(
            key: key, current: current, chosen: chosen, data: document.with(serial: serial), serial: serial,
            comes: after.subtracting(before).sorted(), goes: before.subtracting(after).sorted())
    }

    /// Writes what was planned, under the state's lock, and only while what is there is what the plan saw.
    ///
    /// - Returns: the id of the new version, where the store tells it.
    public func restore(_ plan: Plan, who: String, next: [String]) async throws -> String? {
        let locks = StateLocks(client)
        let bytes = context.random.hex(bytes: 16)
        let lock = StateLock(
            id: [8, 4, 4, 4, 12].reduce(into: (text: "", rest: Substring(bytes))) { part, length in
                part.text += (part.text.isEmpty ? "" : "-") + part.rest.prefix(length)
                part.rest = part.rest.dropFirst(length)
            }.text, operation: "nante terraform state restore", who: who, version: "nante",
            created: context.time.now().iso8601, path: "\(client.endpoint.bucket)/\(plan.key)")
        try await locks.take(plan.key, lock, next: next)
        let result: Result<String?, any Error>
        do { result = .success(try await write(plan)) } catch { result = .failure(error) }
        _ = try await locks.remove(plan.key, id: lock.id)
        return try result.get()
    }

    private func write(_ plan: Plan) async throws -> String? {
        let now = try await client.versions(prefix: plan.key).first { $0.key == plan.key }
        guard now?.id == plan.current?.version.id else {
            throw Failure(.refused, "the state \(plan.key) was changed in the meantime", next: ["run it again"])
        }
        guard let written = try await client.put(plan.key, plan.data) else {
            throw Failure(.refused, "the state store refused to write \(plan.key)")
        }
        guard let back = try await client.get(plan.key), back.body == plan.data else {
            throw Failure(.failed, "the state store does not give back what was written", where: plan.key)
        }
        return written.version
    }

    private func nothing(_ key: String, _ why: String) -> Failure {
        Failure(
            .missing, "there is nothing to restore \(key) from", where: client.endpoint.url, why: why,
            next: ["nante terraform state list"])
    }
}
