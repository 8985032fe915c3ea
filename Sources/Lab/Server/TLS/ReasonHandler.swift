import Hummingbird
import NIOCore
import NIOHTTP1

/// Writes the reason phrase that a response carries in a field of its own: some clients of Proxmox VE read nothing
/// else, and NIO gives every known code its usual phrase.
final class ReasonHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let reason = head.headers.first(name: Reason.field) else {
            return context.write(data, promise: promise)
        }
        head.headers.remove(name: Reason.field)
        head.status = .custom(code: UInt(head.status.code), reasonPhrase: reason)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

/// Puts the handler of reason phrases next to the encoder, where the parts are those of HTTP/1.
final class ReasonInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        guard let encoder = try? operations.handler(type: HTTPResponseEncoder.self) else { return }
        try? operations.addHandler(ReasonHandler(), position: .after(encoder))
    }
}

/// The reason phrase of a response.
enum Reason {
    /// The field that carries it inside the lab; it is never sent.
    static let field = "x-nante-reason"

    /// A text as a phrase: one line of printable ASCII (RFC 9112 section 4).
    static func phrase(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return String(line.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }.prefix(400))
    }
}
