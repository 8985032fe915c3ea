import Core
import Foundation
import GRDB
import Hummingbird
import StateStore

/// Buckets.
extension StateService {
    private static let owner = S3XML("Owner", [S3XML("ID", "nante"), S3XML("DisplayName", "nante")])

    func listBuckets(_ call: S3Call) async throws -> Response {
        try call.only("max-buckets", "prefix", "continuation-token")
        let prefix = call.query["prefix"] ?? ""
        let rows = try await environment.database.read {
            try StateBucketRow.fetchAll($0, sql: "SELECT name, created FROM state_bucket ORDER BY name")
        }
        let items = rows.compactMap { row -> S3XML? in
            guard row.name.hasPrefix(prefix) else { return nil }
            return S3XML(
                "Bucket",
                [
                    S3XML("Name", row.name),
                    S3XML("CreationDate", Date(timeIntervalSince1970: row.created).iso8601),
                ])
        }
        return .xml(S3XML("ListAllMyBucketsResult", [Self.owner, S3XML("Buckets", items)]))
    }

    func createBucket(_ call: S3Call) async throws -> Response {
        try call.only()
        let name = call.bucket
        let body = try await call.body(upTo: 64 << 10)
        if !body.isEmpty {
            guard let tree = try? S3XML.parse(Data(body)), tree.name == "CreateBucketConfiguration" else {
                throw S3Fault.malformed
            }
            if let region = tree["LocationConstraint"]?.text, !["", S3Authentication.region].contains(region) {
                throw S3Fault.invalid(
                    "The specified location-constraint is not valid", "InvalidLocationConstraint")
            }
        }
        let valid = name.wholeMatch(of: #/[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]/#) != nil
        guard valid, !name.contains("..") else {
            throw S3Fault.invalid("The specified bucket is not valid.", "InvalidBucketName")
        }
        let now = context.time.now().timeIntervalSince1970
        try await environment.database.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO state_bucket (name, created) VALUES (?, ?)", arguments: [name, now])
            guard database.changesCount == 1 else {
                throw S3Fault(
                    .conflict, "BucketAlreadyOwnedByYou",
                    "Your previous request to create the named bucket succeeded and you already own it.")
            }
        }
        return Response(status: .ok, headers: [.location: "/" + name])
    }

    func headBucket(_ call: S3Call) async throws -> Response {
        try call.only()
        try await environment.database.read { try StateObjects.requireBucket(call.bucket, $0) }
        var response = Response(status: .ok)
        response.headers.set("x-amz-bucket-region", S3Authentication.region)
        return response
    }

    /// Deletes a bucket without objects; earlier versions of deleted ones count, as in S3.
    func deleteBucket(_ call: S3Call) async throws -> Response {
        try call.only()
        let name = call.bucket
        if [StateEndpoint.usualBucket, StateObjects.httpBucket].contains(name) {
            throw S3Fault(.conflict, "OperationAborted", "The lab's states are kept in this bucket.")
        }
        try await environment.database.write { database in
            try StateObjects.requireBucket(name, database)
            let used = try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM state_version WHERE bucket = ?)
                        OR EXISTS (SELECT 1 FROM state_upload WHERE bucket = ?)
                    """, arguments: [name, name])
            guard used != true else {
                throw S3Fault(
                    .conflict, "BucketNotEmpty",
                    "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
            }
            try database.execute(sql: "DELETE FROM state_bucket WHERE name = ?", arguments: [name])
        }
        return Response(status: .noContent)
    }

    func bucketLocation(_ call: S3Call) async throws -> Response {
        try await environment.database.read { try StateObjects.requireBucket(call.bucket, $0) }
        // The first region of all is told as nothing.
        return .xml(S3XML("LocationConstraint", ""))
    }

    func bucketVersioning(_ call: S3Call) async throws -> Response {
        try await environment.database.read { try StateObjects.requireBucket(call.bucket, $0) }
        return .xml(S3XML("VersioningConfiguration", [S3XML("Status", "Enabled")]))
    }

    func deleteObjects(_ call: S3Call) async throws -> Response {
        try call.only("delete")
        let tree = try await call.xml("Delete")
        let wanted = tree.all("Object")
        guard !wanted.isEmpty, wanted.count <= 1000 else { throw S3Fault.malformed }
        try await environment.database.read { try StateObjects.requireBucket(call.bucket, $0) }
        let quiet = tree["Quiet"]?.text == "true"
        var items: [S3XML] = []
        for object in wanted {
            guard let key = object["Key"]?.text, !key.isEmpty else { throw S3Fault.malformed }
            var item = [S3XML("Key", key)]
            if let version = object["VersionId"]?.text, !version.isEmpty {
                _ = try await objects.delete(call.bucket, key, version: version)
                item.append(S3XML("VersionId", version))
            } else if let marker = try await objects.delete(call.bucket, key) {
                item += [S3XML("DeleteMarker", "true"), S3XML("DeleteMarkerVersionId", marker)]
            }
            if !quiet { items.append(S3XML("Deleted", item)) }
        }
        return .xml(S3XML("DeleteResult", items))
    }
}
