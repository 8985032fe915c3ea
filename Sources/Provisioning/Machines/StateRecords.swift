import Core
import Foundation
import StateStore

/// Records in the bucket of the states.
public struct StateRecords: RecordStore {
    let client: S3Client

    /// Records of a store.
    public init(_ client: S3Client) { self.client = client }

    /// Writes an object only where there is none.
    public func create(_ key: String, _ data: Data) async throws -> Bool {
        try await client.put(key, data, if: .absent) != nil
    }
    /// The bytes of an object.
    public func read(_ key: String) async throws -> Data? { try await client.get(key)?.body }
    /// Writes an object.
    public func write(_ key: String, _ data: Data) async throws { _ = try await client.put(key, data) }
    /// Removes an object.
    public func delete(_ key: String) async throws { try await client.delete(key) }
    /// The keys with a prefix.
    public func keys(_ prefix: String) async throws -> [String] {
        try await client.list(prefix: prefix).map(\.key).sorted()
    }
    /// The entity tag of an object.
    public func tag(_ key: String) async throws -> String? {
        try await client.head(key).map { $0.etag ?? "untagged" }
    }
}
