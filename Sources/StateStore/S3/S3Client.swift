import Core
import Foundation

/// A client of an S3-compatible store: path style, signatures of version 4, a deadline on each call.
///
/// Source of paths, fields and bodies: Amazon S3 API Reference.
public struct S3Client: Sendable {
    /// The store, the keys and the bucket.
    public let endpoint: StateEndpoint
    /// The region that is signed for.
    public let region: String
    let context: Context
    let retry: Retry
    let timeout: Duration

    /// A client.
    public init(
        _ endpoint: StateEndpoint, region: String = "us-east-1", context: Context, retry: Retry = Retry(),
        timeout: Duration = .seconds(30)
    ) {
        var tidy = endpoint
        while tidy.url.hasSuffix("/") { tidy.url.removeLast() }
        self.endpoint = tidy
        self.region = region
        self.context = context
        self.retry = retry
        self.timeout = timeout
        context.mask.add(endpoint.secretKey)
    }

    /// An object and what is known of it.
    public struct Object: Sendable, Hashable {
        /// The content; empty after `head`.
        public var body: Data
        /// The entity tag, with its quotes.
        public var etag: String?
        /// The id of its version where the store keeps versions.
        public var version: String?
    }

    /// A condition of a write.
    public enum Condition: Sendable, Hashable {
        /// Always.
        case none
        /// Only where no object is yet.
        case absent
        /// Only where the object still has this entity tag.
        case matches(etag: String)
    }

    /// An object; nil where there is none.
    ///
    /// - Parameter version: an earlier version by its id.
    public func get(_ key: String, version: String? = nil) async throws -> Object? {
        let query = S3Query(version.map { [.init("versionId", $0)] } ?? [])
        let answer = try await call("GET", key: key, query: query, doing: "read \(key)")
        return try found(answer, doing: "read \(key)")
    }

    /// What is known of an object without its content; nil where there is none.
    public func head(_ key: String) async throws -> Object? {
        try found(try await call("HEAD", key: key, doing: "look at \(key)"), doing: "look at \(key)")
    }

    /// Writes an object.
    ///
    /// - Returns: what was written; nil where the condition does not hold.
    public func put(
        _ key: String, _ body: Data, type: String = "application/json", if condition: Condition = .none
    ) async throws -> Object? {
        var headers: [(name: String, value: String)] = [("Content-Type", type)]
        switch condition {
        case .none: break
        case .absent: headers.append(("If-None-Match", "*"))
        case .matches(let etag): headers.append(("If-Match", etag))
        }
        let doing = "write \(key)"
        let answer: HTTPAnswer
        do {
            answer = try await call("PUT", key: key, headers: headers, body: body, repeats: condition == .none, doing)
        } catch let failure as Failure where condition != .none && failure.exit == .missing {
            // The answer may have been lost behind a write that took place: the store knows.
            guard let now = try? await get(key), now.body == body else { throw failure }
            return now
        }
        if answer.status == 412 || answer.status == 409 || (answer.status == 404 && condition != .none) {
            try noBucket(answer)
            return nil
        }
        return try found(answer, doing: doing)
    }

    /// Deletes an object, or one of its versions for good; one that is not there is fine.
    public func delete(_ key: String, version: String? = nil) async throws {
        let query = S3Query(version.map { [.init("versionId", $0)] } ?? [])
        let doing = "delete \(key)"
        let answer = try await call("DELETE", key: key, query: query, doing: doing)
        if answer.status == 404 { return try noBucket(answer) }
        guard answer.isSuccess else { throw failure(answer, doing: doing) }
    }

    /// The bucket is there and may be used.
    public func bucketExists() async throws -> Bool {
        let doing = "look for the bucket \(endpoint.bucket)"
        let answer = try await call("HEAD", key: "", doing: doing)
        if answer.status == 404 { return false }
        guard answer.isSuccess else { throw failure(answer, doing: doing) }
        return true
    }

    /// Makes the bucket.
    ///
    /// - Returns: false where it was there already.
    public func createBucket() async throws -> Bool {
        let doing = "make the bucket \(endpoint.bucket)"
        let answer = try await call("PUT", key: "", doing: doing)
        if answer.status == 409 { return false }
        guard answer.isSuccess else { throw failure(answer, doing: doing) }
        return true
    }

    /// Whether the bucket keeps earlier versions of its objects; nil where the store does not tell.
    public func keepsVersions() async throws -> Bool? {
        let answer = try await call(
            "GET", key: "", query: S3Query([.init("versioning", "")]), doing: "ask for versioning")
        guard answer.isSuccess, let tree = try? S3XML.parse(answer.body) else { return nil }
        return tree["Status"]?.text == "Enabled"
    }

    private func found(_ answer: HTTPAnswer, doing: String) throws -> Object? {
        if answer.status == 404 {
            try noBucket(answer)
            return nil
        }
        guard answer.isSuccess, !isWebPage(answer) else { throw failure(answer, doing: doing) }
        return Object(
            body: answer.body, etag: answer.header("ETag"), version: answer.header("x-amz-version-id"))
    }
}
