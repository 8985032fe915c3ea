import Foundation

/// A private key that came as text, kept as a file for ssh as long as the process lives.
///
/// The file's name holds the process, so that what a killed process left is found and removed by the next.
public enum SSHKeyFile {
    private static let prefix = "nante-ssh-key-"

    private static func folder(_ context: Context) -> String {
        let runner = context.environment["RUNNER_TEMP"] ?? ""
        return runner.hasPrefix("/") ? runner : "/tmp"
    }

    /// Writes the key, mode 0600.
    ///
    /// - Returns: the path of the file; `sweep` removes it at the end of the process.
    static func write(_ key: String, _ context: Context) throws -> String {
        sweep(context, own: false)
        let name = "\(prefix)\(getpid())-\(context.random.hex(bytes: 8))"
        let path = folder(context).appending(path: name)
        try context.files.write(Data((key.hasSuffix("\n") ? key : key + "\n").utf8), to: path, mode: 0o600)
        return path
    }

    /// Removes the keys of processes that are gone, and those of this process.
    public static func sweep(_ context: Context, own: Bool = true) {
        let folder = folder(context)
        for name in (try? context.files.list(folder)) ?? [] where name.hasPrefix(prefix) {
            guard let pid = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }) else { continue }
            let isGone = kill(pid, 0) != 0 && errno == ESRCH
            if isGone || (own && pid == getpid()) { try? context.files.remove(folder.appending(path: name)) }
        }
    }
}
