import Core
import Foundation
import Testing

@testable import StateStore

/// The examples of "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API Reference.
@Suite struct SignatureTests {
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let date = "20130524T000000Z"
    static let scope = S3Signature.Scope(day: "20130524", region: "us-east-1")

    private func sign(
        _ method: String, _ path: String, _ query: S3Query = S3Query(), _ headers: [(name: String, value: String)] = [],
        payload: String = S3Signature.emptyHash, isPresigned: Bool = false
    ) -> String {
        var all = headers + [("Host", "examplebucket.s3.amazonaws.com")]
        if !isPresigned { all += [("x-amz-content-sha256", payload), ("x-amz-date", Self.date)] }
        let canonical = S3Signature.Canonical(
            method: method, path: path, query: query, headers: all, payload: payload)
        return S3Signature.sign(
            canonical.toSign(date: Self.date, scope: Self.scope),
            key: S3Signature.key(secret: Self.secret, scope: Self.scope))
    }

    @Test func getOfARange() {
        #expect(
            sign("GET", "/test.txt", S3Query(), [("Range", "bytes=0-9")])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func putWithAnOddName() {
        let headers = [
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ].map { (name: $0.0, value: $0.1) }
        #expect(
            sign(
                "PUT", S3Path.encode("/test$file.text", slashes: true), S3Query(), headers,
                payload: S3Signature.hash(Data("Welcome to Amazon S3.".utf8)))
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func aQueryWithoutAValue() {
        #expect(
            sign("GET", "/", S3Query([.init("lifecycle", "")]))
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func aListing() {
        #expect(
            sign("GET", "/", S3Query([.init("prefix", "J"), .init("max-keys", "2")]))
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func aPresignedAddress() {
        let query = S3Query([
            .init("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            .init("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"),
            .init("X-Amz-Date", Self.date), .init("X-Amz-Expires", "86400"), .init("X-Amz-SignedHeaders", "host"),
        ])
        #expect(
            sign("GET", "/test.txt", query, payload: "UNSIGNED-PAYLOAD", isPresigned: true)
                == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test func datesGoBothWays() throws {
        let moment = try #require(S3Signature.moment(Self.date))
        #expect(S3Signature.date(moment) == Self.date)
        for wrong in ["", "2013", "20130524T000000", "20131324T000000Z", "20130524 000000Z"] {
            #expect(S3Signature.moment(wrong) == nil, "\(wrong)")
        }
    }

    @Test func headerFieldsAreTrimmedJoinedAndSorted() {
        let canonical = S3Signature.Canonical(
            method: "GET", path: "", query: S3Query(),
            headers: [("X-B", "  a   b "), ("x-a", "1"), ("X-A", "2"), ("Host", "h")], payload: "p")
        #expect(canonical.text == "GET\n/\n\nhost:h\nx-a:1,2\nx-b:a b\n\nhost;x-a;x-b\np")
    }
}

/// Names in addresses.
@Suite struct PathTests {
    @Test(arguments: [
        ("env:/web/terraform.tfstate", "/b/env%3A/web/terraform.tfstate"), ("a b+c", "/b/a%20b%2Bc"),
        ("ü", "/b/%C3%BC"), ("a//b/../c/", "/b/a//b/../c/"), ("%2F~-._", "/b/%252F~-._"),
        ("$&,;=@'()*!", "/b/%24%26%2C%3B%3D%40%27%28%29%2A%21"),
    ])
    func encodesAKeyOnce(_ key: String, _ path: String) throws {
        #expect(S3Path.of(bucket: "b", key: key) == path)
        let back = try #require(S3Path.decode(path.dropFirst(3)))
        #expect(String(decoding: back, as: UTF8.self) == key)
    }

    @Test func refusesHalfADigit() {
        for text in ["%", "%2", "%zz", "a%f"] { #expect(S3Path.decode(text) == nil, "\(text)") }
        #expect(S3Query(parsing: "a=%") == nil)
        #expect(S3Query(parsing: "a=%ff") == nil)
    }

    @Test func queriesAreSortedByTheirBytes() {
        let query = S3Query(parsing: "b=2&a&B=%20+&b=1&=x")
        #expect(query?["B"] == "  ")
        #expect(query?.canonical == "=x&B=%20%20&a=&b=1&b=2")
    }
}
