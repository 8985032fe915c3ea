import Core
import SSH

/// Looks at hosts and configures them over SSH as root.
struct HostConfigurator: Sendable {
    /// The longest that a script may run on a host; packages may have to be installed.
    static let limit = Duration.seconds(600)

    /// What a host says of itself.
    ///
    /// - Throws: a failure with exit `missing` when it can't be reached.
    func probe(_ client: SSHClient) async throws -> HostProbe {
        let result = try await client.shell(client.rootShell, input: HostProbe.script, deadline: .seconds(30))
        guard let probe = HostProbe.parse(result.lines) else {
            throw Failure(
                .failed, "\(client.target.host) did not say what is on it", where: client.target.text,
                why: "the script \(result.ending.words)",
                evidence: result.stderr.split(separator: "\n").suffix(5).map(String.init))
        }
        return probe
    }

    /// Brings a host to a configuration.
    ///
    /// - Returns: what was done, a line each.
    func configure(
        _ client: SSHClient, _ configuration: HostConfiguration, tell: @escaping @Sendable (String) -> Void
    ) async throws -> [String] {
        let result = try await client.shell(
            client.rootShell, input: configuration.script, deadline: HostConfigurator.limit
        ) { line in tell(line.text) }
        let said = result.lines.filter { $0.hasPrefix("nante: ") }.map { String($0.dropFirst("nante: ".count)) }
        guard result.succeeded, said.last == "done" else {
            throw Failure(
                result.code == 75 ? .held : .failed, "\(client.target.host) could not be configured",
                where: client.target.text, why: "the script \(result.ending.words)",
                evidence: result.stderr.split(separator: "\n").suffix(8).map(String.init))
        }
        return said.dropLast()
    }
}

extension SSHClient {
    /// The command that reads a script from its input and runs it as root.
    var rootShell: String { target.user == "root" ? "sh -s" : "sudo -n sh -s" }
}
