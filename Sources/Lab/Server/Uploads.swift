import Core
import Hummingbird
import NIOCore

extension Request {
    /// The length that the sender announced; nil for a chunked body.
    public var announcedLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// Streams the body to a blob; a body that ends before its announced length leaves nothing behind.
    public func receive(into folder: BlobFolder, limit: Int64) async throws -> ReceivedBlob {
        let announced = announcedLength
        if let announced, announced > limit { throw BlobError.tooLarge(limit: limit) }
        var receiver = try folder.receive(limit: limit)
        var received: Int64 = 0
        for try await buffer in body {
            received += Int64(buffer.readableBytes)
            try await receiver.write(buffer.readableBytesView)
        }
        // Hummingbird ends the body quietly when the connection is closed in the middle.
        if let announced, announced != received { throw BlobError.cut(expected: announced, received: received) }
        return try await receiver.finish()
    }
}

extension BlobError {
    /// The status that tells the sender.
    var status: HTTPResponse.Status {
        switch self {
        case .tooLarge: .contentTooLarge
        case .noSpace: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        case .cut: .badRequest
        case .disk: .internalServerError
        }
    }

    /// What to tell the sender.
    var message: String {
        switch self {
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .noSpace: "the disk of the lab is full"
        case .cut(let expected, let received): "the body ended after \(received) of \(expected) bytes"
        case .disk(let text): text
        }
    }
}
