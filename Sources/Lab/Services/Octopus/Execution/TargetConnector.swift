import Core
import Crypto
import Foundation
import SSH
import Synchronization

/// A target as it is reached: address, the host key that is expected, and the login.
struct TargetAddress: Sendable, Hashable {
    var machine: String
    var name: String
    var host: String
    var port: Int
    /// The fingerprint of the host key, in any of the common forms; empty where none was ever stored.
    var fingerprint: String
    var user: String
    /// The text of the private key.
    var key: String
}

/// Makes connections to targets; tests have one that stays on this machine.
protocol TargetConnector: Sendable {
    /// Opens a connection for one task.
    ///
    /// - Parameter task: a text that tells tasks apart, in names of files.
    func connect(_ target: TargetAddress, task: String) async throws -> RemoteShell
    /// Closes it.
    func disconnect(_ target: TargetAddress, task: String) async
    /// The fingerprint of the host key that an address shows now.
    func fingerprint(host: String, port: Int) async throws -> String
}

/// Connections by the ssh program: one for each target and task, shared by all that the task does there.
final class SSHConnector: TargetConnector {
    private let context: Core.Context
    /// Keys and pipes of running tasks, mode 0700.
    private let folder: String
    /// Sockets of shared connections: a short path, since a socket's has 108 bytes at most (unix(7)).
    private let sockets: String
    private let known = Mutex<[String: String]>([:])

    /// A connector; what an earlier process left in its folders is removed.
    init(folder: String, context: Core.Context) throws {
        self.context = context
        self.folder = folder
        try context.files.remove(folder)
        try context.files.makeDirectory(folder)
        chmod(folder, 0o700)
        sockets = try SSHConnector.makeSockets(folder, context)
    }

    deinit { try? context.files.remove(sockets) }

    private static func makeSockets(_ folder: String, _ context: Core.Context) throws -> String {
        let near = folder.appending(path: "s")
        // Of the same name each time, so that no start leaves another behind; a folder of somebody else is not taken.
        let far = "/tmp/nante-\(SHA256.hash(data: Data(folder.utf8)).hex.prefix(12))"
        let random = "/tmp/nante-\(context.random.hex(bytes: 6))"
        for path in near.utf8.count <= 40 ? [near] : [far, random] {
            try? context.files.remove(path)
            if mkdir(path, 0o700) == 0 { return path }
        }
        throw Failure(.missing, "can't make a folder for SSH connections", where: far)
    }

    func connect(_ target: TargetAddress, task: String) async throws -> RemoteShell {
        let line = try await knownHost(target)
        let place = folder.appending(path: "\(task)-\(target.machine)")
        try context.files.makeDirectory(place)
        chmod(place, 0o700)
        let key = target.key.hasSuffix("\n") ? target.key : target.key + "\n"
        try context.files.write(key, to: place.appending(path: "key"), mode: 0o600)
        try context.files.write(line + "\n", to: place.appending(path: "known_hosts"), mode: 0o600)
        let login = try SSHTarget(host: target.host, port: target.port, user: target.user)
        let options = try self.options(target, task)
        return RemoteShell(
            command: { SSHCommands.run($0, at: login, options, input: "") },
            problem: { SSHProblem.of($0)?.failure(login) }, folder: place, context: context)
    }

    func disconnect(_ target: TargetAddress, task: String) async {
        if let login = try? SSHTarget(host: target.host, port: target.port, user: target.user),
            let options = try? options(target, task)
        {
            var command = SSHCommands.run("", at: login, options)
            command.arguments = ["-O", "exit"] + command.arguments
            command.deadline = .seconds(5)
            _ = try? await context.processes.run(command)
        }
        try? context.files.remove(folder.appending(path: "\(task)-\(target.machine)"))
        try? context.files.remove(sockets.appending(path: "\(task)-\(target.machine)"))
    }

    private func options(_ target: TargetAddress, _ task: String) throws -> SSHOptions {
        let place = folder.appending(path: "\(task)-\(target.machine)")
        let control = sockets.appending(path: "\(task)-\(target.machine)")
        try context.files.makeDirectory(control)
        return SSHOptions(
            identityFile: place.appending(path: "key"), knownHostsFile: place.appending(path: "known_hosts"),
            configFile: "none", connectTimeout: .seconds(10), controlFolder: control)
    }

    func fingerprint(host: String, port: Int) async throws -> String {
        guard let first = try await keys(host, port).first else {
            throw Failure(.missing, "\(host) port \(port) shows no host key")
        }
        return first.fingerprint.sha256
    }

    /// The line of a known_hosts file with the one key of the host that has the target's fingerprint.
    private func knownHost(_ target: TargetAddress) async throws -> String {
        let name = "\(target.host) \(target.port) \(target.fingerprint)"
        if let line = known.withLock({ $0[name] }) { return line }
        guard !target.fingerprint.isEmpty else {
            throw Failure(
                .refused,
                "\(target.name) has no host key fingerprint, so it can't be told whether it is the right host",
                next: ["set Endpoint.Fingerprint of the deployment target"])
        }
        let shown = try await keys(target.host, target.port)
        guard let key = shown.first(where: { $0.fingerprint.matches(target.fingerprint) }) else {
            let words = shown.map(\.fingerprint.sha256).joined(separator: ", ")
            throw Failure(
                .refused, "The host key of \(target.name) is not the one that is registered",
                where: "\(target.host) port \(target.port)",
                why: "registered \(target.fingerprint), shown \(words.isEmpty ? "none" : words)",
                next: ["check the host, then register its new fingerprint"])
        }
        known.withLock { $0[name] = key.line }
        return key.line
    }

    private func keys(_ host: String, _ port: Int) async throws -> [(line: String, fingerprint: Fingerprint)] {
        let target = try SSHTarget(host: host, port: port, user: "nobody")
        let scan = SSHCommands.keyscan(target, types: ["ed25519", "ecdsa", "rsa"], timeout: .seconds(5))
        let result = try await context.processes.run(scan)
        var found: [(line: String, fingerprint: Fingerprint)] = []
        for type in ["ssh-ed25519", "ecdsa-", "ssh-rsa"] {
            for line in result.lines where !line.hasPrefix("#") {
                let words = line.split(separator: " ")
                guard words.count >= 3, words[1].hasPrefix(type), let data = Data(base64Encoded: String(words[2]))
                else { continue }
                found.append((line, Fingerprint(of: data)))
            }
        }
        guard !found.isEmpty else {
            throw Failure(
                .missing, "\(host) port \(port) can't be reached over SSH", why: "it shows no host key",
                evidence: result.stderr.split(separator: "\n").suffix(3).map(String.init))
        }
        return found
    }
}

extension Fingerprint {
    /// The fingerprint of a public key's bytes (RFC 4253 section 6.6; OpenSSH's base64 has no padding).
    fileprivate init(of key: Data) {
        let sha = Data(SHA256.hash(data: key)).base64EncodedString()
        let md5 = Insecure.MD5.hash(data: key).map { [$0].hex }.joined(separator: ":")
        self.init(sha256: "SHA256:" + String(sha.prefix { $0 != "=" }), md5: md5)
    }
}
