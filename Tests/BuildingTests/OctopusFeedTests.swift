import Core
import Foundation
import Octopus
import Synchronization
import Testing

@testable import Building

/// Answers as a server would, by method and path; keeps what was asked.
private final class ScriptedHTTP: HTTPSender {
    let answers: [String: HTTPAnswer]
    let calls = Mutex<[HTTPCall]>([])

    init(_ answers: [String: (Int, String)]) {
        self.answers = answers.mapValues {
            HTTPAnswer(status: $0.0, headers: [("Content-Type", "application/json")], body: Data($0.1.utf8))
        }
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
    private let folder: Folder
    private let spaces = #"[{"Id":"Spaces-1","Name":"Default","IsDefault":true}]"#
    private let found = "GET /api/Spaces-1/packages/packages-app.1.2.6-main.7%2Bg1a2b3c4"
    private let upload = "POST /api/Spaces-1/packages/raw?overwriteMode=FailIfExists"
    private let version = "1.2.6-main.7+g1a2b3c4"

    init() throws { folder = try Folder() }

    private func feed(_ answers: [String: (Int, String)]) async throws -> (feed: OctopusFeed, http: ScriptedHTTP) {
        let paged = ["GET /api/spaces/all": (200, spaces)].merging(answers) { $1 }
        let http = ScriptedHTTP(paged)
        var context = folder.context().context
        context.http = http
        let endpoint = OctopusEndpoint(url: "https://octopus", apiKey: "API-KEY", space: "")
        return (OctopusFeed(try await OctopusClient.connect(endpoint, context: context, retry: .never)), http)
    }

    @Test func aPackageHasTheServersDigest() async throws {
        let hash = String(repeating: "AB", count: 20)
        let package = ##"{"PackageId":"app","Version":"1","Hash":"\##(hash)","PackageSizeBytes":7}"##
        let feed = try await feed([found: (200, package)]).feed
        #expect(try await feed.find("app", version: version) == PackageFacts(sha1: hash.lowercased(), size: 7))
    }

    @Test func noPackageIsNoFault() async throws {
        let feed = try await feed([found: (404, #"{"ErrorMessage":"not found"}"#)]).feed
        #expect(try await feed.find("app", version: version) == nil)
    }

    @Test func aPushIsOneFileOfAForm() async throws {
        try folder.write("app.1.2.5.tar.gz", "program")
        let (feed, http) = try await feed([upload: (201, #"{"PackageId":"app","Version":"1.2.5"}"#)])
        try await feed.push(folder.path.appending(path: "app.1.2.5.tar.gz"))
        let call = try #require(http.calls.withLock { $0.last })
        guard case .pieces(let pieces) = call.body, case .file(let file) = pieces[1] else {
            Issue.record("the body is not in pieces")
            return
        }
        #expect(file == folder.path.appending(path: "app.1.2.5.tar.gz"))
    }

    @Test func aPackageThatCameInBetweenIsNotReplaced() async throws {
        try folder.write("app.1.2.5.tar.gz", "program")
        let feed = try await feed([upload: (409, #"{"ErrorMessage":"already exists"}"#)]).feed
        let error = await #expect(throws: Failure.self) {
            try await feed.push(folder.path.appending(path: "app.1.2.5.tar.gz"))
        }
        #expect(error?.exit == .refused)
    }
}
