import Crypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Answers requests over TLS on loopback, by a certificate of its own.
final class StubServer: Sendable {
    /// One request.
    struct Request: Sendable {
        let method: String
        /// Decoded segments below `/api2/json`.
        let path: [String]
        /// Parameters of query and body.
        let form: [String: String]
        let headers: [String: String]
        let body: [UInt8]
    }

    /// One answer.
    struct Answer: Sendable {
        var status = 200
        var body: String
        var type = "application/json"
    }

    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup
    /// A file with the certificate to trust.
    let authorities: String

    var address: String { "https://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    init(_ answer: @escaping @Sendable (Request) -> Answer) async throws {
        let (certificate, key) = try Self.identity()
        authorities = FileManager.default.temporaryDirectory.appending(path: "stub-\(UUID().uuidString).pem").path
        try certificate.write(toFile: authorities, atomically: true, encoding: .utf8)
        let tls = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem))],
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
        try FileManager.default.removeItem(atPath: authorities)
    }

    /// A certificate for loopback and its key, both as PEM.
    private static func identity() throws -> (certificate: String, key: String) {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("stub") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: .now.addingTimeInterval(-3600), notValidAfter: .now.addingTimeInterval(86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectAlternativeNames([.ipAddress(.init(contentBytes: [127, 0, 0, 1]))])
            }, issuerPrivateKey: .init(key))
        return (try certificate.serializeAsPEM().pemString, key.pemRepresentation)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let bytes): body += bytes.readableBytesView
            case .end:
                guard let head else { return }
                let answer = answer(Self.request(head, body))
                var headers = HTTPHeaders([("Content-Type", answer.type)])
                headers.add(name: "Content-Length", value: String(answer.body.utf8.count))
                let status = HTTPResponseStatus(statusCode: answer.status)
                context.write(
                    wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        private static func request(_ head: HTTPRequestHead, _ body: [UInt8]) -> Request {
            let parts = head.uri.split(separator: "?", maxSplits: 1)
            let segments = parts[0].split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
            var form = parts.count > 1 ? decoded(String(parts[1])) : [:]
            if head.headers.first(name: "Content-Type") == "application/x-www-form-urlencoded" {
                form.merge(decoded(String(decoding: body, as: UTF8.self))) { first, _ in first }
            }
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            return Request(
                method: head.method.rawValue, path: Array(segments.dropFirst(2)), form: form, headers: headers,
                body: body)
        }

        private static func decoded(_ text: String) -> [String: String] {
            Dictionary(
                text.split(separator: "&").map { pair in
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                        .map { $0.replacing("+", with: " ").removingPercentEncoding ?? String($0) }
                    return (parts[0], parts.count > 1 ? parts[1] : "")
                }
            ) { first, _ in first }
        }
    }
}
