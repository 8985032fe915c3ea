import Core
import Foundation
import Hummingbird
import StateStore

/// An error in S3's form.
///
/// Source of codes, texts and statuses: "Error Responses" of the Amazon S3 API Reference.
struct S3Fault: Error, Sendable, Hashable {
    var status: HTTPResponse.Status
    var code: String
    var message: String
    /// Further elements.
    var more: [S3XML] = []

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, _ more: [S3XML] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.more = more
    }

    /// The answer to a request.
    func response(_ requestID: String) -> Response {
        let tree = S3XML(
            "Error", [S3XML("Code", code), S3XML("Message", message)] + more + [S3XML("RequestId", requestID)])
        var response = Response.xml(tree, status: status, namespace: false)
        response.headers.set("x-amz-request-id", requestID)
        return response
    }

    static let noKey = S3Fault(.notFound, "NoSuchKey", "The specified key does not exist.")
    static let noVersion = S3Fault(.notFound, "NoSuchVersion", "The specified version does not exist.")
    static let noUpload = S3Fault(
        .notFound, "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            + "completed.")
    static let malformed = S3Fault(
        .badRequest, "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema")
    static let badDigest = S3Fault(
        .badRequest, "BadDigest", "The Content-MD5 or checksum value that you specified did not match what we received."
    )
    static let notSigned = S3Fault(
        .forbidden, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
            + "method.")
    static let skewed = S3Fault(
        .forbidden, "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.")
    static let incomplete = S3Fault(
        .badRequest, "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header")

    static func noBucket(_ name: String) -> S3Fault {
        S3Fault(
            .notFound, "NoSuchBucket", "The specified bucket does not exist", [S3XML("BucketName", name)])
    }

    static func precondition(_ name: String) -> S3Fault {
        S3Fault(
            .preconditionFailed, "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold", [S3XML("Condition", name)])
    }

    static func denied(_ message: String) -> S3Fault { S3Fault(.forbidden, "AccessDenied", message) }

    static func invalid(_ message: String, _ code: String = "InvalidArgument") -> S3Fault {
        S3Fault(.badRequest, code, message)
    }

    static func of(_ damaged: StateDamaged) -> S3Fault {
        let place = damaged.place
        let version = "version \(place.content) of \(place.bucket)/\(place.key)"
        let why =
            damaged.otherKey
            ? "\(version) was encrypted with another key than the lab has now"
            : "\(version) is not what was written: its seal does not fit"
        return S3Fault(
            .unprocessableContent, StateDamage.code,
            "\(why); the last good version comes back by: nante terraform state restore")
    }
}

extension Response {
    /// An XML answer.
    static func xml(_ tree: S3XML, status: HTTPResponse.Status = .ok, namespace: Bool = true) -> Response {
        Response(
            status: status, headers: [.contentType: "application/xml"],
            body: .init(byteBuffer: ByteBuffer(string: tree.document(namespace: namespace))))
    }
}

/// The name of a header field.
typealias FieldName = HTTPFields.Element.Name

extension HTTPFields {
    /// The value of a field by its name in any case.
    func value(_ name: String) -> String? { FieldName(name).flatMap { self[$0] } }

    /// Sets a field; a name or value that can't stand in a header field is left out.
    mutating func set(_ name: String, _ value: String?) {
        guard let name = FieldName(name), let value else { return }
        self[name] = value
    }
}
