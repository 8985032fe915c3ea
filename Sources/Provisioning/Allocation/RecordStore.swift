import Foundation

/// Where records lie that every machine sees which applies: the store of Terraform states.
///
/// Every call may be repeated after it was cut off.
public protocol RecordStore: Sendable {
    /// Writes an object only where there is none, in one step for all who try.
    ///
    /// - Returns: false where there is one.
    func create(_ key: String, _ data: Data) async throws -> Bool
    /// The bytes of an object; nil where there is none.
    func read(_ key: String) async throws -> Data?
    /// Writes an object.
    func write(_ key: String, _ data: Data) async throws
    /// Removes an object; none there is fine.
    func delete(_ key: String) async throws
    /// The keys with a prefix, sorted.
    func keys(_ prefix: String) async throws -> [String]
    /// What changes whenever the object does; nil where there is none.
    func tag(_ key: String) async throws -> String?
}
