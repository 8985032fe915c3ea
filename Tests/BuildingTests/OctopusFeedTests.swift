import Core
import Foundation
import Synchronization
import Testing

@testable import Building

/// Answers as a server would, by method and path; keeps what was asked.
private final class ScriptedHTTP: HTTPSender {
    let answers: [String: HTTPAnswer]
    let calls = Mutex<[HTTPCall]>([])

    init(_ answers: [String: (Int, String)]) {
        self.answers = answers.mapValues { HTTPAnswer(status: $0.0, body: Data($0.1.utf8)) }
    }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        calls.withLock { $0.append(call) }
        let path = call.url.replacingOccurrences(of: "https://octopus", with: "")
        guard let answer = answers["\(call.method) \(path)"] else {
            throw HTTPFault(.badAnswer, "unexpected \(call.method) \(path)")
        }
        return answer
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
}

@Suite struct OctopusFeedTests {
    private let spaces = #"[{"Id":"Spaces-1","Name":"Default","IsDefault":true},{"Id":"Spaces-2","Name":"Home"}]"#
    private let found = "GET /api/Spaces-1/packages/packages-app.1.2.6-main.7%2Bg1a2b3c4"
    private let version = "1.2.6-main.7+g1a2b3c4"

    private func feed(_ answers: [String: (Int, String)], space: String = "") throws
        -> (feed: OctopusFeed, http: ScriptedHTTP)
    {
        var all = answers
        all["GET /api/spaces/all"] = all["GET /api/spaces/all"] ?? (200, spaces)
        let http = ScriptedHTTP(all)
        var context = try Folder().context().context
        context.http = http
        let endpoint = OctopusEndpoint(url: "https://octopus", apiKey: "API-KEY", space: space)
        return (OctopusFeed(endpoint, context: context), http)
    }

    @Test func aPackageHasTheServersDigest() async throws {
        let hash = String(repeating: "AB", count: 20)
        let (feed, http) = try feed([found: (200, #"{"Id":"p","PackageId":"app","Version":"1","Hash":"\#(hash)"}"#)])
        #expect(try await feed.digest("app", version: version) == hash.lowercased())
        #expect(http.calls.withLock { $0.allSatisfy { $0.headers.contains { $0 == ("X-Octopus-ApiKey", "API-KEY") } } })
    }

    @Test func withoutOneItsBytesAreAsked() async throws {
        let (feed, _) = try feed([
            found: (200, #"{"Id":"p","PackageId":"app","Version":"1"}"#), found + "/raw": (200, "program"),
        ])
        #expect(try await feed.digest("app", version: version) == Publisher.sha1(Data("program".utf8)))
    }

    @Test func noPackageIsNoFault() async throws {
        let (feed, _) = try feed([found: (404, #"{"ErrorMessage":"not found"}"#)])
        #expect(try await feed.digest("app", version: version) == nil)
    }

    @Test func aSpaceIsFoundByItsName() async throws {
        let path = "GET /api/Spaces-2/packages/packages-app.1"
        #expect(try await feed([path: (404, "")], space: "Home").feed.digest("app", version: "1") == nil)
        let error = await #expect(throws: Failure.self) {
            try await feed([:], space: "Work").feed.digest("app", version: "1")
        }
        #expect(error?.description.contains("its spaces: Default, Home") == true)
    }

    @Test func aPushIsOneFileOfAForm() async throws {
        let path = "POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists"
        let (feed, http) = try feed([path: (201, "{}")])
        try await feed.push("/dist/app.1.2.5.tar.gz")
        let call = try #require(http.calls.withLock { $0.last })
        guard case .pieces(let pieces) = call.body, case .data(let head) = pieces[0], case .file(let file) = pieces[1],
            case .data(let tail) = pieces[2]
        else {
            Issue.record("the body is not in three pieces")
            return
        }
        let type = call.headers.first { $0.name == "Content-Type" }?.value ?? ""
        let boundary = type.replacingOccurrences(of: "multipart/form-data; boundary=", with: "")
        #expect(
            String(decoding: head, as: UTF8.self)
                == "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"app.1.2.5.tar.gz\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n")
        #expect(file == "/dist/app.1.2.5.tar.gz")
        #expect(String(decoding: tail, as: UTF8.self) == "\r\n--\(boundary)--\r\n")
    }

    @Test(arguments: [
        (401, #"{"ErrorMessage":"The API key is not valid"}"#, Exit.missing, "The API key is not valid"),
        (409, #"{"ErrorMessage":"already exists"}"#, Exit.refused, "already exists"),
        (400, #"{"ErrorMessage":"bad","Errors":["no version"]}"#, Exit.usage, "no version"),
        (503, "busy", Exit.missing, "it answered 503"),
    ])
    func aRefusalSaysWhy(status: Int, body: String, exit: Exit, says: String) async throws {
        let path = "POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists"
        let (feed, _) = try feed([path: (status, body)])
        let error = await #expect(throws: Failure.self) { try await feed.push("/dist/app.1.2.5.tar.gz") }
        #expect(error?.exit == exit)
        #expect(error?.description.contains(says) == true)
    }

    @Test func whatIsNotOctopusIsSaid() async throws {
        let (feed, _) = try feed(["GET /api/spaces/all": (200, "<html>login</html>")])
        let error = await #expect(throws: Failure.self) { try await feed.digest("app", version: "1") }
        #expect(error?.what == "Octopus could not list its spaces")
    }
}
