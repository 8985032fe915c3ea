import Core
import Foundation

/// A lock that terraform holds on a state: what its lock object, or the `http` backend, says.
///
/// Source: `statemgr.LockInfo` of Terraform.
public struct StateLock: Sendable, Hashable, Codable {
    /// The id that `force-unlock` asks for.
    public var id: String
    /// Such as "OperationTypeApply".
    public var operation: String
    /// User and machine, such as "anna@build-1".
    public var who: String
    /// The version of terraform.
    public var version: String
    /// When it was taken, ISO 8601.
    public var created: String
    /// The state that is locked.
    public var path: String

    /// A lock.
    public init(
        id: String, operation: String = "", who: String = "", version: String = "", created: String = "",
        path: String = ""
    ) {
        self.id = id
        self.operation = operation
        self.who = who
        self.version = version
        self.created = created
        self.path = path
    }

    /// Reads the JSON of a lock.
    ///
    /// - Returns: nil where it is no object with an `ID`.
    public init?(parsing data: Data) {
        guard data.count <= 1 << 16, let value = try? JSONValue.parse(data), let id = value["ID"]?.string, !id.isEmpty
        else { return nil }
        self.init(
            id: id, operation: value["Operation"]?.string ?? "", who: value["Who"]?.string ?? "",
            version: value["Version"]?.string ?? "", created: value["Created"]?.string ?? "",
            path: value["Path"]?.string ?? "")
    }

    /// The JSON that terraform reads; a time must stand in it, so an unknown one is Go's zero.
    public var json: JSONValue {
        [
            "ID": .string(id), "Operation": .string(operation), "Info": "", "Who": .string(who),
            "Version": .string(version), "Created": .string(created.isEmpty ? "0001-01-01T00:00:00Z" : created),
            "Path": .string(path),
        ]
    }

    /// Who holds it, doing what, since when, for people.
    public var holder: String {
        let work = operation.replacing("OperationType", with: "").lowercased()
        return [
            who.isEmpty ? "somebody who left no name" : who, work.isEmpty ? nil : work,
            created.isEmpty ? nil : "since \(created)",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// The failure of a command that needs the state for itself.
    public func failure(_ what: String, next: [String]) -> Failure {
        Failure(
            .held, "\(what) is locked", why: holder,
            details: [.init("lock", id.isEmpty ? "the lock has no id" : id)], next: next)
    }
}

/// Locks of states in an S3 store, made and removed as terraform does with `use_lockfile`.
public struct StateLocks: Sendable {
    let client: S3Client

    /// The locks of a store.
    public init(_ client: S3Client) { self.client = client }

    /// The lock of a state's object; nil where nobody holds it.
    ///
    /// A lock object that is not terraform's is a lock too, with an empty id.
    public func find(_ key: String) async throws -> StateLock? {
        guard let object = try await client.get(key + ".tflock") else { return nil }
        return StateLock(parsing: object.body) ?? StateLock(id: "")
    }

    /// Takes the lock.
    ///
    /// - Throws: a failure with exit `held` that names the holder.
    public func take(_ key: String, _ lock: StateLock, next: [String]) async throws {
        let body = Data(lock.json.text().utf8)
        if try await client.put(key + ".tflock", body, if: .absent) != nil { return }
        let holder = try await find(key) ?? StateLock(id: "")
        throw holder.failure("the state \(key)", next: next)
    }

    /// Removes the lock where it has this id.
    ///
    /// - Returns: the lock that was removed; nil where there was none.
    /// - Throws: a failure with exit `refused` when another lock is there, which it names.
    public func remove(_ key: String, id: String) async throws -> StateLock? {
        guard let found = try await find(key) else { return nil }
        guard found.id == id else {
            throw Failure(
                .refused, "the lock of \(key) has another id than \(id.isEmpty ? "none" : id)",
                why: "it is \(found.id.isEmpty ? "of no id" : found.id), held by \(found.holder)")
        }
        try await client.delete(key + ".tflock")
        return found
    }
}
