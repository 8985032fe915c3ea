import Core
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOFoundationCompat
import NIOSSL
import Synchronization

@testable import Lab

/// Stands between terraform and a service of the lab, and breaks the calls that it is told to break.
final class FaultProxy: Sendable {
    /// What happens to a call.
    enum Fault: Sendable {
        /// It is done after a while.
        case late(Duration)
        /// It is not done; the answer is one of the proxy's own.
        case answer(Int, String)
        /// It is done, and its answer is lost with the connection.
        case cut
    }
    private struct Rule {
        var method: String
        var ending: String
        var fault: Fault
        var times: Int
    }
    private struct Lost: Error {}

    /// What a gateway in front of a server that is away says.
    static let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

    private let upstream: String
    private let trust: String?
    private let context: Context
    private let rules = Mutex<[Rule]>([])
    private let hits = Mutex(0)

    init(_ upstream: String, trust: String?, context: Context) {
        self.upstream = upstream
        self.trust = trust
        self.context = context
    }

    /// Calls that were broken.
    var broken: Int { hits.withLock { $0 } }

    /// Breaks the next calls of a method ("" for every one) whose path has this ending; nothing else any more.
    func set(_ fault: Fault, _ method: String = "", ending: String = "", times: Int = .max) {
        hits.withLock { $0 = 0 }
        rules.withLock { $0 = [Rule(method: method, ending: ending, fault: fault, times: times)] }
    }

    /// Breaks nothing any more.
    func mend() { rules.withLock { $0 = [] } }

    /// Serves while the body runs, which gets the port.
    func serve(tls: TLSConfiguration?, _ body: (Int) async throws -> Void) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let responder = CallbackResponder { [self] (request: Request, _: BasicRequestContext) in
            try await answer(request)
        }
        let application = Application(
            responder: responder, server: try tls.map { try .tls(.http1(), tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: LabListener.silent)
        let serving = Task {
            defer { found.finish() }
            try await application.run()
        }
        defer { serving.cancel() }
        for await port in ports { return try await body(port) }
        try await serving.value
    }

    private func fault(_ method: String, _ path: String) -> Fault? {
        let found = rules.withLock { rules -> Fault? in
            let place = rules.firstIndex {
                ($0.method.isEmpty || $0.method == method) && path.hasSuffix($0.ending) && $0.times > 0
            }
            guard let place else { return nil }
            rules[place].times -= 1
            return rules[place].fault
        }
        if found != nil { hits.withLock { $0 += 1 } }
        return found
    }

    private func answer(_ request: Request) async throws -> Response {
        let fault = fault(request.method.rawValue, request.uri.path)
        if case .answer(let status, let text)? = fault {
            let type = text.hasPrefix("<") ? "text/html" : "application/json"
            return Response(
                status: .init(code: status), headers: [.contentType: type],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        if case .late(let time)? = fault { try await Task.sleep(for: time) }
        let answer = try await forward(request)
        if case .cut? = fault {
            return Response(status: .ok, body: ResponseBody(contentLength: 99) { _ in throw Lost() })
        }
        var headers = HTTPFields()
        for (name, value) in answer.headers where !FaultProxy.own.contains(name.lowercased()) {
            if let field = HTTPField.Name(name) { headers.append(HTTPField(name: field, value: value)) }
        }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(data: answer.body)))
    }

    /// Fields of a connection, not of what goes through it.
    private static let own: Set = [
        "connection", "content-length", "transfer-encoding", "expect", "keep-alive", "content-encoding",
    ]

    private func forward(_ request: Request) async throws -> HTTPAnswer {
        let body = try await request.body.collect(upTo: 1 << 26)
        // The signature of a call to the store holds for the address that was called.
        var headers: [(name: String, value: String)] = request.head.authority.map { [("Host", $0)] } ?? []
        for field in request.headers where !FaultProxy.own.contains(field.name.canonicalName) {
            headers.append((field.name.rawName, field.value))
        }
        return try await context.http.send(
            HTTPCall(
                request.method.rawValue, upstream + request.uri.string, headers: headers,
                body: body.readableBytes > 0 ? .data(Data(buffer: body)) : .none, timeout: .seconds(60), trust: trust))
    }
}

extension LXCBench {
    /// The clock as it was years ago, for certificates that have expired since.
    private struct LongAgo: TimeSource {
        let real = SystemTime()
        func now() -> Date { real.now().addingTimeInterval(-86_400 * 800) }
        func elapsed() -> Duration { real.elapsed() }
        func sleep(for duration: Duration) async throws { try await real.sleep(for: duration) }
    }

    /// Runs a body while proxies stand before the lab's Proxmox VE and its store of states.
    func withFaults(
        expired: Bool = false, _ body: (_ proxmox: FaultProxy, _ store: FaultProxy) async throws -> Void
    ) async throws {
        _ = try await nante("lab", "up")
        guard let record = try LabRecord.load(context), let real = record.proxmox, let states = record.state else {
            throw Failure(.failed, "the lab has no Proxmox VE")
        }
        var past = context
        if expired { past.time = LongAgo() }
        let authority = LabAuthority(
            home: LabHome(path: hosts.home.path + "/proxy"), network: hosts.network, context: past)
        let proxmox = FaultProxy(real.url, trust: real.caFile, context: context)
        let store = FaultProxy(states.url, trust: nil, context: context)
        let tls = try authority.configuration()
        try await proxmox.serve(tls: tls) { proxmoxPort in
            try await store.serve(tls: nil) { storePort in
                var changed = record
                changed.proxmox?.url = "https://127.0.0.1:\(proxmoxPort)"
                changed.proxmox?.caFile = authority.home.authority
                changed.state?.url = "http://127.0.0.1:\(storePort)"
                try changed.save(context)
                defer { try? record.save(context) }
                try await body(proxmox, store)
            }
        }
    }
}
