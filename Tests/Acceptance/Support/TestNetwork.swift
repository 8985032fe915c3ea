import Core
import Foundation

/// A bridge and a subnet that no other test has, of this run or of another one on the same machine.
///
/// Taken by a lock, which goes with the process: looking alone would let two tests see the same one as free. An address
/// that is there without a lock is what a killed run left, and is passed over.
final class TestNetwork: Sendable {
    let bridge: String
    let subnet: String
    private let lock: FileLock

    init() throws {
        let used = try String(contentsOfFile: "/proc/net/fib_trie", encoding: .utf8)
        for number in (130..<250).shuffled() where !used.contains("10.88.\(number).1\n") {
            let path = "/run/nante/test-networks/\(number)"
            guard let lock = try FileLock.attempt(path, holder: "process \(getpid())") else { continue }
            // The bridge of whoever had it may just be going: looked at again, now that nobody else takes it.
            let now = try String(contentsOfFile: "/proc/net/fib_trie", encoding: .utf8)
            if now.contains("10.88.\(number).1\n") { continue }
            bridge = "nt\(SystemRandom().hex(bytes: 3))"
            subnet = "10.88.\(number).0/24"
            self.lock = lock
            return
        }
        throw Failure(.held, "every subnet from 10.88.130.0/24 to 10.88.249.0/24 is taken")
    }

    /// The settings of a lab with this network.
    var settings: [String: String] { ["NANTE_BRIDGE": bridge, "NANTE_SUBNET": subnet] }
}
