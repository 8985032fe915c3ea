import Core
import Crypto
import Foundation
import Hummingbird
import StateStore

/// Checks the signature of a request, in its header fields or its query.
struct S3Authentication: Sendable {
    let accessKey: String
    let secret: String
    let now: Date

    static let region = "us-east-1"
    /// How far the clocks of both sides may differ.
    static let skew = 15 * 60.0

    /// What is known of a request whose signature is right.
    struct Signed: Sendable {
        var payload: Payload
        var date: String
        var scope: S3Signature.Scope
        var signature: String
        var key: SymmetricKey
    }

    /// How the body is covered by the signature.
    enum Payload: Sendable, Hashable {
        /// By the SHA-256 of the whole.
        case hash(String)
        case unsigned
        /// In pieces, each with its signature, with fields behind them or without.
        case pieces(signed: Bool, trailer: Bool)
    }

    /// The parts of a request that signatures cover.
    struct Parts: Sendable {
        var method: String
        /// As it came, without the query.
        var path: String
        var query: S3Query
        var authority: String
        var headers: HTTPFields
    }

    /// Credentials as they stand in the request.
    private struct Claim {
        var credential: String
        var signedHeaders: [String]
        var signature: String
        var date: String
        var payload: String
        var query: S3Query
    }

    /// Throws where the request is not signed with the lab's key.
    func check(_ parts: Parts) throws(S3Fault) -> Signed {
        let presigned = parts.query["X-Amz-Signature"] != nil || parts.query["X-Amz-Algorithm"] != nil
        let claim = presigned ? try inQuery(parts) : try inHeader(parts)
        let credential = claim.credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard credential.count == 5, credential[4] == "aws4_request", credential[3] == "s3" else {
            throw malformed("the Credential is mal-formed")
        }
        guard credential[0].equalsInConstantTime(accessKey) else {
            throw S3Fault(
                .forbidden, "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                [S3XML("AWSAccessKeyId", credential[0])])
        }
        guard credential[2] == Self.region else {
            throw S3Fault(
                .badRequest, "AuthorizationHeaderMalformed",
                "The authorization header is malformed; the region '\(credential[2])' is wrong; expecting "
                    + "'\(Self.region)'", [S3XML("Region", Self.region)])
        }
        let scope = S3Signature.Scope(day: credential[1], region: credential[2])
        guard let moment = S3Signature.moment(claim.date), claim.date.hasPrefix(scope.day) else {
            throw S3Fault.denied("AWS authentication requires a valid Date or x-amz-date header")
        }
        try inTime(moment, presigned ? parts.query : nil)
        let path = S3Path.decode(parts.path).map { S3Path.encode($0, slashes: true) } ?? parts.path
        let canonical = S3Signature.Canonical(
            method: parts.method, path: path, query: claim.query, headers: try covered(claim, parts),
            payload: claim.payload)
        let key = S3Signature.key(secret: secret, scope: scope)
        let expected = S3Signature.sign(canonical.toSign(date: claim.date, scope: scope), key: key)
        guard expected.equalsInConstantTime(claim.signature) else { throw S3Fault.notSigned }
        return Signed(
            payload: try payload(claim.payload), date: claim.date, scope: scope, signature: claim.signature, key: key)
    }

    private func inTime(_ moment: Date, _ presigned: S3Query?) throws(S3Fault) {
        let age = now.timeIntervalSince(moment)
        guard let presigned else {
            guard abs(age) <= Self.skew else { throw S3Fault.skewed }
            return
        }
        guard let seconds = presigned["X-Amz-Expires"].flatMap(Double.init), (1...604_800).contains(seconds) else {
            throw S3Fault.invalid("X-Amz-Expires must be between 1 and 604800", "AuthorizationQueryParametersError")
        }
        if age < -Self.skew { throw S3Fault.skewed }
        if age > seconds { throw S3Fault.denied("Request has expired") }
    }

    private func inHeader(_ parts: Parts) throws(S3Fault) -> Claim {
        let old = parts.headers.value("authorization")?.hasPrefix("AWS ") == true
        if old || parts.query["AWSAccessKeyId"] != nil {
            throw S3Fault.invalid(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
                "InvalidRequest")
        }
        guard let field = parts.headers.value("authorization") else { throw S3Fault.denied("Access Denied") }
        guard field.hasPrefix(S3Signature.algorithm + " ") else {
            throw malformed("only \(S3Signature.algorithm) is supported")
        }
        var items: [String: String] = [:]
        for part in field.dropFirst(S3Signature.algorithm.count + 1).split(separator: ",") {
            let pair = part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
            if pair.count == 2 { items[String(pair[0])] = String(pair[1]) }
        }
        guard let credential = items["Credential"], let signed = items["SignedHeaders"],
            let signature = items["Signature"]
        else { throw malformed("it needs Credential, SignedHeaders and Signature") }
        guard let payload = parts.headers.value("x-amz-content-sha256") else {
            throw S3Fault.invalid("Missing required header for this request: x-amz-content-sha256", "InvalidRequest")
        }
        return Claim(
            credential: credential, signedHeaders: signed.split(separator: ";").map(String.init),
            signature: signature, date: parts.headers.value("x-amz-date") ?? "", payload: payload, query: parts.query)
    }

    private func inQuery(_ parts: Parts) throws(S3Fault) -> Claim {
        let query = parts.query
        guard query["X-Amz-Algorithm"] == S3Signature.algorithm, let credential = query["X-Amz-Credential"],
            let signed = query["X-Amz-SignedHeaders"], let signature = query["X-Amz-Signature"],
            let date = query["X-Amz-Date"]
        else {
            throw S3Fault.invalid(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                    + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
                "AuthorizationQueryParametersError")
        }
        let payload = parts.headers.value("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD"
        return Claim(
            credential: credential, signedHeaders: signed.split(separator: ";").map(String.init),
            signature: signature, date: date, payload: payload,
            query: S3Query(query.items.filter { $0.name != "X-Amz-Signature" }))
    }

    /// The signed fields; `host` must be among them, and every `x-amz-` field that is there.
    private func covered(_ claim: Claim, _ parts: Parts) throws(S3Fault) -> [(name: String, value: String)] {
        let names = Set(claim.signedHeaders)
        let sent = Set(parts.headers.map { $0.name.canonicalName }.filter { $0.hasPrefix("x-amz-") })
        // A presigned request names its payload in the signature as UNSIGNED-PAYLOAD where it does not sign the field.
        let open: Set<String> = parts.query["X-Amz-Signature"] != nil ? ["x-amz-content-sha256"] : []
        guard names.contains("host"), sent.subtracting(names).isSubset(of: open) else {
            throw S3Fault.denied("There were headers present in the request which were not signed")
        }
        return claim.signedHeaders.map { name in
            if name == "host" { return (name, parts.authority) }
            let values = FieldName(name).map { parts.headers[values: $0] } ?? []
            return (name, values.joined(separator: ","))
        }
    }

    private func payload(_ text: String) throws(S3Fault) -> Payload {
        switch text {
        case "UNSIGNED-PAYLOAD": return .unsigned
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": return .pieces(signed: false, trailer: true)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": return .pieces(signed: true, trailer: false)
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": return .pieces(signed: true, trailer: true)
        case _ where text.wholeMatch(of: #/[0-9a-f]{64}/#) != nil: return .hash(text)
        default:
            throw S3Fault.invalid(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- form, or a valid sha256 value.")
        }
    }

    private func malformed(_ why: String) -> S3Fault {
        S3Fault(.badRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed; \(why)")
    }
}
