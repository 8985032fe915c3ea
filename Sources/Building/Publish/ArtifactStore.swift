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

/// The feed that deployments take packages from: Octopus' built-in one, or a fake in tests.
public protocol PackageFeed: Sendable {
    /// SHA-1 of the package with an id and a version; nil where the feed has none.
    func digest(_ id: String, version: String) async throws -> String?
    /// Pushes a package; its file name is `ID.VERSION.tar.gz`.
    func push(_ file: String) async throws
    /// What the feed is called, for people.
    var name: String { get }
}
