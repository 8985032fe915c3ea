import Core
import Foundation
import Synchronization

/// Answers calls of Octopus' API from a table, and keeps what it was asked.
final class FakeOctopus: HTTPSender {
    private let answers: Mutex<[String: (status: Int, body: String)]>
    private let log = Mutex<[(call: String, body: String)]>([])

    /// Answers by "METHOD path-with-query"; what is not in it is answered 404 in Octopus' form.
    init(_ answers: [String: String]) {
        self.answers = Mutex(answers.mapValues { (200, $0) })
    }

    /// Another answer from now on.
    func set(_ call: String, status: Int = 200, _ body: String) {
        answers.withLock { $0[call] = (status, body) }
    }

    /// The calls that change something, with their bodies.
    var changes: [(call: String, body: String)] { log.withLock { $0.filter { !$0.call.hasPrefix("GET") } } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        guard call.headers.contains(where: { $0.name == "X-Octopus-ApiKey" && $0.value == "API-TEST" }) else {
            return HTTPAnswer(status: 401, body: Data(#"{"ErrorMessage":"no key"}"#.utf8))
        }
        let name = "\(call.method) \(call.url.replacingOccurrences(of: "http://octopus", with: ""))"
        var body = ""
        if case .data(let data) = call.body { body = String(decoding: data, as: UTF8.self) }
        log.withLock { $0.append((name, body)) }
        let answer = answers.withLock { $0[name] }
        let missing = (status: 404, body: #"{"ErrorMessage":"The resource was not found","Errors":[]}"#)
        return HTTPAnswer(status: (answer ?? missing).status, body: Data((answer ?? missing).body.utf8))
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }
}
