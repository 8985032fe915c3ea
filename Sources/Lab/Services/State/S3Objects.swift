import Core
import Foundation
import Hummingbird
import StateStore

extension StateService {
    /// Fields of a request that are given back as they came.
    static let keptHeaders = [
        "content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
    ]

    func headers(of call: S3Call) throws -> String {
        var kept = JSONValue.emptyObject.object ?? [:]
        for field in call.headers {
            let name = field.name.canonicalName
            if Self.keptHeaders.contains(name) || name.hasPrefix("x-amz-meta-") { kept[name] = .string(field.value) }
        }
        if let encoding = kept["content-encoding"]?.string {
            let rest = encoding.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { $0 != "aws-chunked" }
            kept["content-encoding"] = rest.isEmpty ? nil : .string(rest.joined(separator: ","))
        }
        if kept["content-type"] == nil { kept["content-type"] = "binary/octet-stream" }
        let text = JSONValue.object(kept).text()
        guard text.utf8.count <= 8 << 10 else {
            throw S3Fault.invalid("Your metadata headers exceed the maximum allowed metadata size.", "MetadataTooLarge")
        }
        return text
    }

    /// What the service does not do must not be asked for silently.
    func refuseUnserved(_ call: S3Call) throws {
        for name in ["x-amz-tagging", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold", "x-amz-grant-read"]
        where call.headers.value(name) != nil {
            throw NotServed("\(call.method.rawValue) object with \(name)")
        }
        if let encryption = call.headers.value("x-amz-server-side-encryption"), encryption != "AES256" {
            throw NotServed("\(call.method.rawValue) object with encryption by \(encryption)")
        }
        if call.headers.value("x-amz-server-side-encryption-customer-algorithm") != nil {
            throw NotServed("\(call.method.rawValue) object with a customer's key")
        }
    }

    func putObject(_ call: S3Call) async throws -> Response {
        try call.only()
        try refuseUnserved(call)
        let condition = StateObjects.Condition(
            ifMatch: call.headers.value("if-match"), ifNoneMatch: call.headers.value("if-none-match"))
        // Before the body is read: what is refused anyway needs no transfer. The transaction looks again.
        try condition.check(try await objects.find(call.bucket, call.key))
        let headers = try headers(of: call)
        let place = StateSeal.Place(bucket: call.bucket, key: call.key, content: objects.newID())
        let (writer, digest) = try await take(call, place)
        var finished = writer
        let etag = "\"\(digest.md5.hex)\""
        try await objects.commit(
            .init(
                place: place, pieces: try finished.finish(), size: writer.size, etag: etag, headers: headers,
                checksum: digest.checksum), if: condition)
        var response = Response(status: .ok)
        response.headers.set("etag", etag)
        if !StateObjects.isLock(call.key) { response.headers.set("x-amz-version-id", place.content) }
        response.headers.set("x-amz-server-side-encryption", "AES256")
        setChecksum(digest.checksum, &response.headers)
        return response
    }

    /// Streams the body of an upload into a sealed content that nobody knows of yet.
    func take(
        _ call: S3Call, _ place: StateSeal.Place
    ) async throws -> (StateContents.Writer, (md5: [UInt8], checksum: String?)) {
        var intake = try S3Intake(call)
        var writer = StateContents.Writer(objects.contents, place)
        do {
            for try await buffer in call.request.body {
                try await writer.write(try intake.take(buffer.readableBytesView))
            }
            return (writer, try intake.finish())
        } catch {
            if writer.size > StateSeal.piece { try await objects.forget(place.content) }
            throw error
        }
    }

    func setChecksum(_ checksum: String?, _ headers: inout HTTPFields) {
        guard let pair = checksum?.split(separator: "=", maxSplits: 1), pair.count == 2 else { return }
        headers.set("x-amz-checksum-\(pair[0])", String(pair[1]))
        headers.set("x-amz-checksum-type", "FULL_OBJECT")
    }

    func getObject(_ call: S3Call) async throws -> Response {
        try call.only("versionId")
        for _ in 0..<20 {
            do { return try await readObject(call) } catch let damaged as StateDamaged {
                // A lock that was given back between the look at its row and at its content is gone, not damaged.
                let place = damaged.place
                let row = try await objects.find(place.bucket, place.key, version: place.content)
                guard row == nil else { throw damaged }
            }
        }
        throw S3Fault(.serviceUnavailable, "SlowDown", "Please reduce your request rate.")
    }

    private func readObject(_ call: S3Call) async throws -> Response {
        let version = call.query["versionId"]
        guard let row = try await objects.find(call.bucket, call.key, version: version) else {
            throw version == nil ? S3Fault.noKey : S3Fault.noVersion
        }
        var headers = HTTPFields()
        headers.set("x-amz-version-id", row.version)
        if row.deletion {
            headers.set("x-amz-delete-marker", "true")
            let fault =
                version == nil
                ? S3Fault.noKey
                : S3Fault(
                    .methodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
            var response = fault.response(context.random.hex(bytes: 8))
            response.headers.append(contentsOf: headers)
            return response
        }
        for (name, value) in (try? JSONValue.parse(row.headers))?.object ?? [:] { headers.set(name, value.string) }
        headers.set("etag", row.etag)
        headers.set("last-modified", HTTPDate.text(row.created))
        headers.set("accept-ranges", "bytes")
        headers.set("x-amz-server-side-encryption", "AES256")
        if let early = try fresh(call, row, headers) { return early }
        return try await content(call, row, headers)
    }

    /// The answer where the caller's conditions make the content needless.
    private func fresh(_ call: S3Call, _ row: StateVersionRow, _ headers: HTTPFields) throws -> Response? {
        if let match = call.headers.value("if-match"), match != "*",
            !StateObjects.tags(match).contains(row.etag)
        {
            throw S3Fault.precondition("If-Match")
        }
        if let none = call.headers.value("if-none-match") {
            let same = none == "*" || StateObjects.tags(none).contains(row.etag)
            return same ? Response(status: .notModified, headers: headers) : nil
        }
        guard let since = call.headers.value("if-modified-since").flatMap(HTTPDate.parse) else { return nil }
        return row.created.rounded(.down) <= since ? Response(status: .notModified, headers: headers) : nil
    }

    private func content(_ call: S3Call, _ row: StateVersionRow, _ fields: HTTPFields) async throws -> Response {
        var headers = fields
        var (status, range) = (HTTPResponse.Status.ok, 0..<row.size)
        switch ByteRange.parse(call.headers.value("range"), size: row.size) {
        case .whole:
            if call.headers.value("x-amz-checksum-mode") == "ENABLED" { setChecksum(row.checksum, &headers) }
        case .unsatisfiable:
            throw S3Fault(
                .rangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable",
                [S3XML("ActualObjectSize", "\(row.size)")])
        case .part(let part):
            status = .partialContent
            range = part
            headers.set("content-range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(row.size)")
        }
        headers.set("content-length", "\(range.count)")
        if call.method == .head { return Response(status: status, headers: headers) }
        if range.count <= 8 * StateSeal.piece {
            // Opened before the answer begins: what is damaged is told as an error and not as a short answer.
            var bytes: [UInt8] = []
            try await objects.contents.read(row, range) { bytes += $0 }
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let (contents, whole) = (objects.contents, range)
        _ = try await contents.piece(0, of: row.place, size: row.size)
        let body = ResponseBody(contentLength: range.count) { writer in
            try await contents.read(row, whole) { try await writer.write(ByteBuffer(bytes: $0)) }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }

    func deleteObject(_ call: S3Call) async throws -> Response {
        try call.only("versionId")
        var response = Response(status: .noContent)
        if let version = call.query["versionId"] {
            let row = try await objects.delete(call.bucket, call.key, version: version)
            response.headers.set("x-amz-version-id", version)
            if row?.deletion == true { response.headers.set("x-amz-delete-marker", "true") }
            return response
        }
        let condition = StateObjects.Condition(ifMatch: call.headers.value("if-match"))
        if let marker = try await objects.delete(call.bucket, call.key, if: condition) {
            response.headers.set("x-amz-version-id", marker)
            response.headers.set("x-amz-delete-marker", "true")
        }
        return response
    }

    /// Copies inside the store; the content is sealed anew, since a seal holds for one place only.
    func copyObject(_ call: S3Call, source: String) async throws -> Response {
        try call.only()
        try refuseUnserved(call)
        let halves = source.split(separator: "?", maxSplits: 1).map(String.init)
        let path = (halves.first ?? "").trimmingPrefix("/")
        let parts = path.split(separator: "/", maxSplits: 1).compactMap { part in
            S3Path.decode(part).flatMap { String(validating: $0, as: UTF8.self) }
        }
        guard parts.count == 2 else { throw S3Fault.invalid("Copy Source must mention the source bucket and key") }
        let version = halves.count > 1 ? S3Query(parsing: halves[1])?["versionId"] : nil
        guard let row = try await objects.find(parts[0], parts[1], version: version), !row.deletion else {
            throw S3Fault.noKey
        }
        if let match = call.headers.value("x-amz-copy-source-if-match"), !StateObjects.tags(match).contains(row.etag) {
            throw S3Fault.precondition("x-amz-copy-source-If-Match")
        }
        let replace = call.headers.value("x-amz-metadata-directive") == "REPLACE"
        if (parts[0], parts[1]) == (call.bucket, call.key), !replace, version == nil {
            throw S3Fault.invalid(
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                    + "object's metadata.", "InvalidRequest")
        }
        let place = StateSeal.Place(bucket: call.bucket, key: call.key, content: objects.newID())
        var writer = StateContents.Writer(objects.contents, place)
        try await objects.contents.read(row, 0..<row.size) { try await writer.write($0) }
        let now = context.time.now().iso8601
        try await objects.commit(
            .init(
                place: place, pieces: try writer.finish(), size: row.size, etag: row.etag,
                headers: replace ? try headers(of: call) : row.headers, checksum: row.checksum),
            if: .init(ifNoneMatch: call.headers.value("if-none-match")))
        var response = Response.xml(
            S3XML("CopyObjectResult", [S3XML("LastModified", now), S3XML("ETag", row.etag)]))
        response.headers.set("x-amz-version-id", place.content)
        response.headers.set("x-amz-copy-source-version-id", row.version)
        return response
    }
}
