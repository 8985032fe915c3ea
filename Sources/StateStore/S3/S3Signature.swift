import Core
import Crypto
import Foundation

/// Signatures of requests, version 4 (`AWS4-HMAC-SHA256`), for the client that makes and the server that checks them.
///
/// Source: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API Reference.
public enum S3Signature {
    /// The name of the method.
    public static let algorithm = "AWS4-HMAC-SHA256"
    /// The SHA-256 of no bytes.
    public static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// What a signature holds for: a day, a region and a service.
    public struct Scope: Sendable, Hashable {
        /// Eight digits, such as "20130524".
        public var day: String
        /// Such as "us-east-1".
        public var region: String
        /// Such as "s3".
        public var service: String
        /// A scope.
        public init(day: String, region: String, service: String = "s3") {
            self.day = day
            self.region = region
            self.service = service
        }
        /// As it stands in credentials, without the key in front.
        public var text: String { "\(day)/\(region)/\(service)/aws4_request" }
    }

    /// A request as it is signed.
    public struct Canonical: Sendable, Hashable {
        /// The text that is hashed.
        public var text: String
        /// Names of the signed header fields, lower case, sorted, joined by `;`.
        public var signed: String

        /// The canonical form.
        ///
        /// - Parameters:
        ///   - path: percent-encoded once, as of `S3Path`.
        ///   - query: without the signature itself.
        ///   - headers: the fields to sign, `Host` among them.
        ///   - payload: the hash of the body, or the word that stands for it.
        public init(
            method: String, path: String, query: S3Query, headers: [(name: String, value: String)], payload: String
        ) {
            var fields: [String: [String]] = [:]
            for field in headers {
                let words = field.value.split(whereSeparator: { $0 == " " || $0 == "\t" })
                fields[field.name.lowercased(), default: []].append(words.joined(separator: " "))
            }
            let names = fields.keys.sorted()
            signed = names.joined(separator: ";")
            let lines = names.map { "\($0):\((fields[$0] ?? []).joined(separator: ","))\n" }.joined()
            text = [method, path.isEmpty ? "/" : path, query.canonical, lines, signed, payload].joined(separator: "\n")
        }

        /// The text that the key signs.
        public func toSign(date: String, scope: Scope) -> String {
            [S3Signature.algorithm, date, scope.text, S3Signature.hash(Data(text.utf8))].joined(separator: "\n")
        }
    }

    /// The key of a scope.
    public static func key(secret: String, scope: Scope) -> SymmetricKey {
        var key = SymmetricKey(data: Data("AWS4\(secret)".utf8))
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
        return key
    }

    /// The signature of a text, 64 hexadecimal digits.
    public static func sign(_ text: String, key: SymmetricKey) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).hex
    }

    /// The SHA-256 of bytes, 64 hexadecimal digits.
    public static func hash(_ data: Data) -> String { SHA256.hash(data: data).hex }

    /// The text that signs a piece of a body sent in signed pieces.
    ///
    /// - Parameter previous: the signature of the piece before, of the request for the first one.
    public static func chunkToSign(date: String, scope: Scope, previous: String, hash: String) -> String {
        [algorithm + "-PAYLOAD", date, scope.text, previous, emptyHash, hash].joined(separator: "\n")
    }

    /// The text that signs the fields behind such a body.
    public static func trailerToSign(date: String, scope: Scope, previous: String, fields: String) -> String {
        [algorithm + "-TRAILER", date, scope.text, previous, hash(Data(fields.utf8))].joined(separator: "\n")
    }

    /// A moment as signatures write it, such as "20130524T000000Z".
    public static func date(_ moment: Date) -> String {
        String(moment.iso8601.prefix(19)).replacing("-", with: "").replacing(":", with: "") + "Z"
    }

    /// Reads that form; nil for any other.
    public static func moment(_ text: String) -> Date? {
        guard let found = text.wholeMatch(of: #/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/#) else { return nil }
        return Date(iso8601: "\(found.1)-\(found.2)-\(found.3)T\(found.4):\(found.5):\(found.6)Z")
    }
}
