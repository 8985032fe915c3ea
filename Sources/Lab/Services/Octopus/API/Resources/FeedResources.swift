import Core
import Foundation
import GRDB
import Hummingbird
import NIOCore

/// Feeds: the built-in one is served; others are kept, but nothing is fetched from them.
enum FeedResources {
    /// The id of the built-in feed of the default space; other spaces have one with an id like any feed.
    static let builtIn = "feeds-builtin"

    /// The id of a space's built-in feed.
    static func builtIn(_ db: Database, space: String) throws -> String {
        try Document.all(db, .feed, space: space).first { $0.text("FeedType") == "BuiltIn" }?.id ?? builtIn
    }

    /// The id of a feed that is to be made.
    static func nextID(_ db: Database) throws -> String { "Feeds-\(try Counter.next(db, "Feeds", first: 1001))" }

    static let type = ResourceType(
        kind: .feed,
        fields: [
            Field("Name", .required), Field("FeedType", .text("NuGet")), Field("FeedUri", .text(nil)),
            Field("Username", .text(nil)), Field("Password", .secret),
            Field("PackageAcquisitionLocationOptions", .texts), Field("DownloadAttempts", .integer(5)),
            Field("DownloadRetryBackoffSeconds", .integer(10)), Field("EnhancedMode", .flag(false)),
        ],
        filters: ["feedType": { feed, wanted in wanted.contains { $0.sameText(feed.text("FeedType")) } }],
        prepare: { db, document, change in
            if document.text("FeedType").sameText("BuiltIn"), change.previous == nil {
                throw OctopusFault.invalid("There can be one built-in feed only.")
            }
            if change.previous == nil { document.id = try nextID(db) }
        },
        removing: { _, document in
            if document.text("FeedType") == "BuiltIn" {
                throw OctopusFault.invalid("The built-in feed can't be deleted.")
            }
        },
        present: { _, feed, shown in
            guard feed.text("FeedType") == "BuiltIn" else { return shown }
            var out = JSONValue.emptyObject
            for name in ["Id", "SpaceId", "Name", "FeedType", "PackageAcquisitionLocationOptions"] {
                if let value = shown[name] { out.set(name, value) }
            }
            return out.with([("DeleteUnreleasedPackagesAfterDays", 0), ("IsBuiltInRepoSyncEnabled", false)])
        },
        links: { _, path in
            [
                ("SearchPackagesTemplate", "\(path)/packages/search{?term,take,skip}"),
                ("SearchPackageVersionsTemplate", "\(path)/packages/versions{?packageId,take,skip,includePreRelease}"),
            ]
        })

    static let routes = [
        OctopusRoute(.get, "feeds/stats") { call in
            let count = try await call.read { try StoredPackage.all($0, space: call.space).count }
            return .json(["Id": .null, "TotalPackages": .number(Double(count)), "Links": .emptyObject])
        },
        OctopusRoute(.get, "feeds/{id}/packages/search", handle: search),
        OctopusRoute(.get, "feeds/{id}/packages/versions", handle: versions),
    ]

    /// The packages of a feed; none for feeds that the lab does not serve.
    private static func packages(
        _ db: Database, _ call: OctopusCall, _ package: String? = nil
    ) throws -> [StoredPackage] {
        let feed = try type.document(db, call, call.argument("id"))
        guard feed.text("FeedType") == "BuiltIn" else { return [] }
        return try StoredPackage.all(db, space: call.space, package: package)
    }

    @Sendable private static func search(_ call: OctopusCall) async throws -> Response {
        let page = try Page(call)
        let term = (call.query("term") ?? "").lowercased()
        let found = try await call.read { db -> [StoredPackage] in try packages(db, call) }
        var newest: [StoredPackage] = []
        for package in found where !newest.contains(where: { $0.package.sameText(package.package) }) {
            if term.isEmpty || package.package.lowercased().contains(term) { newest.append(package) }
        }
        let items = page.slice(newest).map { package -> JSONValue in
            [
                "Id": .string(package.package), "Name": .string(package.package), "Description": .null,
                "LatestVersion": .string(package.version), "Links": .emptyObject,
            ]
        }
        let path = "\(call.base)/feeds/\(call.argument("id"))/packages/search"
        return .json(
            page.envelope(items, total: newest.count, itemType: "PackageDescription", path: path, template: ["term"]))
    }

    @Sendable private static func versions(_ call: OctopusCall) async throws -> Response {
        let page = try Page(call)
        guard let id = call.query("packageId") else { throw OctopusFault.invalid("'packageId' must not be empty.") }
        let withPre = call.flag("includePreRelease") ?? true
        let filter = (call.query("filter") ?? "").lowercased()
        let all = try await call.read { db -> [StoredPackage] in try packages(db, call, id) }
        let chosen = all.filter { package in
            (withPre || !PackageVersion(package.version).isPreRelease)
                && (filter.isEmpty || package.version.lowercased().contains(filter))
        }
        let feed = call.argument("id")
        let items = page.slice(chosen).map { package -> JSONValue in
            [
                "Id": .string(package.id), "FeedId": .string(feed), "PackageId": .string(package.package),
                "Version": .string(package.version), "Published": .string(package.published.octopus),
                "Title": .string(package.package), "SizeBytes": .number(Double(package.size)), "ReleaseNotes": .null,
                "Links": ["Package": .string("\(call.base)/packages/\(package.id)")],
            ]
        }
        let path = "\(call.base)/feeds/\(feed)/packages/versions"
        return .json(
            page.envelope(
                items, total: chosen.count, itemType: "PackageVersion", path: path, template: ["packageId"]))
    }
}
