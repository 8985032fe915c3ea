import Core
import Foundation
import Testing

@testable import Lab
@testable import StateStore

/// Objects over real HTTP.
@Suite struct StateObjectTests {
    @Test(arguments: [
        "env:/web/terraform.tfstate", "a b+c/ü$&=;?%20.txt", "a//b", "x/../y", "folder/", "q\"'<>&", "*", "-", "😀",
    ])
    func takesEveryKeyAsItIs(_ key: String) async throws {
        try await StateRig.with { rig in
            let written = try await rig.client.put(key, Data(key.utf8), if: .absent)
            let got = try #require(try await rig.client.get(key))
            #expect(String(decoding: got.body, as: UTF8.self) == key)
            #expect(got.etag == written?.etag)
            #expect(try await rig.client.list().map(\.key) == [key])
            #expect(try await rig.client.put(key, Data("2".utf8), if: .absent) == nil)
            #expect(try await rig.client.put(key, Data("2".utf8), if: .matches(etag: "\"0\"")) == nil)
            #expect(try await rig.client.put(key, Data("2".utf8), if: .matches(etag: got.etag ?? "")) != nil)
            try await rig.client.delete(key)
            #expect(try await rig.client.get(key) == nil)
            #expect(try await rig.client.list().isEmpty)
            let versions = try await rig.client.versions(prefix: key)
            #expect(versions.map(\.isDeletion) == [true, false, false])
            #expect(versions.map(\.isLatest) == [true, false, false])
            let first = try await rig.client.get(key, version: versions[2].id)
            #expect(first?.body == Data(key.utf8))
        }
    }

