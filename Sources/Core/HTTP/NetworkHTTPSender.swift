import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat

/// Sends requests over the network by AsyncHTTPClient.
public struct NetworkHTTPSender: HTTPSender {
    private static let largest = 64 << 20

    /// The network.
    public init() {}

    /// Sends a request and reads the whole answer.
    public func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        try await exchange(call) { response in
            do {
                let body = try await response.body.collect(upTo: NetworkHTTPSender.largest)
                return Data(buffer: body)
            } catch is NIOTooManyBytesError {
                throw HTTPFault(.badAnswer, "the answer is larger than 64 MiB")
            }
        }
    }

    /// Sends a request and writes the body of a 2xx answer to a file, through a temporary one.
    public func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer {
        try await exchange(call) { response in
            guard (200..<300).contains(response.status.code) else {
                return Data(buffer: try await response.body.collect(upTo: NetworkHTTPSender.largest))
            }
            let files = DiskFileSystem()
            try files.makeDirectory(path.parentPath)
            let temporary = path + ".tmp.\(SystemRandom().hex(bytes: 4))"
            guard FileManager.default.createFile(atPath: temporary, contents: nil),
                let handle = FileHandle(forWritingAtPath: temporary)
            else { throw Failure(.missing, "can't write \(temporary)") }
            do {
                for try await var chunk in response.body {
                    if let data = chunk.readData(length: chunk.readableBytes) { try handle.write(contentsOf: data) }
                }
                try handle.synchronize()
                try handle.close()
                try files.move(temporary, to: path)
            } catch {
                try? handle.close()
                try? files.remove(temporary)
                throw error
            }
            return Data()
        }
    }

    private func exchange(
        _ call: HTTPCall, read: (HTTPClientResponse) async throws -> Data
    ) async throws -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = .init(rawValue: call.method)
        for field in call.headers { request.headers.add(name: field.name, value: field.value) }
        request.body = try body(of: call)
        do {
            let response = try await HTTPClients.shared.client(trusting: call.trust).execute(
                request, timeout: .nanoseconds(Int64(call.timeout.seconds * 1e9)))
            let data = try await read(response)
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) }, body: data)
        } catch {
            let fault = NetworkHTTPSender.fault(of: error, call: call)
            guard (fault as? HTTPFault)?.kind == .untrusted else { throw fault }
            let shown = await certificate(of: call.url, timeout: .seconds(3))
            throw HTTPFault(.untrusted, shown?.trouble(for: call.url, at: Date()) ?? "its certificate is not trusted")
        }
    }

    private func body(of call: HTTPCall) throws -> HTTPClientRequest.Body? {
        let pieces: [HTTPCall.Piece]
        switch call.body {
        case .none: return nil
        case .data(let data): return .bytes(ByteBuffer(data: data))
        case .file(let path): pieces = [.file(path)]
        case .pieces(let list): pieces = list
        }
        var length: Int64 = 0
        for piece in pieces {
            switch piece {
            case .data(let data): length += Int64(data.count)
            case .file(let path):
                let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64
                guard let size else { throw Failure(.usage, "\(path) does not exist") }
                length += size
            }
        }
        return .stream(PieceSequence(pieces: pieces), length: .known(length))
    }

    static func fault(of error: any Error, call: HTTPCall) -> any Error {
        if error is CancellationError || error is HTTPFault || error is Failure { return error }
        if let clientError = error as? HTTPClientError {
            switch clientError {
            case .connectTimeout, .getConnectionFromPoolTimeout: return HTTPFault(.unreachable, "no connection in time")
            case .deadlineExceeded, .readTimeout, .writeTimeout:
                return HTTPFault(.unknownOutcome, "no answer within \(call.timeout.short)")
            case .invalidURL, .emptyHost, .emptyScheme:
                return HTTPFault(.badRequest, "\(call.url) is not an HTTP address")
            case .remoteConnectionClosed:
                return HTTPFault(.unknownOutcome, "the connection was cut before the answer was complete")
            case .cancelled: return CancellationError()
            case _ where "\(clientError)".contains("unsupportedScheme"):
                return HTTPFault(.badRequest, "\(call.url) is not an HTTP address")
            default: return HTTPFault(.badAnswer, "\(clientError)")
            }
        }
        let text = "\(error)"
        let distrust = ["CERTIFICATE_VERIFY_FAILED", "failedToValidateHostname", "noCertificateToValidate"]
        if distrust.contains(where: text.contains) {
            return HTTPFault(.untrusted, "its certificate is not trusted")
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("handshakeFailed") {
            return HTTPFault(.badAnswer, "it does not speak TLS as it should: \(text)")
        }
        if text.contains("resolve") { return HTTPFault(.unreachable, "the host name is not known") }
        if text.contains("refused") || text.contains("NIOConnectionError") {
            return HTTPFault(.unreachable, "connection refused")
        }
        if text.contains("HTTPParserError") || text.contains("invalid") {
            return HTTPFault(.badAnswer, "the answer is not HTTP")
        }
        return HTTPFault(.unknownOutcome, "the connection was cut: \(text)")
    }
}

/// The pieces of a body as buffers of up to 1 MiB.
private struct PieceSequence: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error
    let pieces: [HTTPCall.Piece]

    struct Iterator: AsyncIteratorProtocol {
        var pieces: ArraySlice<HTTPCall.Piece>
        var handle: FileHandle?

        mutating func next() async throws -> ByteBuffer? {
            while true {
                if let open = handle {
                    if let data = try open.read(upToCount: 1 << 20), !data.isEmpty { return ByteBuffer(data: data) }
                    try open.close()
                    handle = nil
                }
                guard let piece = pieces.popFirst() else { return nil }
                switch piece {
                case .data(let data): if !data.isEmpty { return ByteBuffer(data: data) }
                case .file(let path):
                    guard let open = FileHandle(forReadingAtPath: path) else {
                        throw Core.Failure(.usage, "can't read \(path)")
                    }
                    handle = open
                }
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces[...]) }
}
