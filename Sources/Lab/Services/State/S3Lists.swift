import Core
import Foundation
import GRDB
import Hummingbird
import StateStore

/// Listings.
extension StateService {
    /// What a listing asks for.
    struct Listing: Sendable {
        var prefix: String
        var delimiter: String
        var most: Int
        var encodes: Bool

        init(_ call: S3Call) throws {
            prefix = call.query["prefix"] ?? ""
            delimiter = call.query["delimiter"] ?? ""
            encodes = call.query["encoding-type"] == "url"
            guard let most = Int(call.query["max-keys"] ?? "1000"), most >= 0 else {
                throw S3Fault.invalid("Provided max-keys not an integer or within integer range")
            }
            self.most = min(most, 1000)
        }

        func text(_ key: String) -> String { encodes ? S3Path.encode(key, slashes: true) : key }

        /// The part of a key up to the delimiter behind the prefix; nil where there is none.
        func common(_ key: String) -> String? {
            guard !delimiter.isEmpty, let end = key.dropFirst(prefix.count).firstRange(of: delimiter)?.upperBound else {
                return nil
            }
            return String(key[..<end])
        }

        /// The elements that tell what was asked for.
        func echo(_ bucket: String, truncated: Bool) -> [S3XML] {
            var items = [
                S3XML("Name", bucket), S3XML("Prefix", text(prefix)), S3XML("MaxKeys", "\(most)"),
                S3XML("IsTruncated", "\(truncated)"),
            ]
            if !delimiter.isEmpty { items.append(S3XML("Delimiter", text(delimiter))) }
            if encodes { items.append(S3XML("EncodingType", "url")) }
            return items
        }
    }

    /// A page: rows and common prefixes in the order of their keys, and whether more follows.
    struct Page: Sendable {
        var rows: [StateVersionRow] = []
        var prefixes: [String] = []
        var last: String?
        var truncated = false
    }

    static func page(
        _ listing: Listing, bucket: String, after: String, _ database: Database
    ) throws -> Page {
        try StateObjects.requireBucket(bucket, database)
        var page = Page()
        let rows = try StateVersionRow.fetchCursor(
            database,
            sql: """
                SELECT * FROM state_version v WHERE bucket = ? AND key > ? AND key >= ? AND deletion = 0
                    AND id = (SELECT MAX(id) FROM state_version n WHERE n.bucket = v.bucket AND n.key = v.key)
                ORDER BY key
                """, arguments: [bucket, after, listing.prefix])
        let prefix = Array(listing.prefix.utf8)
        while let row = try rows.next() {
            guard row.key.utf8.starts(with: prefix) else { break }
            let common = listing.common(row.key)
            if let common, page.prefixes.last == common || (!after.isEmpty && after.hasPrefix(common)) { continue }
            if page.rows.count + page.prefixes.count == listing.most {
                page.truncated = listing.most > 0
                break
            }
            if let common { page.prefixes.append(common) } else { page.rows.append(row) }
            page.last = common ?? row.key
        }
        return page
    }

    private static func content(_ row: StateVersionRow, _ listing: Listing) -> S3XML {
        S3XML(
            "Contents",
            [
                S3XML("Key", listing.text(row.key)), S3XML("LastModified", row.modified), S3XML("ETag", row.etag),
                S3XML("Size", "\(row.size)"), S3XML("StorageClass", "STANDARD"),
            ])
    }

    func listObjects(_ call: S3Call) async throws -> Response {
        try call.only(
            "list-type", "prefix", "delimiter", "max-keys", "encoding-type", "continuation-token", "start-after",
            "fetch-owner", "marker")
        let listing = try Listing(call)
        let second = call.query["list-type"] == "2"
        var after = (second ? call.query["start-after"] : call.query["marker"]) ?? ""
        if second, let token = call.query["continuation-token"] {
            guard let bytes = Data(base64Encoded: token), let key = String(data: bytes, encoding: .utf8) else {
                throw S3Fault.invalid("The continuation token provided is incorrect")
            }
            after = key
        }
        let from = after
        let page = try await environment.database.read {
            try Self.page(listing, bucket: call.bucket, after: from, $0)
        }
        var items = listing.echo(call.bucket, truncated: page.truncated)
        let next = page.truncated ? page.last : nil
        if second {
            items.append(S3XML("KeyCount", "\(page.rows.count + page.prefixes.count)"))
            if let token = call.query["continuation-token"] { items.append(S3XML("ContinuationToken", token)) }
            if let start = call.query["start-after"] { items.append(S3XML("StartAfter", listing.text(start))) }
            if let next {
                items.append(S3XML("NextContinuationToken", Data(next.utf8).base64EncodedString()))
            }
        } else {
            items.append(S3XML("Marker", listing.text(after)))
            if let next { items.append(S3XML("NextMarker", listing.text(next))) }
        }
        items += page.rows.map { Self.content($0, listing) }
        items += page.prefixes.map { S3XML("CommonPrefixes", [S3XML("Prefix", listing.text($0))]) }
        return .xml(S3XML("ListBucketResult", items))
    }

