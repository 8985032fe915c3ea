import Core
import Foundation

extension OctopusClient {
    /// What happens to a package of the same id and version.
    public enum OverwriteMode: String, Sendable, CaseIterable {
        /// It is an error.
        case fail = "FailIfExists"
        /// It is kept, the new one is not looked at.
        case ignore = "IgnoreIfExists"
        /// It is replaced.
        case overwrite = "OverwriteExisting"
    }

    /// What an upload did.
    public enum UploadOutcome: Sendable, Hashable {
        /// The feed has the package now.
        case uploaded(FeedPackage)
        /// The feed had a package of that id and version, and keeps it.
        case kept
    }

    /// Uploads a package to the built-in feed, streamed from its file.
    ///
    /// - Parameter file: an absolute path; its name is `ID.VERSION.zip`, `.tar.gz` and the like, which is where
    ///   the server takes id and version from.
    public func upload(package file: String, mode: OverwriteMode = .fail) async throws -> UploadOutcome {
        let name = file.lastPathComponent
        guard PackageFileName(name) != nil else {
            throw Failure(
                .usage, "\(name) is not the name of a package",
                why: "Octopus takes id and version from it, such as go-app.1.2.5.tar.gz")
        }
        guard context.files.exists(file), !context.files.isDirectory(file) else {
            throw Failure(.usage, "the package \(file) does not exist")
        }
        let path = path("packages", "raw", query: [("overwriteMode", mode.rawValue)])
        let mark = "nante-\(context.random.hex(bytes: 16))"
        let head =
            "--\(mark)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        let pieces: [HTTPCall.Piece] = [
            .data(Data(head.utf8)), .file(file), .data(Data("\r\n--\(mark)--\r\n".utf8)),
        ]
        let answer = try await answer(
            "POST", path, headers: [("Content-Type", "multipart/form-data; boundary=\(mark)")],
            content: .pieces(pieces), timeout: timeout * 10)
        if answer.status == 409 {
            throw Failure(
                .refused, "the feed has \(name) already", why: "a package is never replaced unasked",
                next: ["--overwrite ignore keeps it", "--overwrite replace replaces it"])
        }
        guard answer.isSuccess else { throw OctopusTrouble.failure(answer, "POST", endpoint.url + path) }
        if answer.status == 200, mode == .ignore || answer.body.isEmpty { return .kept }
        return .uploaded(try decoded(try parsed(answer, path), path))
    }

    /// Packages of the built-in feed, newest first; of one id where one is given.
    public func packages(id: String? = nil, limit: Int = .max) async throws -> [FeedPackage] {
        let query = id.map { [("nuGetPackageId", $0)] } ?? []
        return try await models(FeedPackage.self, at: path("packages", query: query), limit: limit)
    }

    /// A package of the built-in feed; nil where it has none of that version.
    public func package(_ id: String, version: String) async throws -> FeedPackage? {
        try await modelIfAny(FeedPackage.self, at: path("packages", "packages-\(id).\(version)"))
    }

    /// The id of the built-in feed: `feeds-builtin` in the default space, like any feed's in others.
    public func builtInFeed() async throws -> String {
        guard let feed = try await all(Feed.self).first(where: \.isBuiltIn) else {
            throw Failure(
                .missing, "the space \(space.name) shows no built-in feed", where: endpoint.url,
                why: "each space has one; the key may lack the right FeedView")
        }
        return feed.id
    }

    /// The versions of a package in a feed, newest first.
    ///
    /// - Parameter feed: the feed's id; nil is the space's built-in one.
    public func versions(of id: String, feed: String? = nil, limit: Int = 30) async throws -> [PackageVersion] {
        let query = [("packageId", id), ("take", String(min(limit, 1000)))]
        let feed = if let feed { feed } else { try await builtInFeed() }
        return try await models(
            PackageVersion.self, at: path("feeds", feed, "packages", "versions", query: query), limit: limit)
    }

    /// Packages of a feed whose id holds a text.
    ///
    /// - Parameter feed: the feed's id; nil is the space's built-in one.
    public func search(_ term: String, feed: String? = nil) async throws -> [PackageDescription] {
        let feed = if let feed { feed } else { try await builtInFeed() }
        return try await models(
            PackageDescription.self, at: path("feeds", feed, "packages", "search", query: [("term", term)]))
    }
}

/// The name of a package's file: `ID.VERSION.EXTENSION`.
///
/// Grammar: the id is words parted by `_`, `.` or `-`; the version is one to four numbers, with a prerelease behind
/// `-` and metadata behind `+`.
public struct PackageFileName: Sendable, Hashable {
    /// The package.
    public let id: String
    /// The version.
    public let version: String
    /// With its dot, such as `.tar.gz`.
    public let fileExtension: String

    /// Reads a file's name; nil where it is none of a package.
    public init?(_ name: String) {
        let known = [".tar.gz", ".tar.bz2", ".tgz", ".tar", ".zip", ".nupkg", ".jar", ".war", ".ear"]
        guard let ending = known.first(where: { name.lowercased().hasSuffix($0) }) else { return nil }
        let stem = String(name.dropLast(ending.count))
        let pattern = #/(\w+(?:[_.\-]\w+)*?)\.(\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.\-]+)?(?:\+[0-9A-Za-z.\-]+)?)/#
        guard let match = stem.wholeMatch(of: pattern) else { return nil }
        id = String(match.1)
        version = String(match.2)
        fileExtension = String(name.suffix(ending.count)).lowercased()
    }
}
