import Core
import Foundation
import Synchronization

@testable import Octopus

/// A clock that moves only when somebody waits.
final class FakeTime: TimeSource {
    private let state = Mutex(Duration.zero)
    let start: Date

    init(_ start: Date = Date(timeIntervalSince1970: 1_790_000_000)) { self.start = start }

    func now() -> Date { start.addingTimeInterval(elapsed().seconds) }
    func elapsed() -> Duration { state.withLock { $0 } }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0 += duration }
    }
}

/// Files that live in memory; only what the client needs.
struct FakeFiles: FileSystem {
    var files: [String: Data] = [:]

    func read(_ path: String) throws -> Data { files[path] ?? Data() }
    func write(_ data: Data, to path: String, mode: UInt16) throws {}
    func append(_ data: Data, to path: String) throws {}
    func exists(_ path: String) -> Bool { files[path] != nil }
    func isDirectory(_ path: String) -> Bool { false }
    func list(_ path: String) throws -> [String] { [] }
    func makeDirectory(_ path: String) throws {}
    func remove(_ path: String) throws {}
    func move(_ path: String, to target: String) throws {}
    func mode(_ path: String) throws -> UInt16 { 0o644 }
}

/// Answers by a closure, and keeps the calls.
final class ScriptedSender: HTTPSender {
    typealias Answer = @Sendable (HTTPCall, Int) throws -> HTTPAnswer
    private let answer: Answer
    private let seen = Mutex<[HTTPCall]>([])

    /// - Parameter answer: gets the call and how many calls of the same method and path came before it.
    init(_ answer: @escaping Answer) { self.answer = answer }

    var calls: [HTTPCall] { seen.withLock { $0 } }
    var lines: [String] { calls.map { "\($0.method) \($0.pathAndQuery)" } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let before = seen.withLock { calls in
            defer { calls.append(call) }
            return calls.count { $0.method == call.method && $0.url == call.url }
        }
        return try answer(call, before)
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
}

extension HTTPCall {
    /// The address without the server.
    var pathAndQuery: String { String(url.dropFirst("http://octopus.test".count)) }

    /// The body as JSON.
    var json: JSONValue? {
        if case .data(let data) = body { try? JSONValue.parse(data) } else { nil }
    }
}

extension HTTPAnswer {
    /// An answer of JSON.
    static func json(_ value: JSONValue, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [("Content-Type", "application/json")], body: Data(value.text().utf8))
    }

    /// Octopus' error body.
    static func error(_ status: Int, _ message: String, _ errors: [String] = []) -> HTTPAnswer {
        json(
            ErrorBody.make {
                $0.errorMessage = message
                $0.errors = errors
            }.json, status: status)
    }
}

extension Context {
    /// A context of fakes around a sender.
    static func fake(
        _ http: any HTTPSender, files: [String: Data] = [:], environment: [String: String] = [:]
    ) -> Context {
        Context(
            environment: environment, workingDirectory: "/work", files: FakeFiles(files: files),
            processes: SystemProcessRunner(environment: [:]), http: http, time: FakeTime(), random: SystemRandom(),
            terminal: MemoryTerminal(), mask: Mask())
    }
}

extension OctopusEndpoint {
    static let test = OctopusEndpoint(url: "http://octopus.test", apiKey: "API-TESTTESTTEST", space: "")
}

extension OctopusClient {
    /// A client of a space that is found without asking.
    static func test(_ sender: any HTTPSender, files: [String: Data] = [:], environment: [String: String] = [:])
        -> OctopusClient
    {
        OctopusClient(
            endpoint: .test,
            space: Space.make {
                $0.id = "Spaces-1"
                $0.name = "Default"
            }, context: .fake(sender, files: files, environment: environment),
            retry: Retry(attempts: 3), timeout: .seconds(30))
    }
}
