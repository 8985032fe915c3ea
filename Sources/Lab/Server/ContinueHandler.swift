import Hummingbird
import NIOCore
import NIOHTTP1

/// Answers `Expect: 100-continue` at once (RFC 9110 section 10.1.1): curl, boto3 and Go's clients wait a second for it.
///
/// Bodies are always asked for: a refusal without one would leave it open whether the client sends it after all.
final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), head.version == .http1_1,
            head.headers.first(name: "expect")?.lowercased() == "100-continue"
        {
            let answer = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
        }
        context.fireChannelRead(data)
    }
}

/// Puts that handler next to the decoder, where the parts are those of HTTP/1.
final class ContinueInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let operations = context.pipeline.syncOperations
        guard let decoder = try? operations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? operations.addHandler(ContinueHandler(), position: .after(decoder))
    }
}
