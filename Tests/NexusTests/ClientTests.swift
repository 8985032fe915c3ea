import Core
import Foundation
import Synchronization
import Testing

@testable import Nexus

/// A server of prepared answers, and what it was asked.
final class ScriptedServer: HTTPSender {
    typealias Answers = @Sendable (HTTPCall) throws -> HTTPAnswer
    private let answers: Answers
    private let log = Mutex<[String]>([])
    init(_ answers: @escaping Answers) { self.answers = answers }
    var calls: [String] { log.withLock { $0 } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        log.withLock { $0.append("\(call.method) \(call.url.dropFirst("http://n".count))") }
        return try answers(call)
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer {
        var answer = try await send(call)
        if answer.isSuccess {
            try DiskFileSystem().write(answer.body, to: path, mode: 0o644)
            answer.body = Data()
        }
        return answer
    }
}

/// What the client makes of what servers say.
@Suite struct ClientTests {
    private let name = try? NexusName("r")
    private let path = try? NexusPath("/a b/c.txt")

    private func client(_ answers: @escaping ScriptedServer.Answers) -> (NexusClient, ScriptedServer) {
        let server = ScriptedServer(answers)
        var context = Context.live()
        context.http = server
        let endpoint = NexusEndpoint(url: "http://n/", username: "user", password: "secret-word")
        let quick = Retry(attempts: 3, pause: .milliseconds(1), longest: .milliseconds(1))
        return (NexusClient(endpoint, context: context, retry: quick), server)
    }

    private func etag(_ text: String) -> (name: String, value: String) {
        ("ETag", "\"{SHA1{\(Checksums.of(Data(text.utf8)).sha1)}}\"")
    }

    private func failure(_ work: () async throws -> Void) async -> Failure? {
        do { try await work() } catch { return error as? Failure }
        return nil
    }

    @Test func readsRecordedAnswersOfRealServers() throws {
        let asset = """
            {"items":[{"downloadUrl":"http://nexus.example/repository/r/a/b.txt","path":"/a/b.txt","id":"cjphMmEw",
            "repository":"r","format":"raw","checksum":{"sha1":"22","sha256":"66"},"contentType":"text/plain",
            "lastModified":"2026-02-18T23:25:35.756+00:00","lastDownloaded":null,"uploader":"team1",
            "uploaderIp":"192.0.2.1","fileSize":856,"blobCreated":"2026-02-18T23:25:35.756+00:00",
            "blobStoreName":"default","raw":{}}],"continuationToken":"88491cd1d185dd13"}
            """
        let page = try JSONDecoder().decode(NexusPage<NexusAsset>.self, from: Data(asset.utf8))
        #expect(page.items[0].fullPath == "/a/b.txt")
        #expect(page.continuationToken == "88491cd1d185dd13")
        let repository =
            #"{"name":"r","online":true,"storage":{"blobStoreName":"default","#
            + #""strictContentTypeValidation":true,"writePolicy":"ALLOW_ONCE"},"cleanup":null,"raw":null}"#
        let raw = try JSONDecoder().decode(NexusRawRepository.self, from: Data(repository.utf8))
        #expect(raw.storage.writePolicy == .allowOnce)
    }

    @Test func uploadsProvesAndSaysCreated() async throws {
        let stored = Mutex(false)
        let (client, server) = client { [etag] call in
            if call.method == "PUT" { stored.withLock { $0 = true } }
            if call.method == "HEAD", !stored.withLock({ $0 }) { return HTTPAnswer(status: 404) }
            return HTTPAnswer(status: call.method == "PUT" ? 201 : 200, headers: [etag("x")])
        }
        let transfer = try await client.put(Data("x".utf8), try #require(name), try #require(path))
        #expect(transfer.change == .created)
        #expect(server.calls == Array(["HEAD", "PUT", "HEAD"].map { "\($0) /repository/r/a%20b/c.txt" }))
    }

    @Test func leavesTheSameContentAndRefusesOther() async throws {
        let (client, server) = client { [etag] _ in HTTPAnswer(status: 200, headers: [etag("x")]) }
        let (name, path) = (try #require(name), try #require(path))
        #expect(try await client.put(Data("x".utf8), name, path).change == .unchanged)
        let failure = await failure { _ = try await client.put(Data("y".utf8), name, path) }
        #expect(failure?.exit == .refused)
        #expect(server.calls.allSatisfy { $0.hasPrefix("HEAD") })
    }

    @Test func noticesThatTheServerHasOtherBytes() async throws {
        let puts = Mutex(0)
        let (client, _) = client { [etag] call in
            if call.method == "PUT" { puts.withLock { $0 += 1 } }
            let there = puts.withLock { $0 > 0 }
            return HTTPAnswer(status: there ? (call.method == "PUT" ? 201 : 200) : 404, headers: [etag("torn")])
        }
        let (name, path) = (try #require(name), try #require(path))
        let failure = await failure { _ = try await client.put(Data("x".utf8), name, path) }
        #expect(failure?.exit == .failed)
        #expect(failure?.what.contains("does not have the bytes") == true)
    }

    @Test func anUploadWhoseAnswerWasLostCountsWhenItArrived() async throws {
        let stored = Mutex(0)
        let (client, _) = client { [etag] call in
            if call.method == "PUT" {
                // The first arrives, its answer is lost; the repository takes no second.
                if stored.withLock({
                    $0 += 1; return $0 == 1
                }) {
                    throw HTTPFault(.unknownOutcome, "cut")
                }
                return HTTPAnswer(status: 400, body: Data("Repository does not allow updating assets: r".utf8))
            }
            return stored.withLock { $0 } == 0
                ? HTTPAnswer(status: 404) : HTTPAnswer(status: 200, headers: [etag("x")])
        }
        let transfer = try await client.put(Data("x".utf8), try #require(name), try #require(path))
        #expect(transfer.change == .created)
    }

    @Test func aDownloadOfOtherBytesLeavesNoFile() async throws {
        let (client, _) = client { [etag] _ in
            HTTPAnswer(status: 200, headers: [etag("x")], body: Data("y".utf8))
        }
        let target = "/tmp/nante-nexus-\(SystemRandom().hex(bytes: 6))"
        let (name, path) = (try #require(name), try #require(path))
        let failure = await failure { _ = try await client.get(name, path, to: target) }
        #expect(failure?.exit == .failed)
        #expect(!DiskFileSystem().exists(target))
    }

    @Test func saysWhatIsWrongWithTheServer() async throws {
        let page = HTTPAnswer(
            status: 200, headers: [("Content-Type", "text/html; charset=utf-8")], body: Data("<html>Log in".utf8))
        let cases: [(String, ScriptedServer.Answers, Exit, String)] = [
            ("credentials", { _ in HTTPAnswer(status: 401) }, .missing, "does not accept the credentials"),
            ("forbidden", { _ in HTTPAnswer(status: 403) }, .refused, "does not let user list repositories"),
            ("web page", { _ in page }, .missing, "could not list repositories"),
            ("no JSON", { _ in HTTPAnswer(status: 200, body: Data("[{".utf8)) }, .missing, "could not list"),
            ("other JSON", { _ in HTTPAnswer(status: 200, body: Data("[{}]".utf8)) }, .missing, "could not list"),
            ("down", { _ in throw HTTPFault(.unreachable, "connection refused") }, .missing, "can't be reached"),
            ("cut", { _ in throw HTTPFault(.unknownOutcome, "cut") }, .missing, "connection to Nexus broke"),
            ("not HTTP", { _ in throw HTTPFault(.badAnswer, "x") }, .missing, "is not Nexus"),
            ("busy", { _ in HTTPAnswer(status: 503, body: Data("wait".utf8)) }, .missing, "could not list"),
        ]
        for (label, answers, exit, words) in cases {
            let (client, _) = client(answers)
            let failure = await failure { _ = try await client.repositories() }
            #expect(failure?.exit == exit, "\(label)")
            #expect(failure?.what.contains(words) == true, "\(label): \(failure?.what ?? "")")
            #expect(failure?.description.contains("secret-word") == false)
        }
    }

    @Test func repeatsWhatMayBeRepeatedAndNothingElse() async throws {
        let (reader, reads) = client { _ in throw HTTPFault(.unknownOutcome, "cut") }
        _ = await failure { _ = try await reader.repositories() }
        #expect(reads.calls.count == 3)
        let (maker, makes) = client { call in
            if call.method == "POST" { throw HTTPFault(.unknownOutcome, "cut") }
            return HTTPAnswer(status: 404)
        }
        let name = try #require(name)
        _ = await failure { _ = try await maker.ensureRawRepository(name, writePolicy: .allow) }
        #expect(makes.calls.filter { $0.hasPrefix("POST") }.count == 1)
    }

    @Test(arguments: ["", "/", "a/", "../a", "a/../b", "./a", "a\nb", "a\u{0}b", "a/./b"])
    func refusesPathsThatAreNone(_ text: String) { #expect(throws: Failure.self) { try NexusPath(text) } }

    @Test(arguments: ["", "a b", "a/b", "$(id)", "..", ".a", "_a", "ä", "a;b"])
    func refusesNamesThatAreNone(_ text: String) { #expect(throws: Failure.self) { try NexusName(text) } }

    @Test func encodesPathsForAnAddress() throws {
        #expect(try NexusPath("//a b//ü?.txt").encoded == "/a%20b/%C3%BC%3F.txt")
    }
}
