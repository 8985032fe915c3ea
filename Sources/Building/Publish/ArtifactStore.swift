import Core
import Foundation

/// Where packages are kept for good: a raw repository of Nexus, or a fake in tests.
public protocol ArtifactStore: Sendable {
    /// Makes the store ready to take packages; called before the first is put.
    func prepare() async throws
    /// The bytes at a path; nil where nothing is.
    func read(_ path: String) async throws -> Data?
    /// Stores a file at a path and proves that the same bytes are there; true when they were not there before.
    ///
    /// - Throws: a failure with exit `refused` when other bytes are there.
    func put(file: String, at path: String) async throws -> Bool
    /// Stores bytes at a path in place of what is there.
    func replace(_ data: Data, at path: String) async throws
    /// Fetches what is at a path into a file; false where nothing is.
    func fetch(_ path: String, to file: String) async throws -> Bool
    /// The address of a path, for people.
    func address(_ path: String) -> String
}

/// What a feed tells of a package that it has.
public struct PackageFacts: Sendable, Hashable {
    /// SHA-1 in lower-case hexadecimal; nil where it is not told.
    public var sha1: String?
    /// Length in bytes; nil where it is not told.
    public var size: Int?
    /// Facts.
    public init(sha1: String?, size: Int?) {
        self.sha1 = sha1
        self.size = size
    }
}

/// The feed that deployments take packages from: Octopus' built-in one, or a fake in tests.
public protocol PackageFeed: Sendable {
    /// What is known of the package with an id and a version; nil where the feed has none.
    func find(_ id: String, version: String) async throws -> PackageFacts?
    /// Pushes a package; its file name is `ID.VERSION.tar.gz`.
    func push(_ file: String) async throws
    /// What the feed is called, for people.
    var name: String { get }
}
