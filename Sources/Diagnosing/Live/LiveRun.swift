import Core
import Foundation
import Synchronization

/// A step of a live check.
public struct LiveStep: Sendable, Hashable {
    /// What was done.
    public var title: String
    /// nil where it went well; else what went wrong.
    public var failure: String?
    /// How long it took.
    public var took: Duration
}

/// A call that was made, without the server's name.
public struct LiveCall: Sendable, Hashable {
    /// The method.
    public var method: String
    /// The path with its ids and names taken out.
    public var path: String
    /// The status; 0 where no answer came.
    public var status: Int
}

/// One service's part of a live run: its name, its context and what is recorded of it.
public final class LiveRun: Sendable {
    /// The name of everything that this run makes.
    public let name: String
    /// The context whose calls are recorded.
    public let context: Context
    private let recorder: RecordingSender
    private let state = Mutex((steps: [LiveStep](), notes: [String](), version: ""))
    private let tell: @Sendable (String) -> Void

    /// A run.
    ///
    /// - Parameter tell: is told each step as it begins.
    public init(name: String, context: Context, tell: @escaping @Sendable (String) -> Void = { _ in }) {
        self.name = name
        recorder = RecordingSender(context.http, name: name)
        var recording = context
        recording.http = recorder
        self.context = recording
        self.tell = tell
    }

    /// The steps that were made.
    public var steps: [LiveStep] { state.withLock { $0.steps } }
    /// What is odd in answers, each once.
    public var notes: [String] { state.withLock { Array(Set($0.notes)).sorted() } }
    /// The calls that were made.
    public var calls: [LiveCall] { recorder.calls }
    /// The version of the server.
    public var version: String { state.withLock { $0.version } }

    /// Does a step and records it; what it throws is recorded and thrown on.
    @discardableResult
    public func step<Value: Sendable>(
        _ title: String, _ work: () async throws -> Value
    ) async throws -> Value {
        tell(title)
        let start = context.time.elapsed()
        do {
            let value = try await work()
            add(title, nil, start)
            return value
        } catch {
            add(title, LiveRun.text(error), start)
            throw error
        }
    }

    /// Records a step whose answer is not what it must be.
    public func expect(_ isSo: Bool, _ what: String) throws {
        guard !isSo else { return }
        throw Failure(.failed, "the answer is not what it must be", why: what)
    }

    /// Keeps what is odd in an answer.
    public func note(_ lines: some Sequence<String>) { state.withLock { $0.notes += lines } }
    /// Keeps the version of the server.
    public func found(version: String) { state.withLock { $0.version = version } }

    private func add(_ title: String, _ failure: String?, _ start: Duration) {
        let took = context.time.elapsed() - start
        state.withLock { $0.steps.append(LiveStep(title: title, failure: failure, took: took)) }
    }

    static func text(_ error: any Error) -> String {
        guard let failure = error as? Failure else { return "\(error)" }
        let parts = failure.details.filter { $0.label != "where" }.map(\.text) + failure.evidence
        return ([failure.what] + parts).joined(separator: "; ")
    }
}

/// Passes requests on and keeps their method, path and status; neither hosts nor bodies nor keys.
final class RecordingSender: HTTPSender {
    private let inner: any HTTPSender
    private let name: String
    private let state = Mutex<[LiveCall]>([])

    init(_ inner: any HTTPSender, name: String) {
        self.inner = inner
        self.name = name
    }

    var calls: [LiveCall] { state.withLock { $0 } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer { try await recorded(call) { try await inner.send(call) } }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer {
        try await recorded(call) { try await inner.download(call, to: path) }
    }

    func certificate(of url: String, timeout: Duration) async -> ServerCertificate? {
        await inner.certificate(of: url, timeout: timeout)
    }

    private func recorded(_ call: HTTPCall, _ send: () async throws -> HTTPAnswer) async throws -> HTTPAnswer {
        func keep(_ status: Int) {
            let path = RecordingSender.shape(call.url, name: name)
            state.withLock { $0.append(LiveCall(method: call.method, path: path, status: status)) }
        }
        do {
            let answer = try await send()
            keep(answer.status)
            return answer
        } catch {
            keep(0)
            throw error
        }
    }

    /// A path without what is this server's or this run's own: ids, names, numbers.
    static func shape(_ url: String, name: String) -> String {
        let path = URL(string: url)?.path(percentEncoded: false) ?? ""
        let query = URLComponents(string: url)?.queryItems?.map(\.name).sorted() ?? []
        let parts = path.split(separator: "/").map { part -> String in
            let text = String(part)
            if text.hasPrefix("UPID:") { return "{task}" }
            if text.contains(name) { return "{name}" }
            if text.allSatisfy(\.isNumber) { return "{number}" }
            if text.wholeMatch(of: /[A-Za-z]+-(?:[A-Za-z]+-)*[0-9]+(?:-.*)?/) != nil { return "{id}" }
            return text
        }
        return "/" + parts.joined(separator: "/") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
