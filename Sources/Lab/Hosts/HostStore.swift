import Core
import Foundation

/// The records of a lab's hosts, their locks, and the addresses given out.
struct HostStore: Sendable {
    /// The folder of all hosts; also the path that LXC is given.
    let folder: String
    let context: Context

    func folder(of name: String) -> String { folder.appending(path: name) }
    private func file(of name: String) -> String { folder(of: name).appending(path: "host.json") }

    /// The lock of all records, held for moments only.
    func lockAll() async throws -> FileLock {
        try await FileLock.acquire(
            folder.appending(path: ".locks/all"), holder: "nante \(getpid())", within: .seconds(30), context: context)
    }

    /// The lock of one host, held while it is made, changed or removed.
    func lock(_ name: String, within limit: Duration = .seconds(120)) async throws -> FileLock {
        try await FileLock.acquire(lockPath(name), holder: "nante \(getpid())", within: limit, context: context)
    }

    /// The lock of one host if nobody holds it.
    func attemptLock(_ name: String) throws -> FileLock? {
        try FileLock.attempt(lockPath(name), holder: "nante \(getpid())")
    }

    private func lockPath(_ name: String) -> String { folder.appending(path: ".locks/host-\(name)") }

    /// The names of all folders, also of hosts that are only half there.
    func names() throws -> [String] {
        guard context.files.isDirectory(folder) else { return [] }
        return try context.files.list(folder).filter { !$0.hasPrefix(".") && (try? HostName.check($0)) != nil }
    }

    /// A host's record; nil when it has none that can be read whole.
    func record(_ name: String) throws -> HostRecord? {
        guard context.files.exists(file(of: name)) else { return nil }
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(HostRecord.self, from: try context.files.read(file(of: name)))
        } catch is DecodingError {
            throw Failure(
                .missing, "the record of host \(name) can't be read", where: file(of: name),
                why: "it is not what this version of nante writes", next: ["nante lab host delete \(name)"])
        }
    }

    /// The folder is that of a host which was never done, or is on its way out.
    ///
    /// One whose record can't be read, such as that of a newer nante, is left alone.
    func isUnfinished(_ name: String) -> Bool {
        do { return try record(name)?.state != .ready } catch { return false }
    }

    /// All records, by name.
    func records() throws -> [HostRecord] { try names().compactMap { try record($0) } }

    func save(_ record: HostRecord) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try context.files.write(try encoder.encode(record), to: file(of: record.name), mode: 0o644)
    }

    /// The lowest address of the subnet that no host has; .1 is the lab, .2 to .10 stay free for a person's use.
    static func freeAddress(in network: LabNetwork, taken: some Sequence<String>) throws -> String {
        let prefix = network.gateway.dropLast(1)
        let used = Set(taken)
        guard let free = (11...254).map({ "\(prefix)\($0)" }).first(where: { !used.contains($0) }) else {
            throw Failure(
                .refused, "no address is left in \(network.subnet)", why: "244 hosts have one",
                next: ["nante lab host list", "nante lab host delete NAME"])
        }
        return free
    }

    /// The lines of known_hosts for the given hosts: by address and by name.
    static func knownHosts(_ records: [HostRecord]) -> String {
        records.compactMap { record in
            record.hostKey.map { "\(record.address),\(record.name) \($0)\n" }
        }.joined()
    }
}
