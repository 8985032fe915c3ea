import Core
import Crypto
import Foundation
import Testing

@testable import Lab
@testable import StateStore

/// Who may call, and bodies that are what they say.
@Suite struct StateRequestTests {
    private func code(_ rig: StateRig, _ client: S3Client, at date: Date? = nil) async throws -> String {
        var context = rig.context
        if let date { context.time = FixedTime(date) }
        let other = S3Client(client.endpoint, region: client.region, context: context)
        let call = try other.request("GET", key: "", query: S3Query(), headers: [], body: nil)
        return StateRig.code(try await rig.context.http.send(call))
    }

    @Test func refusesWrongKeysRegionsAndClocks() async throws {
        try await StateRig.with { rig in
            #expect(try await code(rig, rig.client) == "")
            #expect(try await code(rig, rig.client(secret: "wrong")) == "SignatureDoesNotMatch")
            #expect(try await code(rig, rig.client(key: "nobody")) == "InvalidAccessKeyId")
            #expect(try await code(rig, rig.client(region: "eu-west-1")) == "AuthorizationHeaderMalformed")
            for minutes in [-16.0, 16] {
                #expect(
                    try await code(rig, rig.client, at: Date().addingTimeInterval(minutes * 60))
                        == "RequestTimeTooSkewed")
            }
            #expect(try await code(rig, rig.client, at: Date().addingTimeInterval(600)) == "")
            let open = try await rig.context.http.send(HTTPCall("GET", rig.lab.url("state") + "/terraform-state/a"))
            #expect(open.status == 403)
            #expect(StateRig.code(open) == "AccessDenied")
        }
    }

    @Test func aSignatureHoldsForItsRequestOnly() async throws {
        try await StateRig.with { rig in
            _ = try await rig.client.put("a", Data("1".utf8))
            let call = try rig.client.request("GET", key: "a", query: S3Query(), headers: [], body: nil)
            #expect(try await rig.context.http.send(call).status == 200)
            var other = call
            other.url = call.url + "b"
            #expect(StateRig.code(try await rig.context.http.send(other)) == "SignatureDoesNotMatch")
            other = call
            other.url = call.url + "?versionId=1"
            #expect(StateRig.code(try await rig.context.http.send(other)) == "SignatureDoesNotMatch")
            other = call
            other.method = "DELETE"
            #expect(StateRig.code(try await rig.context.http.send(other)) == "SignatureDoesNotMatch")
            other = call
            other.headers.append(("x-amz-copy-source", "/terraform-state/a"))
            #expect(StateRig.code(try await rig.context.http.send(other)) == "AccessDenied")
            var put = try rig.client.request("PUT", key: "a", query: S3Query(), headers: [], body: Data("2".utf8))
            put.body = .data(Data("3".utf8))
            #expect(StateRig.code(try await rig.context.http.send(put)) == "XAmzContentSHA256Mismatch")
            #expect(try await rig.client.get("a")?.body == Data("1".utf8))
        }
    }

    @Test func verifiesWhatTheSenderTellsOfTheBody() async throws {
        try await StateRig.with { rig in
            let body = Data("123456789".utf8)
            // The check values of the catalogue of parametrised CRC algorithms, most significant byte first.
            let right = [
                ("x-amz-checksum-crc32", "y/Q5Jg=="), ("x-amz-checksum-crc32c", "4waSgw=="),
                ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="), ("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
                ("Content-MD5", "JfnnlDI7RTiF9RgfG2JNCw=="),
            ].map { (name: $0.0, value: $0.1) }
            for field in right {
                let answer = try await rig.send("PUT", "sum", headers: [field], body: body)
                #expect(answer.status == 200, "\(field.name) \(answer.text)")
                let wrong = try await rig.send("PUT", "bad", headers: [field], body: Data("12345678".utf8))
                #expect(StateRig.code(wrong) == "BadDigest", "\(field.name)")
            }
            #expect(try await rig.client.get("bad") == nil)
            let short = try await rig.send("PUT", "bad", headers: [("Content-MD5", "eA==")], body: body)
            #expect(StateRig.code(short) == "InvalidDigest")
            _ = try await rig.send("PUT", "sum", headers: [right[0]], body: body)
            let got = try await rig.send("GET", "sum", headers: [("x-amz-checksum-mode", "ENABLED")])
            #expect(got.header("x-amz-checksum-crc32") == "y/Q5Jg==")
        }
    }

    private func put(
        _ rig: StateRig, _ key: String, sum: String, hash: String, spoil: Bool = false
    ) async throws -> HTTPAnswer {
        let call = try streaming(rig.client, key, hash, sum: sum, spoil: spoil)
        return try await rig.context.http.send(call)
    }

    @Test func takesPiecesWithSignaturesAndFieldsBehindThem() async throws {
        try await StateRig.with { rig in
            for hash in ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"] {
                #expect(try await put(rig, "s", sum: "y/Q5Jg==", hash: hash).status == 200)
                #expect(try await rig.client.get("s")?.body == Data("123456789".utf8))
                #expect(StateRig.code(try await put(rig, "t", sum: "y/Q5JQ==", hash: hash)) == "BadDigest")
            }
            let signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
            let spoilt = try await put(rig, "t", sum: "y/Q5Jg==", hash: signed, spoil: true)
            #expect(StateRig.code(spoilt) == "SignatureDoesNotMatch")
            #expect(try await rig.client.get("t") == nil)
        }
    }

    /// A PUT of "123456789" in two pieces and a checksum behind them.
    private func streaming(
        _ client: S3Client, _ key: String, _ hash: String, sum: String, spoil: Bool
    ) throws -> HTTPCall {
        let date = S3Signature.date(client.context.time.now())
        let scope = S3Signature.Scope(day: String(date.prefix(8)), region: "us-east-1")
        let secret = S3Signature.key(secret: client.endpoint.secretKey, scope: scope)
        let fields = [
            ("content-encoding", "aws-chunked"),
            ("host", String(client.endpoint.url.dropFirst("http://".count))), ("x-amz-content-sha256", hash),
            ("x-amz-date", date), ("x-amz-decoded-content-length", "9"), ("x-amz-trailer", "x-amz-checksum-crc32"),
        ].map { (name: $0.0, value: $0.1) }
        let path = S3Path.of(bucket: client.endpoint.bucket, key: key)
        let canonical = S3Signature.Canonical(
            method: "PUT", path: path, query: S3Query(), headers: fields, payload: hash)
        let seed = S3Signature.sign(canonical.toSign(date: date, scope: scope), key: secret)
        var body = ""
        var previous = seed
        for piece in ["12345", "6789", ""] {
            previous = S3Signature.sign(
                S3Signature.chunkToSign(
                    date: date, scope: scope, previous: previous, hash: S3Signature.hash(Data(piece.utf8))),
                key: secret)
            let signature = hash.contains("AWS4") ? ";chunk-signature=\(previous)" : ""
            body += "\(String(piece.utf8.count, radix: 16))\(signature)\r\n" + (piece.isEmpty ? "" : "\(piece)\r\n")
        }
        let trailer = "x-amz-checksum-crc32:\(sum)"
        let last = S3Signature.sign(
            S3Signature.trailerToSign(date: date, scope: scope, previous: previous, fields: trailer + "\n"),
            key: secret)
        body += trailer + "\r\n" + (hash.contains("AWS4") ? "x-amz-trailer-signature:\(last)\r\n" : "") + "\r\n"
        if spoil { body = body.replacing("6789", with: "6780") }
        let credential = "\(client.endpoint.accessKey)/\(scope.text)"
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(canonical.signed), Signature=\(seed)"
        return HTTPCall(
            "PUT", client.endpoint.url + path,
            headers: fields.filter { $0.name != "host" } + [("Authorization", authorization)],
            body: .data(Data(body.utf8)))
    }

    @Test func answersExpectationsAndEndsCutBodies() async throws {
        try await StateRig.with { rig in
            let port = rig.lab.environment.addresses.port("state") ?? 0
            let call = try rig.client.request("PUT", key: "e", query: S3Query(), headers: [], body: Data("12".utf8))
            let fields = call.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            let head = "PUT /terraform-state/e HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)"
            let socket = try RawSocket(port: port)
            await socket.send(head + "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n12")
            let text = await socket.readAll()
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), "\(text)")
            let cut = try RawSocket(port: port)
            await cut.send(head.replacing("/e ", with: "/e ") + "Content-Length: 20\r\n\r\n12")
            cut.end(hard: false)
            _ = await cut.readAll()
            #expect(try await rig.client.get("e")?.body == Data("12".utf8))
            #expect(try await rig.client.versions(prefix: "e").count == 1)
        }
    }
}

