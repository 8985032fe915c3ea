import Core
import Foundation
import Synchronization
import Testing

@testable import StateStore

/// A store of prepared answers, and what it was asked.
final class ScriptedStore: HTTPSender {
    private let answers: @Sendable (HTTPCall, Int) throws -> HTTPAnswer
    private let log = Mutex<[HTTPCall]>([])
    init(_ answers: @escaping @Sendable (HTTPCall, Int) throws -> HTTPAnswer) { self.answers = answers }
    var calls: [HTTPCall] { log.withLock { $0 } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let number = log.withLock { log in
            log.append(call)
            return log.count
        }
        return try answers(call, number)
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
}

/// What the client makes of what stores say.
@Suite struct ClientTests {
    private func client(
        _ answers: @escaping @Sendable (HTTPCall, Int) throws -> HTTPAnswer
    ) -> (S3Client, ScriptedStore) {
        let store = ScriptedStore(answers)
        var context = Context.live()
        context.http = store
        let endpoint = StateEndpoint(url: "http://s3.example:9000/", accessKey: "key", secretKey: "secret-word")
        let quick = Retry(attempts: 3, pause: .milliseconds(1), longest: .milliseconds(1))
        return (S3Client(endpoint, context: context, retry: quick), store)
    }

    private static func error(_ status: Int, _ code: String, _ message: String = "m") -> HTTPAnswer {
        let tree = S3XML("Error", [S3XML("Code", code), S3XML("Message", message)])
        return HTTPAnswer(
            status: status, headers: [("Content-Type", "application/xml")], body: Data(tree.document().utf8))
    }

    private func failure(_ answer: HTTPAnswer) async -> Failure? {
        let (client, _) = client { _, _ in answer }
        do { _ = try await client.get("a") } catch { return error as? Failure }
        return nil
    }

    @Test func asksForTheEncodedPathAndSignsIt() async throws {
        let (client, store) = client { _, _ in HTTPAnswer(status: 200, body: Data("x".utf8)) }
        _ = try await client.get(StateKey.object(workspace: "a b"), version: "v+1")
        let call = try #require(store.calls.first)
        #expect(
            call.url
                == "http://s3.example:9000/terraform-state/env%3A/a%20b/terraform.tfstate?versionId=v%2B1")
        let field = try #require(call.headers.first { $0.name == "Authorization" }?.value)
        #expect(field.hasPrefix("AWS4-HMAC-SHA256 Credential=key/"))
        #expect(field.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="))
        #expect(!"\(call.headers)\(call.url)".contains("secret-word"))
    }

    @Test(arguments: [
        ("InvalidAccessKeyId", 403, "does not know the access key"),
        ("SignatureDoesNotMatch", 403, "does not accept the secret key"),
        ("RequestTimeTooSkewed", 403, "differ by more than 15 minutes"),
        ("AccessDenied", 403, "does not let key read a"), ("NoSuchBucket", 404, "has no bucket terraform-state"),
        ("InternalError", 500, "could not read a"), ("SlowDown", 503, "could not read a"),
        (StateDamage.code, 422, "is damaged"),
    ])
    func saysWhatErrorsMean(_ code: String, _ status: Int, _ what: String) async throws {
        let failure = try #require(await failure(Self.error(status, code)))
        #expect(failure.what.contains(what), "\(failure)")
        #expect(!failure.next.isEmpty)
        #expect(!failure.description.contains("secret-word"))
    }

    @Test func tellsWebPagesAndMissingObjects() async throws {
        for status in [200, 403, 404, 502] {
            let page = HTTPAnswer(
                status: status, headers: [("Content-Type", "text/html")], body: Data("<html>login</html>".utf8))
            if status == 404 { continue }
            #expect(await failure(page)?.what == "what answers at this address is no state store", "\(status)")
        }
        let (client, _) = client { _, _ in Self.error(404, "NoSuchKey") }
        #expect(try await client.get("a") == nil)
        #expect(try await client.head("a") == nil)
    }

    @Test func comesAgainOnlyWhereThatIsSafe() async throws {
        let (busy, store) = client { _, number in
            number < 3 ? Self.error(503, "SlowDown") : HTTPAnswer(status: 200, headers: [("ETag", "\"1\"")])
        }
        #expect(try await busy.put("a", Data(), if: .absent)?.etag == "\"1\"")
        #expect(store.calls.count == 3)
        // The write took place, its answer was lost: what is there tells.
        let (cut, lost) = client { call, _ in
            if call.method == "PUT" { throw HTTPFault(.unknownOutcome, "cut") }
            return HTTPAnswer(status: 200, body: Data("mine".utf8))
        }
        #expect(try await cut.put("a", Data("mine".utf8), if: .absent) != nil)
        #expect(lost.calls.map(\.method) == ["PUT", "GET"])
        await #expect(throws: Failure.self) { try await cut.put("a", Data("other".utf8), if: .absent) }
    }

    @Test func aLockNamesWhoHoldsIt() async throws {
        let holder = StateLock(id: "1", operation: "OperationTypeApply", who: "anna@one")
        let (client, store) = client { call, _ in
            call.method == "PUT"
                ? Self.error(412, "PreconditionFailed")
                : HTTPAnswer(status: 200, body: Data(holder.json.text().utf8))
        }
        let locks = StateLocks(client)
        let failure = await #expect(throws: Failure.self) { try await locks.take("k", StateLock(id: "2"), next: ["n"]) }
        #expect(failure?.exit == .held)
        #expect(failure?.description.contains("anna@one, apply") == true)
        let refused = await #expect(throws: Failure.self) { try await locks.remove("k", id: "2") }
        #expect(refused?.exit == .refused)
        #expect(!store.calls.contains { $0.method == "DELETE" })
    }

    @Test func listsPageByPageAndStopsAtALoop() async throws {
        let (client, _) = client { call, number in
            let more = number == 1
            let tree = S3XML(
                "ListBucketResult",
                [
                    S3XML("EncodingType", "url"), S3XML("IsTruncated", "\(more)"), S3XML("NextContinuationToken", "t"),
                    S3XML("Contents", [S3XML("Key", "env%3A/\(number)"), S3XML("Size", "3")]),
                ])
            if !more { #expect(call.url.contains("continuation-token=t")) }
            return HTTPAnswer(status: 200, body: Data(tree.document().utf8))
        }
        #expect(try await client.list().map(\.key) == ["env:/1", "env:/2"])
        let (loop, _) = self.client { _, _ in
            let tree = S3XML("ListBucketResult", [S3XML("IsTruncated", "true"), S3XML("NextContinuationToken", "t")])
            return HTTPAnswer(status: 200, body: Data(tree.document().utf8))
        }
        await #expect(throws: Failure.self) { try await loop.list() }
    }
}
