import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// The certificate that a server shows.
public struct ServerCertificate: Sendable, Hashable {
    /// The first moment it holds.
    public var notBefore: Date
    /// The last moment it holds.
    public var notAfter: Date
    /// The hosts that it is for: names and addresses.
    public var names: [String]

    /// A certificate.
    public init(notBefore: Date, notAfter: Date, names: [String]) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.names = names
    }

    /// Why a client would not trust it, in words; that of an unknown authority where nothing else is wrong.
    public func trouble(for url: String, at now: Date) -> String {
        if now > notAfter { return "its certificate expired on \(ServerCertificate.day(notAfter))" }
        if now < notBefore { return "its certificate holds only from \(ServerCertificate.day(notBefore)) on" }
        let host = ServerCertificate.host(of: url) ?? ""
        guard names.contains(where: { ServerCertificate.matches($0, host) }) else {
            let known = names.isEmpty ? "no host" : names.joined(separator: ", ")
            return "its certificate is for \(known), not for \(host)"
        }
        return "its certificate is signed by an authority that is not trusted here"
    }

    /// The date alone, such as 2026-11-24.
    public static func day(_ date: Date) -> String { String(date.iso8601.prefix(10)) }

    /// The host of an address, brackets of IPv6 dropped.
    static func host(of url: String) -> String? {
        URL(string: url)?.host()?.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    }

    /// A name of a certificate covers a host; `*` stands for one label (RFC 6125 section 6.4.3).
    static func matches(_ name: String, _ host: String) -> Bool {
        let (name, host) = (name.lowercased(), host.lowercased())
        guard name.hasPrefix("*.") else { return name == host }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...] == name.dropFirst()
    }
}

extension NetworkHTTPSender {
    /// The certificate of a server, read from a handshake in which nothing is checked and nothing is sent.
    public func certificate(of url: String, timeout: Duration) async -> ServerCertificate? {
        guard let parts = URL(string: url), parts.scheme == "https",
            let host = ServerCertificate.host(of: url)
        else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        guard let tls = try? NIOSSLContext(configuration: configuration) else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let limit = TimeAmount.nanoseconds(Int64(timeout.seconds * 1e9))
        let shown = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: NIOSSLCertificate?.self)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
                    try channel.pipeline.syncOperations.addHandlers(handler, HandshakeWatch(shown))
                }
            }
        do {
            let channel = try await bootstrap.connect(host: host, port: parts.port ?? 443).get()
            channel.eventLoop.scheduleTask(in: limit) { shown.succeed(nil) }
            let found = try await shown.futureResult.get()
            try? await channel.close()
            return found.map(ServerCertificate.init)
        } catch {
            shown.succeed(nil)
            return nil
        }
    }
}

extension ServerCertificate {
    fileprivate init(_ certificate: NIOSSLCertificate) {
        self.init(
            notBefore: Date(timeIntervalSince1970: TimeInterval(certificate.notValidBefore)),
            notAfter: Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter)),
            names: certificate._subjectAlternativeNames().compactMap(ServerCertificate.text))
    }

    private static func text(_ name: _SubjectAlternativeName) -> String? {
        let bytes = Array(name.contents)
        switch name.nameType {
        case .dnsName: return String(decoding: bytes, as: UTF8.self)
        case .ipAddress: return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
        default: return nil
        }
    }
}

/// Tells the certificate as soon as the handshake is done, or that there is none.
private final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = Any
    private let shown: EventLoopPromise<NIOSSLCertificate?>

    init(_ shown: EventLoopPromise<NIOSSLCertificate?>) { self.shown = shown }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
            shown.succeed(try? context.pipeline.syncOperations.nioSSL_peerCertificate())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        shown.succeed(nil)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        shown.succeed(nil)
        context.fireChannelInactive()
    }
}
