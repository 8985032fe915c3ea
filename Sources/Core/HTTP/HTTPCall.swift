import Foundation

/// An HTTP request; every one has a deadline.
public struct HTTPCall: Sendable {
    /// The method, upper case.
    public var method: String
    /// The absolute URL.
    public var url: String
    /// Header fields in order.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Body
    /// The longest the whole exchange may take.
    public var timeout: Duration

    /// Certificates that the server's own is checked with, a PEM file; nil takes the system's.
    public var trust: String?

    /// The body of a request.
    public enum Body: Sendable {
        case none
        case data(Data)
        /// Bytes of a file, streamed with their length.
        case file(String)
        /// Several pieces one after the other, streamed with their length (multipart).
        case pieces([Piece])
    }

    /// A piece of a body.
    public enum Piece: Sendable {
        case data(Data)
        case file(String)
    }

    /// A request; the body's type is added by the caller.
    public init(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: Body = .none,
        timeout: Duration = .seconds(30), trust: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.trust = trust
    }

    /// The request may be sent again when its outcome is unknown (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method) }

    /// Sets the Authorization field for HTTP Basic (RFC 7617).
    public mutating func authorize(user: String, password: String) {
        headers.append(("Authorization", "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()))
    }
}

/// An HTTP response with its whole body.
public struct HTTPAnswer: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields in order.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: Data

    /// A response.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header field of a name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
    /// Status 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

/// A call that got no answer.
public struct HTTPFault: Error, Sendable, CustomStringConvertible {
    /// Why there is no answer.
    public enum Kind: Sendable, Hashable {
        /// No connection: nothing was sent.
        case unreachable
        /// The server's certificate is not trusted, has expired or is another host's: nothing was sent.
        case untrusted
        /// Cut or timed out after the request began to be sent: the outcome is unknown.
        case unknownOutcome
        /// The answer was larger than allowed, or not HTTP.
        case badAnswer
        /// The URL or the request itself is wrong.
        case badRequest
    }
    /// Why.
    public var kind: Kind
    /// What the network said.
    public var message: String
    /// A fault.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
    /// The message.
    public var description: String { message }
}

/// Sends HTTP requests.
public protocol HTTPSender: Sendable {
    /// Sends a request and reads the whole answer, at most 64 MiB.
    ///
    /// - Throws: `HTTPFault`, or `CancellationError`.
    func send(_ call: HTTPCall) async throws -> HTTPAnswer
    /// Sends a request and writes the body of a 2xx answer to a file; the answer's own body is then empty.
    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer
    /// The certificate that the server of an https address shows, unchecked; nil where none can be had.
    func certificate(of url: String, timeout: Duration) async -> ServerCertificate?
}

extension HTTPSender {
    /// None: only the network has certificates.
    public func certificate(of url: String, timeout: Duration) async -> ServerCertificate? { nil }
}
