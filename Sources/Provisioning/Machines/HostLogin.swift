import Core
import Foundation
import SSH
import Synchronization

/// How hosts are logged into, and whose host keys are trusted.
///
/// The lab knows the keys of the hosts that it makes. A real server's machine is trusted on the first contact, made by
/// the very apply that made the machine; the key is pinned then, and another one later is refused.
public struct HostLogin: Sendable {
    /// Options of a login; the file of known hosts is the only one that counts.
    public var options: SSHOptions
    /// The file of known hosts.
    public var knownHosts: String
    /// Keys are read from hosts and pinned here; else somebody else writes the file.
    public var pins: Bool
    let context: Context
    private let gate = Gate()

    /// Hosts are waited for at once, and their keys land in one file.
    private final class Gate: Sendable { let mutex = Mutex(()) }

    /// A login.
    public init(options: SSHOptions, knownHosts: String, pins: Bool, context: Context) {
        self.options = options
        self.options.knownHostsFile = knownHosts
        self.knownHosts = knownHosts
        self.pins = pins
        self.context = context
    }

    /// A client for a host.
    func client(_ address: String, user: String) throws -> SSHClient {
        SSHClient(try SSHTarget(host: address, user: user), options, context: context)
    }

    /// The key that an address is known by (type and base64); nil for none.
    func known(_ address: String) -> String? { lines().first { $0.address == address }?.key }

    /// Writes keys into the file where it is ours, one for each address.
    func pin(_ keys: [String: String]) throws {
        guard pins else { return }
        try gate.mutex.withLock { _ in try write(keys) }
    }

    private func write(_ keys: [String: String]) throws {
        let others = lines().filter { keys[$0.address] == nil }
        let all = others + keys.map { (address: $0.key, key: $0.value) }
        let text = all.sorted { ($0.address, $0.key) < ($1.address, $1.key) }
            .map { "\($0.address) \($0.key)\n" }.joined()
        if (try? context.files.readText(knownHosts)) != text { try context.files.write(text, to: knownHosts) }
    }

    /// Drops the key of an address, whose machine is gone.
    func forget(_ address: String) throws {
        guard pins, known(address) != nil else { return }
        let kept = lines().filter { $0.address != address }
        try context.files.write(kept.map { "\($0.address) \($0.key)\n" }.joined(), to: knownHosts)
    }

    private func lines() -> [(address: String, key: String)] {
        let text = (try? context.files.readText(knownHosts)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, !words[0].hasPrefix("#") else { return nil }
            // One line may name several: an address and the host's name.
            let address = words[0].split(separator: ",").first.map(String.init) ?? words[0]
            return (address, words[1] + " " + words[2])
        }
    }

    /// Waits until a host answers and may be logged into.
    ///
    /// - Parameters:
    ///   - pinned: the key that it is known by.
    ///   - isNew: the machine was made just now, so its key is not known to anybody yet.
    /// - Returns: its key.
    func await(
        _ name: String, address: String, user: String, pinned: String?, isNew: Bool, within limit: Duration
    ) async throws -> String {
        let client = try client(address, user: user)
        var key = pins ? pinned : nil
        if !pins {
            key = try await Wait.until("the host key of \(name)", within: limit, context: context) { known(address) }
        } else if isNew || key == nil {
            key = try await Wait.until(
                "the SSH server of \(name) at \(address)", within: limit, every: .milliseconds(250), context: context
            ) { try? await client.hostKey(within: .seconds(2)) }
        }
        guard let key else { throw Failure(.failed, "\(name) shows no host key", where: address) }
        try pin([address: key])
        do { try await client.waitForLogin(within: limit) } catch let failure as Failure {
            throw HostLogin.explained(failure, name)
        }
        return key
    }

    /// A changed key is no accident: either the machine was made anew by somebody else, or another one answers.
    static func explained(_ failure: Failure, _ name: String) -> Failure {
        guard failure.description.contains("host key") else { return failure }
        var copy = failure.adding("host", "\(name): it is known by another key than it shows")
        copy.next.append("nante destroy, then apply, where it was made anew on purpose")
        return copy
    }
}