/// A clock that stands.
struct FixedTime: TimeSource {
    let date: Date
    init(_ date: Date) { self.date = date }
    func now() -> Date { date }
    func elapsed() -> Duration { .zero }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

/// Bodies in `aws-chunked` form.
@Suite struct StateChunksTests {
    /// The example of "Transferring Payload in Multiple Chunks" in the Amazon S3 API Reference.
    private static let signed: S3Authentication.Signed = {
        let scope = S3Signature.Scope(day: "20130524", region: "us-east-1")
        return S3Authentication.Signed(
            payload: .pieces(signed: true, trailer: false), date: "20130524T000000Z", scope: scope,
            signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
            key: S3Signature.key(secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope: scope))
    }()
    private static let body: [UInt8] = {
        let a = String(repeating: "a", count: 65536)
        let signatures = [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ]
        return Array(
            ("10000;chunk-signature=\(signatures[0])\r\n\(a)\r\n400;chunk-signature=\(signatures[1])\r\n"
                + "\(a.prefix(1024))\r\n0;chunk-signature=\(signatures[2])\r\n\r\n").utf8)
    }()

    private func read(_ body: [UInt8], pieces: Int = .max) throws -> [UInt8] {
        var chunks = S3Chunks(Self.signed, hasSignatures: true, hasTrailer: false)
        var out: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            out += try chunks.take(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        try chunks.finish()
        return out
    }

    @Test(arguments: [1, 7, 1000, 65_536, Int.max]) func readsTheExampleInPieces(of size: Int) throws {
        #expect(try read(Self.body, pieces: size) == Array(repeating: 0x61, count: 66_560))
    }

    @Test func refusesEveryOtherByte() {
        for place in [0, 5, 30, 200, 65_700, Self.body.count - 3] {
            var body = Self.body
            body[place] ^= 1
            #expect(throws: S3Fault.self, "\(place)") { try read(body) }
        }
        for length in [0, 1, 90, 70_000, Self.body.count - 1] where length < Self.body.count {
            #expect(throws: S3Fault.self, "\(length)") { try read(Array(Self.body.prefix(length))) }
        }
        #expect(throws: S3Fault.self) { try read(Self.body + [0x0A]) }
    }

    @Test(arguments: 1...6) func noiseEndsInAnAnswer(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let original = Array("5\r\n12345\r\n4\r\n6789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n".utf8)
        for _ in 0..<2000 {
            var body = original
            for _ in 0...next(4) where !body.isEmpty {
                let at = next(body.count)
                switch next(3) {
                case 0: body[at] = UInt8(next(256))
                case 1: body.insert(Array("0123456789abcdef;:\r\n".utf8)[next(20)], at: at)
                default: body.removeSubrange(at..<min(body.count, at + 1 + next(5)))
                }
            }
            var chunks = S3Chunks(Self.signed, hasSignatures: false, hasTrailer: true)
            if let content = try? chunks.take(body) { #expect(content.count <= body.count) }
            try? chunks.finish()
        }
    }
}
