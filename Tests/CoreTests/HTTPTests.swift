import Core
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A server of one raw answer a connection, to show the client what a broken server does.
final class RawServer: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init(answer: String?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, size)
                _ = listen(listener, 16)
                _ = getsockname(listener, $0, &size)
            }
        }
        descriptor = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let peer = accept(listener, nil, nil)
                if peer < 0 { return }
                var buffer = [UInt8](repeating: 0, count: 65536)
                _ = read(peer, &buffer, buffer.count)
                if let answer { _ = answer.withCString { write(peer, $0, strlen($0)) } }
                close(peer)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}

@Suite struct HTTPTests {
    private func fault(_ answer: String?, method: String = "GET") async throws -> HTTPFault? {
        let server = try RawServer(answer: answer)
        let call = HTTPCall(method, "http://127.0.0.1:\(server.port)/", timeout: .seconds(5))
        return await #expect(throws: HTTPFault.self) { try await NetworkHTTPSender().send(call) }
    }

    @Test func readsAnAnswer() async throws {
        let server = try RawServer(answer: "HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok")
        let answer = try await NetworkHTTPSender().send(HTTPCall("GET", "http://127.0.0.1:\(server.port)/x"))
        #expect(answer.status == 201)
        #expect(answer.header("x-a") == "b")
        #expect(answer.text == "ok")
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() async throws {
        let server = try RawServer(
            answer: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        let answer = try await NetworkHTTPSender().send(HTTPCall("GET", "http://127.0.0.1:\(server.port)/x"))
        #expect(answer.status == 302)
    }

    @Test func aCutAnswerHasAnUnknownOutcome() async throws {
        #expect(try await fault("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")?.kind == .unknownOutcome)
    }

    @Test func noAnswerHasAnUnknownOutcome() async throws {
        #expect(try await fault(nil)?.kind == .unknownOutcome)
    }

    @Test func whatIsNotHTTPIsABadAnswer() async throws {
        #expect(try await fault("SSH-2.0-OpenSSH_9.2\r\n")?.kind == .badAnswer)
    }

    @Test func nobodyListeningIsUnreachable() async throws {
        let error = await #expect(throws: HTTPFault.self) {
            try await NetworkHTTPSender().send(HTTPCall("GET", "http://127.0.0.1:1/", timeout: .seconds(5)))
        }
        #expect(error?.kind == .unreachable)
    }

    @Test(arguments: ["ftp://x/", "no url", "http://"]) func aWrongURLIsABadRequest(url: String) async throws {
        let error = await #expect(throws: HTTPFault.self) { try await NetworkHTTPSender().send(HTTPCall("GET", url)) }
        #expect(error?.kind == .badRequest)
    }

    @Test func onlyIdempotentMethodsMayBeRepeated() {
        #expect(["GET", "HEAD", "PUT", "DELETE"].allSatisfy { HTTPCall($0, "http://x").isIdempotent })
        #expect(["POST", "PATCH"].allSatisfy { !HTTPCall($0, "http://x").isIdempotent })
    }
}
