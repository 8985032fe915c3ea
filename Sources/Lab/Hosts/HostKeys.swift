import Core
import Foundation
import SSH

/// The key that opens the lab's hosts, and the file of the host keys that clients trust.
struct HostKeys: Sendable {
    let home: LabHome
    let context: Context

    /// The public key's line, made with its private part (mode 0600) where the lab has none yet.
    func ensure() async throws -> String {
        let path = home.sshKey
        if !context.files.exists(path) || !context.files.exists(path + ".pub") {
            let lock = try await FileLock.acquire(
                path.parentPath.appending(path: ".lock"), holder: "nante \(getpid())", within: .seconds(30),
                context: context)
            defer { withExtendedLifetime(lock) {} }
            if !context.files.exists(path) {
                // Under another name first: a key that is cut off in the middle never has the right one.
                let fresh = path + "." + context.random.hex(bytes: 4)
                try await context.processes.check(
                    SSHCommands.makeKey(fresh, comment: "nante-lab"), what: "the lab's SSH key can't be made")
                try context.files.move(fresh + ".pub", to: path + ".pub")
                try context.files.move(fresh, to: path)
            }
        }
        return try context.files.readText(path + ".pub")
    }

    /// A host's own key in its folder, made where it has none yet.
    ///
    /// - Returns: the path of the private part.
    func ensureHostKey(in folder: String, of name: String) async throws -> String {
        let key = folder.appending(path: "host_key")
        if context.files.exists(key) { return key }
        let fresh = key + "." + context.random.hex(bytes: 4)
        try await context.processes.check(
            SSHCommands.makeKey(fresh, comment: name), what: "the host key of \(name) can't be made")
        try context.files.move(fresh + ".pub", to: key + ".pub")
        try context.files.move(fresh, to: key)
        return key
    }

    /// Type and base64 of a public key, without its comment.
    func bare(_ key: String) throws -> String {
        try context.files.readText(key + ".pub").split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// Writes known_hosts from the records; the lock of all records is held.
    func writeKnownHosts(_ records: [HostRecord]) throws {
        let text = HostStore.knownHosts(records.filter { $0.state == .ready })
        if (try? context.files.readText(home.knownHosts)) != text {
            try context.files.write(text, to: home.knownHosts)
        }
    }

    /// The options of a login that trusts what the lab made, and nothing of the user's own configuration.
    static func options(home: LabHome) -> SSHOptions {
        SSHOptions(
            identityFile: home.sshKey, knownHostsFile: home.knownHosts, configFile: "none",
            connectTimeout: .seconds(5))
    }
}
