import Core
import Foundation
import Hummingbird
import StateStore

/// A request to the S3 side, its signature checked.
struct S3Call: Sendable {
    var method: HTTPRequest.Method
    /// Empty for the service itself.
    var bucket: String
    /// Empty for a bucket.
    var key: String
    var query: S3Query
    var headers: HTTPFields
    var signed: S3Authentication.Signed
    var request: Request

    /// The longest key in bytes.
    static let longestKey = 1024

    /// Reads the request and checks who sends it.
    init(_ request: Request, keys: LabKeys, now: Date) throws {
        let target = request.head.path ?? "/"
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(halves[0])
        guard let query = S3Query(parsing: halves.count > 1 ? halves[1] : "") else {
            throw S3Fault.invalid("Couldn't parse the specified URI.", "InvalidURI")
        }
        let authentication = S3Authentication(
            accessKey: keys.stateUser ?? "", secret: keys.statePassword ?? "", now: now)
        signed = try authentication.check(
            .init(
                method: request.method.rawValue, path: path, query: query, authority: request.head.authority ?? "",
                headers: request.headers))
        let parts = path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let names = try parts.map { part -> String in
            guard let bytes = S3Path.decode(part), let text = String(validating: bytes, as: UTF8.self),
                !bytes.contains(0)
            else { throw S3Fault.invalid("Couldn't parse the specified URI.", "InvalidURI") }
            return text
        }
        bucket = names.first ?? ""
        key = names.count > 1 ? names[1] : ""
        guard key.utf8.count <= S3Call.longestKey else {
            throw S3Fault.invalid("Your key is too long", "KeyTooLongError")
        }
        method = request.method
        self.query = query
        headers = request.headers
        self.request = request
    }

    /// Throws `NotServed` where the query has a name beside these and those of every request.
    func only(_ names: String...) throws {
        for item in query.items where !names.contains(item.name) {
            if item.name == "x-id" || item.name.hasPrefix("X-Amz-") { continue }
            throw NotServed("\(method.rawValue) \(key.isEmpty ? "bucket" : "object") with ?\(item.name)")
        }
    }

    /// The query has the name, with a value or without.
    func has(_ name: String) -> Bool { query[name] != nil }

    /// The whole body of a small request, checked like that of an upload.
    func body(upTo limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        var intake = try S3Intake(self)
        for try await buffer in request.body {
            all += try intake.take(buffer.readableBytesView)
            guard all.count <= limit else { throw S3Fault.invalid("the body is too large", "EntityTooLarge") }
        }
        _ = try intake.finish()
        return all
    }

    /// The body of a small request as XML with this root.
    func xml(_ root: String) async throws -> S3XML {
        let body = try await body(upTo: 2 << 20)
        guard let tree = try? S3XML.parse(Data(body)), tree.name == root else { throw S3Fault.malformed }
        return tree
    }
}

/// Checks a body while it comes in: its form, its length, its hash and its checksums.
struct S3Intake: Sendable {
    private var chunks: S3Chunks?
    private var digests: S3Digests
    private let payload: S3Authentication.Payload
    private let algorithm: String?
    private let told: (md5: String?, checksum: String?)
    private let length: Int64?
    private var received: Int64 = 0
    private let announced: Int64?

    /// The largest object and the largest part, in bytes.
    static let largest: Int64 = 5 << 30

    init(_ call: S3Call) throws(S3Fault) {
        payload = call.signed.payload
        let inHeader = S3Digests.algorithms.first { call.headers.value("x-amz-checksum-\($0)") != nil }
        let behind = call.headers.value("x-amz-trailer")?.lowercased()
        let inTrailer = S3Digests.algorithms.first { behind == "x-amz-checksum-\($0)" }
        algorithm = inHeader ?? inTrailer
        told = (call.headers.value("content-md5"), inHeader.flatMap { call.headers.value("x-amz-checksum-\($0)") })
        announced = call.headers.value("content-length").flatMap { Int64($0) }
        switch payload {
        case .pieces(let signed, let trailer):
            chunks = S3Chunks(call.signed, hasSignatures: signed, hasTrailer: trailer)
            guard let size = call.headers.value("x-amz-decoded-content-length").flatMap({ Int64($0) }) else {
                throw S3Fault(
                    .lengthRequired, "MissingContentLength",
                    "You must provide the x-amz-decoded-content-length HTTP header.")
            }
            length = size
            digests = S3Digests(algorithm, hash: false)
        case .hash:
            length = announced
            digests = S3Digests(algorithm, hash: true)
        case .unsigned:
            length = announced
            digests = S3Digests(algorithm, hash: false)
        }
        if let length, length > S3Intake.largest {
            throw S3Fault.invalid("Your proposed upload exceeds the maximum allowed size", "EntityTooLarge")
        }
    }

    /// Takes the next bytes as they came.
    ///
    /// - Returns: the bytes of the content in them.
    mutating func take(_ bytes: some Collection<UInt8>) throws(S3Fault) -> [UInt8] {
        let content: [UInt8]
        if chunks != nil { content = try chunks?.take(bytes) ?? [] } else { content = Array(bytes) }
        received += Int64(content.count)
        if received > length ?? S3Intake.largest { throw S3Fault.incomplete }
        digests.update(content)
        return content
    }

    /// Ends the body; throws where it is not what its sender told.
    ///
    /// - Returns: the entity tag's digits, and the checksum with its algorithm.
    func finish() throws(S3Fault) -> (md5: [UInt8], checksum: String?) {
        try chunks?.finish()
        if let length, length != received { throw S3Fault.incomplete }
        let found = digests.finish()
        if case .hash(let hash) = payload, found.sha256?.equalsInConstantTime(hash) != true {
            throw S3Fault.invalid(
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                "XAmzContentSHA256Mismatch")
        }
        if let md5 = told.md5 {
            guard Data(base64Encoded: md5)?.count == 16 else {
                throw S3Fault.invalid("The Content-MD5 you specified is not valid.", "InvalidDigest")
            }
            guard Data(base64Encoded: md5) == Data(found.md5) else { throw S3Fault.badDigest }
        }
        guard let algorithm, let computed = found.checksum else { return (found.md5, nil) }
        let behind = chunks?.trailer.first { $0.name == "x-amz-checksum-\(algorithm)" }?.value
        guard let wanted = told.checksum ?? behind else { throw S3Fault.badDigest }
        guard wanted == computed else { throw S3Fault.badDigest }
        return (found.md5, "\(algorithm)=\(computed)")
    }
}