    func listVersions(_ call: S3Call) async throws -> Response {
        try call.only(
            "versions", "prefix", "delimiter", "max-keys", "encoding-type", "key-marker", "version-id-marker")
        let listing = try Listing(call)
        guard listing.delimiter.isEmpty || listing.delimiter == "/" else {
            throw NotServed("GET bucket with ?versions and another delimiter than /")
        }
        let marker = (call.query["key-marker"] ?? "", call.query["version-id-marker"] ?? "")
        let (rows, prefixes, truncated, latest) = try await environment.database.read { database in
            try Self.versions(listing, call.bucket, marker, database)
        }
        var items = listing.echo(call.bucket, truncated: truncated)
        items += [S3XML("KeyMarker", listing.text(marker.0)), S3XML("VersionIdMarker", marker.1)]
        if truncated {
            let last = rows.last
            items.append(S3XML("NextKeyMarker", listing.text(last?.key ?? prefixes.last ?? "")))
            items.append(S3XML("NextVersionIdMarker", last?.version ?? ""))
        }
        items += rows.map { row in
            var item = [
                S3XML("Key", listing.text(row.key)), S3XML("VersionId", row.version),
                S3XML("IsLatest", "\(latest.contains(row.id))"), S3XML("LastModified", row.modified),
            ]
            if !row.deletion {
                item += [
                    S3XML("ETag", row.etag), S3XML("Size", "\(row.size)"), S3XML("StorageClass", "STANDARD"),
                ]
            }
            return S3XML(row.deletion ? "DeleteMarker" : "Version", item)
        }
        items += prefixes.map { S3XML("CommonPrefixes", [S3XML("Prefix", listing.text($0))]) }
        return .xml(S3XML("ListVersionsResult", items))
    }

    /// By key, newest first; what is behind the marker.
    private static func versions(
        _ listing: Listing, _ bucket: String, _ marker: (String, String), _ database: Database
    ) throws -> (rows: [StateVersionRow], prefixes: [String], truncated: Bool, latest: Set<Int64>) {
        try StateObjects.requireBucket(bucket, database)
        var before = Int64.max
        if !marker.1.isEmpty {
            let row = try StateVersionRow.find(database, bucket, marker.0, version: marker.1)
            guard let row else { throw S3Fault.invalid("Invalid version id specified") }
            before = row.id
        }
        let cursor = try StateVersionRow.fetchCursor(
            database,
            sql: """
                SELECT * FROM state_version WHERE bucket = ? AND key >= ?
                    AND (key > ? OR (key = ? AND id < ?))
                ORDER BY key, id DESC
                """,
            arguments: [bucket, listing.prefix, marker.0, marker.1.isEmpty ? nil : marker.0, before])
        var (rows, prefixes): ([StateVersionRow], [String]) = ([], [])
        var truncated = false
        while let row = try cursor.next() {
            guard row.key.utf8.starts(with: listing.prefix.utf8) else { break }
            let common = listing.common(row.key)
            if let common, prefixes.last == common || (!marker.0.isEmpty && marker.0.hasPrefix(common)) { continue }
            if rows.count + prefixes.count == listing.most {
                truncated = listing.most > 0
                break
            }
            if let common { prefixes.append(common) } else { rows.append(row) }
        }
        let newest = try Set(rows.map(\.key)).compactMap { try StateVersionRow.latest(database, bucket, $0)?.id }
        return (rows, prefixes, truncated, Set(newest))
    }
}
