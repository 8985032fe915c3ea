import Core
import Foundation
import Hummingbird
import Testing

@testable import Lab

/// A service of two routes.
struct EchoService: LabService {
    static let name = "echo"
    static let title = "Echo"
    static let port = 0
    static let routing: RouterOptions = .caseInsensitive
    static let migrations: [LabMigration] = []
    init(environment: LabEnvironment) throws {}
    func addRoutes(to router: Router<LabRequestContext>) {
        router.get("/Hello") { _, _ in "hello" }
        router.get("/fail") { _, _ -> Response in throw Failure(.failed, "with a reason") }
        router.post("/json") { request, _ -> Response in .json(try await request.json(upTo: 1000)) }
        router.get("/base") { request, _ -> Response in .text(request.base(fallback: "fallback")) }
    }
}

/// What every service of the lab has from the server around it.
@Suite struct ServerTests {
    private func get(_ lab: TestLab, _ path: String, _ method: String = "GET") async throws -> HTTPAnswer {
        try await lab.context.http.send(HTTPCall(method, lab.url("echo") + path))
    }

    @Test func servesItsRoutesInAnyCaseWhereTheServiceSaysSo() async throws {
        try await TestLab.with([EchoService.self]) { lab in
            let answer = try await get(lab, "/hELLO")
            #expect(answer.text == "hello")
        }
    }

    @Test func answers501ForWhatItDoesNotServeAndCountsIt() async throws {
        try await TestLab.with([EchoService.self]) { lab in
            let answer = try await get(lab, "/api/teams?x=1")
            #expect(answer.status == 501)
            #expect(answer.text.contains("the lab does not serve GET /api/teams"))
            _ = try await get(lab, "/api/teams")
            var call = HTTPCall("GET", lab.url("echo") + "/nante/lab/status")
            #expect(try await lab.context.http.send(call).status == 401)
            call.headers = [("Authorization", "Bearer " + lab.keys.token)]
            let status = try JSONValue.parse(try await lab.context.http.send(call).body)
            #expect(status["services"]?[0]?["unserved"]?.int == 2)
            #expect(status["services"]?[0]?["unservedCalls"]?[0]?["call"]?.string == "GET /api/teams")
            #expect((status["memory"]?.int ?? 0) > 1 << 20)
        }
    }

    @Test func tellsNothingOfAnInnerErrorButLogsIt() async throws {
        try await TestLab.with([EchoService.self]) { lab in
            let answer = try await get(lab, "/fail")
            #expect(answer.status == 500)
            #expect(!answer.text.contains("reason"))
            #expect(lab.terminal.messages.contains("with a reason"))
        }
    }

    @Test func limitsBodiesAndAddresses() async throws {
        try await TestLab.with([EchoService.self]) { lab in
            let large = Data(repeating: 0x20, count: 1001)
            let answer = try await lab.context.http.send(
                HTTPCall("POST", lab.url("echo") + "/json", body: .data(large)))
            #expect(answer.status == 413)
            let bad = try await lab.context.http.send(
                HTTPCall("POST", lab.url("echo") + "/json", body: .data(Data("{\"a\":".utf8))))
            #expect(bad.status == 400)
            #expect(bad.text.contains("at byte 5"))
            #expect(try await get(lab, "/" + String(repeating: "a", count: 9000)).status == 414)
            #expect(try await get(lab, "/fail", "HEAD").status == 501)
        }
    }

    @Test func takesTheCallersAddressOnlyWhereItIsOne() async throws {
        try await TestLab.with([EchoService.self]) { lab in
            let port = lab.environment.addresses.port("echo") ?? 0
            for (host, expected) in [("nexus.example:8081", "http://nexus.example:8081"), ("a\"b", "fallback")] {
                let socket = try RawSocket(port: port)
                await socket.send("GET /base HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                let answer = await socket.readAll()
                #expect(answer.hasSuffix(expected) || answer.hasPrefix("HTTP/1.1 400"))
            }
        }
    }

    @Test func movesToTheNextPortWhereOneIsTaken() async throws {
        try await TestLab.with([EchoService.self]) { first in
            let taken = first.environment.addresses.port("echo") ?? 0
            let folder = TestFolder.make()
            defer { TestFolder.remove(folder) }
            let (ready, announce) = AsyncStream<Int>.makeStream()
            let server = try LabServer(
                context: first.context, home: LabHome(path: folder), network: try LabNetwork(),
                services: [EchoService.self], ports: ["echo": taken], onBridge: false,
                ready: { announce.yield($0.addresses.port("echo") ?? 0) })
            let serving = Task {
                defer { announce.finish() }
                try await server.run()
            }
            for await port in ready {
                #expect(port > taken)
                break
            }
            serving.cancel()
            _ = await serving.result
        }
    }

    @Test(
        arguments: [
            (nil, "whole"), ("bytes=0-9", "0..<10"), ("bytes=5-", "5..<100"), ("bytes=-10", "90..<100"),
            ("bytes=90-200", "90..<100"), ("bytes=100-", "unsatisfiable"), ("bytes=-0", "unsatisfiable"),
            ("bytes=9-5", "whole"), ("bytes=0-1,5-6", "whole"), ("items=0-1", "whole"), ("bytes=-", "whole"),
            ("bytes=-999", "0..<100"),
        ] as [(String?, String)])
    func readsRanges(_ field: String?, _ expected: String) {
        let text =
            switch ByteRange.parse(field, size: 100) {
            case .whole: "whole"
            case .part(let range): "\(range)"
            case .unsatisfiable: "unsatisfiable"
            }
        #expect(text == expected)
    }

    @Test func writesAndReadsDatesOfHTTP() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.parse("Sunday") == nil)
    }
}
