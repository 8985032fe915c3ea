import Core
import Foundation

/// A release that was published, found by the fingerprint of what it was built from.
public struct PublishedRelease: Sendable, Hashable {
    /// Its version.
    public var version: String
    /// The full id of its commit.
    public var commit: String
    /// SHA-256 of its package.
    public var digest: String
    /// Path of its package in the repository.
    public var path: String
    /// What its tests said; nil when they were not run before it was published.
    public var tests: TestSummary?

    /// A release.
    public init(version: String, commit: String, digest: String, path: String, tests: TestSummary?) {
        self.version = version
        self.commit = commit
        self.digest = digest
        self.path = path
        self.tests = tests
    }

    /// The release as JSON.
    public var json: JSONValue {
        [
            "format": 1, "version": .string(version), "commit": .string(commit), "digest": .string(digest),
            "path": .string(path), "tests": tests?.json ?? .null,
        ]
    }

    /// Reads a release; nil for anything else.
    public init?(_ json: JSONValue) {
        guard json["format"]?.int == 1, let version = json["version"]?.string, BuildVersion.isSafe(version),
            let commit = json["commit"]?.string, let digest = json["digest"]?.string, Digest.isSHA256(digest),
            let path = json["path"]?.string
        else { return nil }
        self.init(
            version: version, commit: commit, digest: digest, path: path,
            tests: json["tests"].flatMap(TestSummary.init))
    }
}

/// The releases of apps as the artifact store records them.
public struct Releases: Sendable {
    /// The store.
    public var store: any ArtifactStore

    /// The releases of a store.
    public init(_ store: any ArtifactStore) { self.store = store }

    /// Where the package of a version lies.
    public static func packagePath(_ app: String, _ version: String) -> String {
        "\(app)/\(version)/\(app).\(version).tar.gz"
    }

    /// Where the record of a fingerprint lies.
    public static func recordPath(_ app: String, _ fingerprint: String) -> String {
        "\(app)/fingerprints/\(fingerprint).json"
    }

    /// The release that was built from the same source in the same way; nil when none was.
    public func find(_ app: String, fingerprint: String) async throws -> PublishedRelease? {
        let path = Releases.recordPath(app, fingerprint)
        guard let data = try await store.read(path) else { return nil }
        guard let json = try? JSONValue.parse(data), let release = PublishedRelease(json) else {
            throw Failure(
                .missing, "a release record can't be read", where: store.address(path),
                next: ["nante nexus raw delete raw-hosted \(path)"])
        }
        return release
    }
}