    @Test func ofManyWritersThatAskForNoObjectOneHasIt() async throws {
        try await StateRig.with { rig in
            for round in 0..<5 {
                let written = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for writer in 0..<12 {
                        group.addTask {
                            try await rig.client.put("race\(round)", Data("\(writer)".utf8), if: .absent) != nil
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(written == 1)
            }
        }
    }

    private func page(_ rig: StateRig, _ query: String) async throws -> S3XML {
        let answer = try await rig.send("GET", "", S3Query(parsing: query)?.items ?? [])
        return try S3XML.parse(answer.body)
    }

    /// Keys and common prefixes below "a/", one a page.
    private func pages(_ rig: StateRig) async throws -> [String] {
        let query = "list-type=2&max-keys=1&delimiter=/&prefix=a/"
        var keys: [String] = []
        var more = ""
        while keys.count < 10 {
            let one = try await page(rig, query + more)
            keys += one.all("Contents").compactMap { $0["Key"]?.text }
            keys += one.all("CommonPrefixes").compactMap { $0["Prefix"]?.text }
            guard let token = one["NextContinuationToken"]?.text else { break }
            more = "&continuation-token=\(token.percentEncoded)"
        }
        return keys
    }

    @Test func listsByPagesPrefixAndDelimiter() async throws {
        try await StateRig.with { rig in try await listings(rig) }
    }

    private func listings(_ rig: StateRig) async throws {
        for name in ["a/1", "a/2", "a/b/3", "b", "c/4", "ü/5"] {
            _ = try await rig.client.put(name, Data(name.utf8))
        }
        try await rig.client.delete("a/2")
        let all = try await page(rig, "list-type=2&delimiter=/")
        #expect(all.all("Contents").map { $0["Key"]?.text } == ["b"])
        #expect(all.all("CommonPrefixes").map { $0["Prefix"]?.text } == ["a/", "c/", "ü/"])
        #expect(try await pages(rig) == ["a/1", "a/b/"])
        let first = try await page(rig, "marker=a/1&encoding-type=url&max-keys=10")
        #expect(first.all("Contents").map { $0["Key"]?.text } == ["a/b/3", "b", "c/4", "%C3%BC/5"])
        #expect(try await rig.client.list(prefix: "ü").map(\.key) == ["ü/5"])
        let versions = try await page(rig, "versions&max-keys=2")
        #expect(versions["IsTruncated"]?.text == "true")
        #expect(try await rig.client.versions(prefix: "").count == 7)
    }

    @Test func sendsRangesAndLargeContents() async throws {
        try await StateRig.with { rig in
            let big = Data((0..<(11 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) })
            _ = try await rig.client.put("big", big)
            #expect(try await rig.client.get("big")?.body == big)
            let parts = [
                "bytes=0-0": big[0..<1], "bytes=1048570-1048580": big[1_048_570..<1_048_581],
                "bytes=-5": big.suffix(5), "bytes=1048576-": big[1_048_576...],
            ]
            for (range, part) in parts {
                let answer = try await rig.send("GET", "big", headers: [("Range", range)])
                #expect(answer.status == 206)
                #expect(answer.body == part, "\(range)")
            }
            let behind = try await rig.send("GET", "big", headers: [("Range", "bytes=99999999-")])
            #expect(behind.status == 416)
            #expect(StateRig.code(behind) == "InvalidRange")
            let head = try await rig.send("HEAD", "big")
            #expect(head.header("Content-Length") == "\(big.count)")
            let empty = try await rig.client.put("empty", Data())
            #expect(empty?.etag == "\"d41d8cd98f00b204e9800998ecf8427e\"")
            #expect(try await rig.client.get("empty")?.body.isEmpty == true)
        }
    }

    @Test func keepsBucketsApartAndTheirRules() async throws {
        try await StateRig.with { rig in
            #expect(try await rig.client.bucketExists())
            #expect(try await rig.client.keepsVersions() == true)
            let other = rig.client(bucket: "other-1")
            #expect(try await other.bucketExists() == false)
            await #expect(throws: Failure.self) { try await other.put("a", Data()) }
            #expect(try await other.createBucket())
            #expect(try await other.createBucket() == false)
            _ = try await other.put("a", Data("1".utf8))
            #expect(try await rig.client.get("a") == nil)
            #expect(StateRig.code(try await rig.send("DELETE", bucket: "other-1")) == "BucketNotEmpty")
            for version in try await other.versions(prefix: "") { try await other.delete("a", version: version.id) }
            #expect(try await rig.send("DELETE", bucket: "other-1").status == 204)
            #expect(try await rig.send("DELETE").status == 409)
            for name in ["ab", "A-b-c", "a..b", "-ab", "a_b"] {
                #expect(StateRig.code(try await rig.send("PUT", bucket: name)) == "InvalidBucketName", "\(name)")
            }
        }
    }

    @Test func whatIsNotServedSaysSoAndIsCounted() async throws {
        try await StateRig.with { rig in
            for query in ["policy", "acl", "lifecycle", "tagging", "object-lock"] {
                let answer = try await rig.send("GET", "", [.init(query, "")])
                #expect(answer.status == 501)
                #expect(StateRig.code(answer) == "NotImplemented")
            }
            let kms = try await rig.send(
                "PUT", "a", headers: [("x-amz-server-side-encryption", "aws:kms")], body: Data("x".utf8))
            #expect(kms.status == 501)
            #expect(try await rig.client.get("a") == nil)
            var call = HTTPCall("GET", rig.lab.url("state") + "/nante/lab/status")
            call.headers.append(("Authorization", "Bearer " + rig.lab.keys.token))
            let status = try JSONValue.parse(try await rig.context.http.send(call).body)
            #expect(status["services"]?[0]?["unserved"]?.int == 6)
        }
    }

    @Test func keepsTheNewestVersionsAndOnlyTheHeldLock() async throws {
        try await StateRig.with { rig in
            for number in 0..<(StateObjects.keptAlways + 5) {
                _ = try await rig.client.put("k", Data("\(number)".utf8))
                _ = try await rig.client.put("k.tflock", Data("{\"ID\":\"\(number)\"}".utf8), if: .absent)
                try await rig.client.delete("k.tflock")
            }
            // Younger than thirty days: all are there. Older ones go with the next write.
            #expect(try await rig.client.versions(prefix: "k").count == StateObjects.keptAlways + 5)
            try await rig.lab.environment.database.write {
                try $0.execute(sql: "UPDATE state_version SET created = created - 31 * 86400")
            }
            _ = try await rig.client.put("k", Data("last".utf8))
            let left = try await rig.client.versions(prefix: "k")
            #expect(left.count == StateObjects.keptAlways)
            #expect(try await rig.client.get("k", version: left.last?.id)?.body == Data("6".utf8))
        }
    }
}
