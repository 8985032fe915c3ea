import Core
import Crypto
import Foundation

/// Publishes the package that was built: to the artifact store as the record, from there by digest to the feed that
/// deployments read, and last the fingerprint, by which the next build finds it.
///
/// Every step may be repeated, and whatever is there already is left alone.
public struct Publisher: Sendable {
    /// What was done.
    public struct Outcome: Sendable, Hashable {
        /// The version that is published.
        public var version: String
        /// SHA-256 of the package.
        public var digest: String
        /// Its address in the store.
        public var address: String
        /// The store did not have it before.
        public var isNewInStore: Bool
        /// The feed did not have it before.
        public var isNewInFeed: Bool
        /// Nothing was to be done.
        public var isUnchanged: Bool { !isNewInStore && !isNewInFeed }
    }

    /// The source that is to be published.
    public var source: AppSource
    /// The store.
    public var store: any ArtifactStore
    /// The feed.
    public var feed: any PackageFeed
    /// The effects.
    public var context: Context

    /// A publisher.
    public init(_ source: AppSource, store: any ArtifactStore, feed: any PackageFeed, context: Context) {
        self.source = source
        self.store = store
        self.feed = feed
        self.context = context
    }

    /// Publishes.
    ///
    /// - Throws: a failure with exit `usage` when what is there was not built of this source, with exit `refused` when
    ///   the version is published with other bytes.
    public func run() async throws -> Outcome {
        let app = source.app.name
        let fingerprint = source.fingerprint
        if let known = try await Releases(store).find(app, fingerprint: fingerprint) {
            let added = try await copyToFeed(known.version, digest: known.digest, file: nil)
            return Outcome(
                version: known.version, digest: known.digest, address: store.address(known.path), isNewInStore: false,
                isNewInFeed: added)
        }
        let built = try builtPackage(fingerprint)
        let path = Releases.packagePath(app, built.record.version)
        let isNew = try await putPackage(built.file, path, built.record.version)
        let added = try await copyToFeed(built.record.version, digest: built.record.digest, file: built.file)
        let release = PublishedRelease(
            version: built.record.version, commit: built.record.commit, digest: built.record.digest, path: path,
            tests: TestSummary.load(app, fingerprint: fingerprint, in: source.output, context: context))
        let data = Data((release.json.text(indent: 2) + "\n").utf8)
        do { try await store.replace(data, at: Releases.recordPath(app, fingerprint)) } catch let failure as Failure {
            // Another run of the same commit recorded it first, in a repository that takes each file once.
            guard failure.exit == .refused, try await Releases(store).find(app, fingerprint: fingerprint) != nil else {
                throw failure
            }
        }
        return Outcome(
            version: built.record.version, digest: built.record.digest, address: store.address(path),
            isNewInStore: isNew, isNewInFeed: added)
    }

    /// The package in the output folder, proven to be of this source and whole.
    private func builtPackage(_ fingerprint: String) throws -> (record: BuildRecord, file: String) {
        let app = source.app.name
        let next = ["nante build go \(app)"]
        guard let record = BuildRecord.load(app, in: source.output, context: context), let name = record.file else {
            throw Failure(.usage, "\(app) is not built", where: source.output, next: next)
        }
        guard record.fingerprint == fingerprint, record.app == app else {
            throw Failure(
                .usage, "\(app) has changed since it was built", where: source.output,
                why: "\(record.version) was built from another tree, or by another compiler", next: next)
        }
        let file = source.output.appending(path: name.lastPathComponent)
        guard context.files.exists(file), Digest.sha256(try context.files.read(file)) == record.digest else {
            throw Failure(.usage, "the package \(name) is not as it was built", where: source.output, next: next)
        }
        return (record, file)
    }

    private func putPackage(_ file: String, _ path: String, _ version: String) async throws -> Bool {
        do {
            try await store.prepare()
            return try await store.put(file: file, at: path)
        } catch var failure as Failure {
            guard failure.exit == .refused else { throw failure }
            failure.what = "\(source.app.name) \(version) is published already, with other content"
            failure.details.append(
                .init("hint", "never replaced; this one is of another compiler or platform, or the tag was moved"))
            failure.next = ["git tag vX.Y.Z", "or commit the change: each commit has a version of its own"]
            throw failure
        }
    }

    /// The feed gets the bytes of the store; true when it had none of this version.
    private func copyToFeed(_ version: String, digest: String, file: String?) async throws -> Bool {
        let app = source.app.name
        let there = try await feed.find(app, version: version)
        if there != nil, file == nil { return false }
        if let file {
            if let there { try requireSame(Publisher.facts(try context.files.read(file)), there, version) }
            if there == nil { try await feed.push(file) }
        } else {
            let fetched = source.output.appending(path: "\(app).\(version).tar.gz")
            try OutputFolder.prepare(source.output, context: context)
            let path = Releases.packagePath(app, version)
            guard try await store.fetch(path, to: fetched), Digest.sha256(try context.files.read(fetched)) == digest
            else {
                throw Failure(
                    .failed, "the package of \(app) \(version) in Nexus is not the one that was published",
                    where: store.address(path), why: "its SHA-256 is not \(digest), or it is gone")
            }
            try await feed.push(fetched)
        }
        return there == nil
    }

    private func requireSame(_ here: PackageFacts, _ there: PackageFacts, _ version: String) throws {
        let isOther = there.sha1 != nil ? there.sha1 != here.sha1 : there.size != nil && there.size != here.size
        guard isOther else { return }
        throw Failure(
            .refused, "\(feed.name) has \(source.app.name) \(version) already, with other content",
            why: "there \(there.words), here \(here.words)",
            next: ["commit or tag: each release has a version of its own"])
    }

    /// SHA-1 is what Octopus tells of its packages; the store's digest is SHA-256.
    static func facts(_ data: Data) -> PackageFacts {
        PackageFacts(sha1: Insecure.SHA1.hash(data: data).hex, size: data.count)
    }
}

extension PackageFacts {
    var words: String { "SHA-1 \(sha1 ?? "unknown"), \(size.map(String.init) ?? "unknown") bytes" }
}
