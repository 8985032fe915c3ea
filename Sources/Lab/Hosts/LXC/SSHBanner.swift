import Core
import Dispatch
import Foundation

/// Knocks at an SSH server: cheaper than a login, and enough where the keys were put in place beforehand.
enum SSHBanner {
    /// The server answers with its banner (RFC 4253 section 4.2) within the limit.
    static func answers(_ address: String, limit: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            // Blocking calls, so not on the threads that tasks share.
            DispatchQueue.global().async { continuation.resume(returning: knock(address, limit: limit)) }
        }
    }

    private static func knock(_ address: String, limit: Duration) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(22).bigEndian
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else { return false }
        let milliseconds = Int32(clamping: Int64(limit.seconds * 1000))
        let outcome = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if outcome != 0 {
            guard errno == EINPROGRESS, ready(descriptor, Int16(POLLOUT), milliseconds) else { return false }
        }
        guard ready(descriptor, Int16(POLLIN), milliseconds) else { return false }
        var bytes = [UInt8](repeating: 0, count: 4)
        return recv(descriptor, &bytes, 4, 0) == 4 && bytes == Array("SSH-".utf8)
    }

    private static func ready(_ descriptor: Int32, _ event: Int16, _ milliseconds: Int32) -> Bool {
        var wait = pollfd(fd: descriptor, events: event, revents: 0)
        return poll(&wait, 1, milliseconds) == 1
    }
}
