import Core

/// Why a remote command did not run to its end.
public enum SSHProblem: Sendable, Hashable {
    /// Nobody answers at the address, or the connection was lost.
    case unreachable(String)
    /// The host's key is not the known one, or not known at all.
    case hostKey(String)
    /// The host refuses the login.
    case denied(String)

    /// Reads the ending of ssh, sftp or scp; nil when the other machine was reached and the program there ended itself.
    ///
    /// ssh tells its own errors by exit 255 only (ssh(1), EXIT STATUS); which one it was stands in its messages.
    public static func of(_ result: CommandResult, program: String = "ssh") -> SSHProblem? {
        let own: Set<Int32> = program == "ssh" ? [255] : [255, 1]
        guard own.contains(result.code) else { return nil }
        let lines = result.stderr.split(separator: "\n").map(String.init)
        func line(_ marks: [String]) -> String? { lines.last { text in marks.contains { text.contains($0) } } }
        if let text = line(["REMOTE HOST IDENTIFICATION HAS CHANGED", "Host key verification failed"]) {
            let clear = lines.first { $0.contains("host key is known") || $0.contains("host key for") }
            return .hostKey(clear ?? text)
        }
        if let text = line(["Permission denied (", "Too many authentication failures", "not allowed at this time"]) {
            return .denied(text)
        }
        if let text = line(unreachable) { return .unreachable(text) }
        return nil
    }

    private static let unreachable = [
        "Connection refused", "No route to host", "Connection timed out", "Operation timed out",
        "Network is unreachable", "Could not resolve hostname", "Connection reset", "Connection closed",
        "kex_exchange_identification", "banner exchange", "Broken pipe", "not responding", "closed by remote host",
        "Host is down",
    ]

    /// What a person is told, and what to do.
    public func failure(_ target: SSHTarget) -> Failure {
        switch self {
        case .unreachable(let text):
            Failure(.missing, "\(target.host) can't be reached over SSH", where: target.text, why: text)
        case .hostKey(let text):
            Failure(
                .refused, "\(target.host) shows another host key than the known one", where: target.text, why: text,
                next: ["ssh-keygen -R \(ShellQuoting.quote(target.knownHostsName)) (after you checked the host)"])
        case .denied(let text):
            Failure(
                .missing, "\(target.host) refuses the login of \(target.user)", where: target.text, why: text,
                next: ["put the public key into ~\(target.user)/.ssh/authorized_keys on \(target.host)"])
        }
    }
}
