import Core
import Foundation
import Nexus

/// The raw repository `raw-hosted` of a Nexus server as the store of packages.
public struct NexusStore: ArtifactStore {
    /// The usual name of the repository.
    public static let repositoryName = "raw-hosted"

    private let client: NexusClient
    private let repository: NexusName

    /// A store.
    ///
    /// - Parameter isPatient: calls are repeated while the server is busy or out of reach; a mere look is not.
    public init(_ endpoint: NexusEndpoint, context: Context, isPatient: Bool = true) throws {
        client = NexusClient(endpoint, context: context, retry: isPatient ? Retry() : .never)
        repository = try NexusName(NexusStore.repositoryName)
    }

    /// Makes the repository where the server has none of its name; one that is there stays as it is.
    ///
    /// Written once and never replaced: a version that was published stays what it was.
    public func prepare() async throws {
        if try await client.repositories().contains(where: { $0.name == NexusStore.repositoryName }) { return }
        _ = try await client.ensureRawRepository(repository, writePolicy: .allowOnce)
    }

    /// The bytes at a path.
    public func read(_ path: String) async throws -> Data? { try await client.read(repository, try NexusPath(path)) }

    /// Stores a file and proves by the server's digest that the same bytes are there.
    public func put(file: String, at path: String) async throws -> Bool {
        try await client.put(file: file, repository, try NexusPath(path)).change != .unchanged
    }

    /// Stores bytes in place of what is there.
    public func replace(_ data: Data, at path: String) async throws {
        _ = try await client.put(data, repository, try NexusPath(path), replace: true)
    }

    /// Fetches what is at a path into a file.
    public func fetch(_ path: String, to file: String) async throws -> Bool {
        try await client.get(repository, try NexusPath(path), to: file) != nil
    }

    /// The address of a path.
    public func address(_ path: String) -> String {
        "\(client.endpoint.url)/repository/\(repository)/"
            + path.split(separator: "/").map { String($0).percentEncoded }.joined(separator: "/")
    }
}
