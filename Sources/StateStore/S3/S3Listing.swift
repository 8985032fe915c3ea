import Core
import Foundation

/// An object in a listing.
public struct S3Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// Length in bytes.
    public var size: Int64
    /// When it was written, as the store says.
    public var modified: String
    /// The entity tag, with its quotes.
    public var etag: String
}

/// A version of an object in a listing.
public struct S3Version: Sendable, Hashable, Codable {
    /// The key.
    public var key: String
    /// The id of the version.
    public var id: String
    /// It is what a reader without a version gets.
    public var isLatest: Bool
    /// It says that the object was deleted.
    public var isDeletion: Bool
    /// When it was written, as the store says.
    public var modified: String
    /// Length in bytes; 0 of a deletion.
    public var size: Int64
}

extension S3Client {
    /// All objects whose keys begin with a text, page by page.
    public func list(prefix: String = "") async throws -> [S3Entry] {
        let doing = "list \(endpoint.bucket)/\(prefix)"
        var all: [S3Entry] = []
        var token: String?
        var seen: Set<String> = []
        repeat {
            var query = S3Query([.init("list-type", "2"), .init("encoding-type", "url"), .init("prefix", prefix)])
            if let token { query.items.append(.init("continuation-token", token)) }
            let tree = try await page("ListBucketResult", query, doing: doing)
            let encoded = tree["EncodingType"]?.text == "url"
            all += try tree.all("Contents").map { item in
                S3Entry(
                    key: try key(item, encoded, doing), size: Int64(item["Size"]?.text ?? "") ?? 0,
                    modified: item["LastModified"]?.text ?? "", etag: item["ETag"]?.text ?? "")
            }
            token = tree["IsTruncated"]?.text == "true" ? tree["NextContinuationToken"]?.text : nil
            if let token, !seen.insert(token).inserted { throw strange(doing, "it gives the same page again") }
        } while token != nil
        return all
    }

    /// All versions of the objects whose keys begin with a text: by key, newest first.
    public func versions(prefix: String) async throws -> [S3Version] {
        let doing = "list the versions of \(endpoint.bucket)/\(prefix)"
        var all: [S3Version] = []
        var marker: (key: String, id: String)?
        while true {
            var query = S3Query([.init("versions", ""), .init("encoding-type", "url"), .init("prefix", prefix)])
            if let marker { query.items += [.init("key-marker", marker.key), .init("version-id-marker", marker.id)] }
            let tree = try await page("ListVersionsResult", query, doing: doing)
            let encoded = tree["EncodingType"]?.text == "url"
            for item in tree.children where ["Version", "DeleteMarker"].contains(item.name) {
                all.append(
                    S3Version(
                        key: try key(item, encoded, doing), id: item["VersionId"]?.text ?? "null",
                        isLatest: item["IsLatest"]?.text == "true", isDeletion: item.name == "DeleteMarker",
                        modified: item["LastModified"]?.text ?? "", size: Int64(item["Size"]?.text ?? "") ?? 0))
            }
            guard tree["IsTruncated"]?.text == "true" else { return all }
            let next = tree["NextKeyMarker"]?.text ?? ""
            let following = (
                key: encoded ? try decoded(next, doing) : next, id: tree["NextVersionIdMarker"]?.text ?? ""
            )
            if let marker, marker == following { throw strange(doing, "it gives the same page again") }
            marker = following
        }
    }

    private func page(_ root: String, _ query: S3Query, doing: String) async throws -> S3XML {
        let answer = try await call("GET", key: "", query: query, doing: doing)
        try noBucket(answer)
        guard answer.isSuccess, !isWebPage(answer) else { throw failure(answer, doing: doing) }
        guard let tree = try? S3XML.parse(answer.body), tree.name == root else {
            throw strange(doing, "its answer is no \(root)")
        }
        return tree
    }

    private func key(_ item: S3XML, _ encoded: Bool, _ doing: String) throws -> String {
        let text = item["Key"]?.text ?? ""
        return encoded ? try decoded(text, doing) : text
    }

    private func decoded(_ text: String, _ doing: String) throws -> String {
        guard let bytes = S3Path.decode(text, plus: true), let plain = String(validating: bytes, as: UTF8.self) else {
            throw strange(doing, "a key in its answer is not encoded as it says")
        }
        return plain
    }

    private func strange(_ doing: String, _ why: String) -> Failure {
        Failure(.missing, "the state store could not \(doing)", where: endpoint.url, why: why)
    }
}
