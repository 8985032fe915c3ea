import Core
import Foundation
import Hummingbird
import NIOCore
import NIOPosix

extension Response {
    /// A JSON answer, one line.
    public static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: value.text())))
    }

    /// A JSON answer of an encodable value; keys are sorted.
    public static func json(
        encoding value: some Encodable, status: HTTPResponse.Status = .ok, encoder: JSONEncoder? = nil
    ) throws -> Response {
        var used = encoder
        if used == nil {
            used = JSONEncoder()
            used?.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        }
        let data = try used?.encode(value) ?? Data()
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    /// A text answer.
    public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Request {
    /// The whole body.
    ///
    /// - Parameter limit: the most bytes; a longer body is answered 413.
    public func data(upTo limit: Int = 8 << 20) async throws -> Data {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge, message: "the body is larger than \(limit) bytes")
        }
    }

    /// The body as JSON; one that is not JSON is answered 400 with the place of the fault.
    public func json(upTo limit: Int = 8 << 20) async throws -> JSONValue {
        let data = try await data(upTo: limit)
        do { return try JSONValue.parse(data) } catch {
            throw HTTPError(.badRequest, message: "the body is not JSON: \(error)")
        }
    }

    /// A query parameter, decoded; nil where it is absent.
    public func query(_ name: String) -> String? {
        uri.queryParameters[name[...]].map { String($0) }
    }

    /// The address by which the caller reached this service, such as "http://10.87.0.1:18081".
    ///
    /// - Parameter fallback: taken when the `Host` field is absent or no host.
    public func base(fallback: String) -> String {
        guard let host = head.authority, !host.isEmpty, host.utf8.count <= 255,
            host.utf8.allSatisfy({ byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F: true
                default: false
                }
            })
        else { return fallback }
        return "http://" + host
    }
}

/// Work that blocks a thread, such as forcing a file to disk, done away from the threads of the handlers.
enum Offload {
    /// Threads of its own: the system's pool, which the database uses too, would be held by a few slow disks' worth.
    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()

    /// Runs the work on one of these threads.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.runIfActive(work)
    }
}
