import Core
import Crypto
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import X509

/// An authority of a test, which signs certificates with any dates.
struct TestAuthority {
    private let key = P256.Signing.PrivateKey()
    private let certificate: Certificate
    let pem: String

    init() throws {
        let name = try DistinguishedName { CommonName("test authority") }
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -86_400 * 900),
            notValidAfter: Date(timeIntervalSinceNow: 86_400 * 900), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: .init(key))
        pem = try certificate.serializeAsPEM().pemString
    }

    /// A server's certificate for 127.0.0.1, and its key.
    func issue(until end: Date, for address: [UInt8] = [127, 0, 0, 1]) throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let leaf = P256.Signing.PrivateKey()
        let signed = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(leaf.publicKey),
            notValidBefore: end.addingTimeInterval(-86_400 * 30), notValidAfter: end, issuer: certificate.subject,
            subject: try DistinguishedName { CommonName("pve") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                SubjectAlternativeNames([.ipAddress(.init(contentBytes: address[...])), .dnsName("pve.test")])
            }, issuerPrivateKey: .init(key))
        return (
            try NIOSSLCertificate(bytes: Array(signed.serializeAsPEM().pemString.utf8), format: .pem),
            try NIOSSLPrivateKey(bytes: Array(leaf.pemRepresentation.utf8), format: .pem)
        )
    }
}

/// A TLS server that gives one answer to every request.
struct TLSServer {
    let port: Int
    private let channel: any Channel

    init(_ certificate: NIOSSLCertificate, _ key: NIOSSLPrivateKey, answer: String) async throws {
        let tls = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLServerHandler(context: tls), OneAnswer(text: answer))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }
}

private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    let text: String
    init(text: String) { self.text = text }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let reply =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(text)"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
