import NIOCore
import NIOPosix

/// A real server on loopback whose path says how it fails: /good, /slow, /503, /404, /cut, /partial, /hang, /garbage.
final class FaultyServer: Sendable {
    private let channel: any Channel
    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    private init(_ channel: any Channel, _ port: Int) {
        self.channel = channel
        self.port = port
    }

    /// Runs a body with a server that is closed after it.
    static func with<Value: Sendable>(_ body: (FaultyServer) async throws -> Value) async throws -> Value {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = FaultyServer(channel, channel.localAddress?.port ?? 0)
        do {
            let value = try await body(server)
            try? await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// A port that nothing listens on.
    static func closedPort() async throws -> Int {
        try await with { $0.port }
    }
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var text = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let end = text.range(of: "\r\n\r\n") else { return }
        let head = text[..<end.lowerBound]
        let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
        let close = head.lowercased().contains("connection: close")
        text = ""
        let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        switch path {
        case "/503": write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", context, close)
        case "/404": write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", context, close)
        case "/cut": context.close(promise: nil)
        case "/partial": write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", context, true)
        case "/garbage": write("SSH-2.0-OpenSSH_9.2\r\n\r\n", context, true)
        case "/hang": return
        case "/slow":
            let loop = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(300)) {
                loop.value.0.write(good, loop.value.1, close)
            }
        default: write(good, context, close)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext, _ close: Bool) {
        let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
        let done = context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)))
        if close { done.whenComplete { _ in loop.value.close(promise: nil) } }
    }
}
