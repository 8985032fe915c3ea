import Core
import Octopus

/// The built-in feed of an Octopus Server as the feed of packages.
public struct OctopusFeed: PackageFeed {
    private let client: OctopusClient

    /// The feed of the client's space.
    public init(_ client: OctopusClient) { self.client = client }

    /// What the feed is called, for people.
    public var name: String { "the built-in feed of Octopus" }

    /// What the server tells of a package; nil where the feed has none of that version.
    public func find(_ id: String, version: String) async throws -> PackageFacts? {
        guard let package = try await client.package(id, version: version) else { return nil }
        return PackageFacts(sha1: package.hash?.lowercased(), size: package.packageSizeBytes)
    }

    /// Pushes a package; one that came there in between is never replaced.
    public func push(_ file: String) async throws { _ = try await client.upload(package: file, mode: .fail) }
}
