import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import NIOHTTP1

/// Sends the prober's requests; every connection is its own decision, and nothing is ever sent twice.
struct ProbeClient: Sendable {
    private let client: HTTPClient
    private let plan: ProbePlan
    /// Part of every Idempotency-Key of this run.
    private let run: String

    init(_ plan: ProbePlan, context: Context) {
        var configuration = HTTPClient.Configuration()
        // A refused connection is a result here, not something to try again quietly.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = plan.limit
        // Shorter than nginx' keepalive_timeout (75 s), so that both sides do not end an idle connection at once.
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .nanoseconds(Int64(plan.timeout.seconds * 1e9)))
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.plan = plan
        run = context.random.hex(bytes: 4)
    }

    func shutdown() async { try? await client.shutdown() }

    /// Sends one request and reads its whole answer.
    ///
    /// - Throws: `CancellationError` only.
    func send(_ request: ProbePlan.Request, number: Int, fresh: Bool) async throws -> ProbeEnding {
        var call = HTTPClientRequest(url: plan.url + request.path)
        call.method = .init(rawValue: request.method)
        call.headers.add(name: "User-Agent", value: "nante-probe")
        if let host = plan.host { call.headers.add(name: "Host", value: host) }
        if fresh { call.headers.add(name: "Connection", value: "close") }
        if !request.isIdempotent {
            call.headers.add(name: "Content-Type", value: "application/json")
            call.headers.add(name: "Idempotency-Key", value: "probe-\(run)-\(number)")
            call.body = .bytes(ByteBuffer(string: "{}"))
        }
        do {
            let response = try await client.execute(call, timeout: .nanoseconds(Int64(plan.timeout.seconds * 1e9)))
            for try await _ in response.body {}
            return .answered(status: Int(response.status.code))
        } catch {
            if Task.isCancelled { throw CancellationError() }
            return ending(of: error)
        }
    }

    private func ending(of error: any Error) -> ProbeEnding {
        if let problem = error as? HTTPClientError {
            switch problem {
            case .connectTimeout: return .refused("no connection within \(plan.timeout.short)")
            case .deadlineExceeded, .readTimeout: return .cut("no answer within \(plan.timeout.short)")
            case .remoteConnectionClosed: return .cut("the connection was cut before the answer was whole")
            case .getConnectionFromPoolTimeout: return .refused("no connection within \(plan.timeout.short)")
            default: return .cut("\(problem)")
            }
        }
        if let problem = error as? HTTPParserError { return .cut("the answer is not HTTP: \(problem)") }
        let text = "\(error)"
        // NIO tells of the system's error only in words: ECONNREFUSED, EHOSTUNREACH, ENETUNREACH.
        if text.contains("errno: 113") || text.contains("errno: 101") { return .refused("no route to the host") }
        if text.contains("resolve") { return .refused("the host name is not known") }
        if text.contains("NIOConnectionError") || text.contains("errno: 111") { return .refused("connection refused") }
        return .cut("the connection was cut: \(text.prefix(120))")
    }
}
