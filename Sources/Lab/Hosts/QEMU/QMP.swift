import Core
import Dispatch
import Foundation

/// QEMU's machine protocol, as far as power needs it: one command on a connection of its own.
enum QMP {
    /// Sends a command such as "system_powerdown".
    ///
    /// - Returns: QEMU took it; false when nobody listens or it was refused.
    static func send(_ command: String, to path: String, limit: Duration = .seconds(5)) async -> Bool {
        await withCheckedContinuation { continuation in
            // Blocking calls, so not on the threads that tasks share.
            DispatchQueue.global().async { continuation.resume(returning: talk(command, path, limit)) }
        }
    }

    private static func talk(_ command: String, _ path: String, _ limit: Duration) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var wait = timeval(tv_sec: Int(limit.seconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(descriptor, to: path) else { return false }
        var lines = LineReader(descriptor: descriptor)
        guard lines.next()?["QMP"] != nil else { return false }
        for name in ["qmp_capabilities", command] {
            let words = Array((JSONValue.object(["execute": .string(name)]).text() + "\n").utf8)
            guard Foundation.send(descriptor, words, words.count, Int32(MSG_NOSIGNAL)) == words.count
            else { return false }
            // Events come in between.
            var answer = lines.next()
            while let found = answer, found["event"] != nil { answer = lines.next() }
            guard answer?["return"] != nil else { return false }
        }
        return true
    }

    private static func connect(_ descriptor: Int32, to path: String) -> Bool {
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: place.sun_path) else { return false }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Reads JSON values, one a line; at most 64 KiB of a line.
    private struct LineReader {
        let descriptor: Int32
        private var pending: [UInt8] = []

        init(descriptor: Int32) { self.descriptor = descriptor }

        mutating func next() -> JSONValue? {
            while pending.count < 65_536 {
                if let end = pending.firstIndex(of: 0x0A) {
                    defer { pending.removeFirst(end + 1) }
                    return try? JSONValue.parse(Data(pending[..<end]))
                }
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return nil }
                pending += bytes.prefix(count)
            }
            return nil
        }
    }
}
