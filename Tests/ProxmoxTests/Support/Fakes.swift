import Core
import Foundation
import Synchronization

@testable import Proxmox

/// A clock that moves only when somebody waits.
final class FakeTime: TimeSource {
    private let state = Mutex(Duration.zero)
    func now() -> Date { Date(timeIntervalSince1970: 1_790_000_000 + elapsed().seconds) }
    func elapsed() -> Duration { state.withLock { $0 } }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0 += duration }
    }
}

/// Answers by a closure, and keeps the calls.
final class ScriptedSender: HTTPSender {
    /// Gets the call and how many of the same method and path came before it.
    typealias Answers = @Sendable (HTTPCall, Int) throws -> HTTPAnswer
    private let answers: Answers
    private let seen = Mutex<[HTTPCall]>([])

    init(_ answers: @escaping Answers) { self.answers = answers }

    var calls: [HTTPCall] { seen.withLock { $0 } }
    var lines: [String] { calls.map { "\($0.method) \($0.place)" } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let before = seen.withLock { calls in
            defer { calls.append(call) }
            return calls.count { $0.method == call.method && $0.url == call.url }
        }
        return try answers(call, before)
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
}

extension HTTPCall {
    /// Path and query below /api2/json.
    var place: String { String(url.dropFirst("https://pve.test:8006/api2/json".count)) }
    /// The path alone.
    var path: String { String(place.prefix { $0 != "?" }) }
    /// The body as text.
    var form: String { if case .data(let data) = body { String(decoding: data, as: UTF8.self) } else { "" } }
}

extension HTTPAnswer {
    /// An answer of data.
    static func data(_ value: JSONValue, status: Int = 200) -> HTTPAnswer {
        text(JSONValue.object(["data": value]).text(), status: status)
    }

    /// An answer that says no.
    static func refusal(_ status: Int, _ message: String, errors: JSONValue? = nil) -> HTTPAnswer {
        var body: JSONValue = ["data": nil, "message": .string(message)]
        if let errors { body = ["data": nil, "message": .string(message), "errors": errors] }
        return text(body.text(), status: status)
    }

    static func text(_ text: String, status: Int = 200, type: String = "application/json") -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [("Content-Type", type)], body: Data(text.utf8))
    }
}

extension ProxmoxEndpoint {
    static let secret = "6c1f9d0e-1111-2222-3333-5c5c5c5c5c5c"
    static let test = ProxmoxEndpoint(
        url: "https://pve.test:8006", tokenID: "nante@pve!ci", tokenSecret: secret, caFile: nil)
}

extension ProxmoxClient {
    /// A client of a script.
    static func test(
        _ sender: any HTTPSender, observe: (@Sendable (ProxmoxExchange) -> Void)? = nil
    ) -> ProxmoxClient {
        let mask = Mask()
        let context = Context(
            environment: [:], workingDirectory: "/", files: DiskFileSystem(),
            processes: SystemProcessRunner(environment: [:]), http: sender, time: FakeTime(), random: SystemRandom(),
            terminal: MemoryTerminal(mask: mask), mask: mask)
        return ProxmoxClient(.test, context: context, observe: observe)
    }
}

/// The failure of some work.
func failure(_ work: () async throws -> Void) async -> Failure? {
    do { try await work() } catch { return error as? Failure }
    return nil
}
