import Core
import Crypto
import Foundation
import GRDB
import Hummingbird
import StateStore

/// Uploads in parts.
extension StateService {
    func createUpload(_ call: S3Call) async throws -> Response {
        try call.only("uploads")
        try refuseUnserved(call)
        let (id, now) = (objects.newID(), context.time.now().timeIntervalSince1970)
        let headers = try headers(of: call)
        try await environment.database.write { database in
            try StateObjects.requireBucket(call.bucket, database)
            try database.execute(
                sql: "INSERT INTO state_upload (id, bucket, key, headers, created) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, call.bucket, call.key, headers, now])
        }
        return .xml(
            S3XML(
                "InitiateMultipartUploadResult",
                [S3XML("Bucket", call.bucket), S3XML("Key", call.key), S3XML("UploadId", id)]))
    }

    private static func upload(_ call: S3Call, _ database: Database) throws -> StateUploadRow {
        let row = try StateUploadRow.fetchOne(
            database, sql: "SELECT * FROM state_upload WHERE id = ? AND bucket = ? AND key = ?",
            arguments: [call.query["uploadId"], call.bucket, call.key])
        guard let row else { throw S3Fault.noUpload }
        return row
    }

    func putPart(_ call: S3Call) async throws -> Response {
        try call.only("partNumber", "uploadId")
        if call.headers.value("x-amz-copy-source") != nil { throw NotServed("PUT part by copy") }
        guard let number = call.query["partNumber"].flatMap({ Int($0) }), (1...10_000).contains(number) else {
            throw S3Fault.invalid("Part number must be an integer between 1 and 10000, inclusive")
        }
        let upload = try await environment.database.read { try Self.upload(call, $0) }
        let place = StateSeal.Place(bucket: call.bucket, key: call.key, content: objects.newID())
        let (writer, digest) = try await take(call, place)
        var finished = writer
        let (pieces, etag) = (try finished.finish(), "\"\(digest.md5.hex)\"")
        let now = context.time.now().timeIntervalSince1970
        do {
            try await environment.database.write { database in
                _ = try Self.upload(call, database)
                let old = try String.fetchOne(
                    database, sql: "SELECT content FROM state_part WHERE upload = ? AND number = ?",
                    arguments: [upload.id, number])
                if let old { try StateContents.remove(old, database) }
                try StateContents.insert(pieces, place, database)
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO state_part (upload, number, content, size, etag, created)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """, arguments: [upload.id, number, place.content, writer.size, etag, now])
            }
        } catch {
            try await objects.forget(place.content)
            throw error
        }
        var response = Response(status: .ok)
        response.headers.set("etag", etag)
        setChecksum(digest.checksum, &response.headers)
        return response
    }

    func listParts(_ call: S3Call) async throws -> Response {
        try call.only("uploadId", "max-parts", "part-number-marker")
        let after = call.query["part-number-marker"].flatMap { Int($0) } ?? 0
        let most = min(max(call.query["max-parts"].flatMap { Int($0) } ?? 1000, 1), 1000)
        let rows = try await environment.database.read { database in
            let upload = try Self.upload(call, database)
            return try StatePartRow.fetchAll(
                database, sql: "SELECT * FROM state_part WHERE upload = ? AND number > ? ORDER BY number LIMIT ?",
                arguments: [upload.id, after, most + 1])
        }
        let shown = rows.prefix(most)
        var items = [
            S3XML("Bucket", call.bucket), S3XML("Key", call.key), S3XML("UploadId", call.query["uploadId"] ?? ""),
            S3XML("PartNumberMarker", "\(after)"), S3XML("NextPartNumberMarker", "\(shown.last?.number ?? after)"),
            S3XML("MaxParts", "\(most)"), S3XML("IsTruncated", "\(rows.count > most)"),
        ]
        items += shown.map { row in
            S3XML(
                "Part",
                [
                    S3XML("PartNumber", "\(row.number)"),
                    S3XML("LastModified", Date(timeIntervalSince1970: row.created).iso8601),
                    S3XML("ETag", row.etag), S3XML("Size", "\(row.size)"),
                ])
        }
        return .xml(S3XML("ListPartsResult", items))
    }

    func listUploads(_ call: S3Call) async throws -> Response {
        try call.only("uploads", "prefix", "delimiter", "encoding-type", "max-uploads")
        let prefix = call.query["prefix"] ?? ""
        let rows = try await environment.database.read { database in
            try StateObjects.requireBucket(call.bucket, database)
            return try StateUploadRow.fetchAll(
                database, sql: "SELECT * FROM state_upload WHERE bucket = ? ORDER BY key, created LIMIT 1000",
                arguments: [call.bucket])
        }
        let encodes = call.query["encoding-type"] == "url"
        let items = rows.filter { $0.key.hasPrefix(prefix) }.map { row in
            S3XML(
                "Upload",
                [
                    S3XML("Key", encodes ? S3Path.encode(row.key, slashes: true) : row.key), S3XML("UploadId", row.id),
                    S3XML("Initiated", Date(timeIntervalSince1970: row.created).iso8601),
                ])
        }
        return .xml(
            S3XML(
                "ListMultipartUploadsResult",
                [S3XML("Bucket", call.bucket), S3XML("Prefix", prefix), S3XML("IsTruncated", "false")] + items))
    }

    func abortUpload(_ call: S3Call) async throws -> Response {
        try call.only("uploadId")
        try await environment.database.write { database in
            let upload = try Self.upload(call, database)
            try Self.remove(upload, database)
        }
        return Response(status: .noContent)
    }

    private static func remove(_ upload: StateUploadRow, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM state_piece WHERE content IN (SELECT content FROM state_part WHERE upload = ?)",
            arguments: [upload.id])
        try database.execute(sql: "DELETE FROM state_upload WHERE id = ?", arguments: [upload.id])
    }

    func completeUpload(_ call: S3Call) async throws -> Response {
        try call.only("uploadId")
        let tree = try await call.xml("CompleteMultipartUpload")
        let wanted = try tree.all("Part").map { part -> (number: Int, etag: String) in
            guard let number = part["PartNumber"].flatMap({ Int($0.text) }), let etag = part["ETag"]?.text else {
                throw S3Fault.malformed
            }
            return (number, StateObjects.tags(etag).first ?? "")
        }
        let (upload, parts) = try await environment.database.read { database in
            let upload = try Self.upload(call, database)
            let parts = try StatePartRow.fetchAll(
                database, sql: "SELECT * FROM state_part WHERE upload = ? ORDER BY number", arguments: [upload.id])
            return (upload, parts)
        }
        let chosen = try Self.choose(wanted, of: parts)
        let place = StateSeal.Place(bucket: call.bucket, key: call.key, content: objects.newID())
        var writer = StateContents.Writer(objects.contents, place)
        var digests = Insecure.MD5()
        do {
            for part in chosen {
                let from = StateSeal.Place(bucket: call.bucket, key: call.key, content: part.content)
                for number in 0...Int(max(0, part.size - 1) / Int64(StateSeal.piece)) {
                    try await writer.write(try await objects.contents.piece(number, of: from, size: part.size))
                }
                digests.update(data: StateService.bytes(hex: part.etag.filter { $0 != "\"" }))
            }
        } catch {
            try await objects.forget(place.content)
            throw error
        }
        let etag = "\"\(digests.finalize().hex)-\(chosen.count)\""
        try await objects.commit(
            .init(
                place: place, pieces: try writer.finish(), size: writer.size, etag: etag, headers: upload.headers),
            if: .init(
                ifMatch: call.headers.value("if-match"), ifNoneMatch: call.headers.value("if-none-match")),
            guarding: { database in
                // Still there, so that of two completions one makes the object.
                try Self.remove(try Self.upload(call, database), database)
            })
        var response = Response.xml(
            S3XML(
                "CompleteMultipartUploadResult",
                [
                    S3XML("Location", "/" + call.bucket + "/" + call.key), S3XML("Bucket", call.bucket),
                    S3XML("Key", call.key), S3XML("ETag", etag),
                ]))
        response.headers.set("x-amz-version-id", place.content)
        return response
    }

    /// The smallest part that is not the last one, as in S3.
    static let smallestPart: Int64 = 5 << 20

    private static func choose(
        _ wanted: [(number: Int, etag: String)], of parts: [StatePartRow]
    ) throws -> [StatePartRow] {
        guard !wanted.isEmpty else { throw S3Fault.malformed }
        guard zip(wanted, wanted.dropFirst()).allSatisfy({ $0.number < $1.number }) else {
            throw S3Fault.invalid(
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
                "InvalidPartOrder")
        }
        let chosen = try wanted.map { want -> StatePartRow in
            guard let part = parts.first(where: { $0.number == want.number && $0.etag == want.etag }) else {
                throw S3Fault.invalid(
                    "One or more of the specified parts could not be found. The part may not have been uploaded, or "
                        + "the specified entity tag may not match the part's entity tag.", "InvalidPart")
            }
            return part
        }
        guard chosen.dropLast().allSatisfy({ $0.size >= smallestPart }) else {
            throw S3Fault.invalid(
                "Your proposed upload is smaller than the minimum allowed size", "EntityTooSmall")
        }
        return chosen
    }

    static func bytes(hex: String) -> [UInt8] {
        var out: [UInt8] = []
        var rest = hex[...]
        while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
            out.append(byte)
            rest = rest.dropFirst(2)
        }
        return out
    }
}
