import Core

/// The lab as settings, for `nante lab env`.
public enum LabSettings {
    /// Names and values, in the order shown.
    public static func of(_ record: LabRecord) -> [(name: String, value: String)] {
        var settings = [
            ("OCTOPUS_SERVER_URL", record.octopus.url), ("OCTOPUS_API_KEY", record.octopus.apiKey),
            ("OCTOPUS_SPACE_ID", record.octopus.space), ("NEXUS_URL", record.nexus.url),
            ("NEXUS_USERNAME", record.nexus.username), ("NEXUS_PASSWORD", record.nexus.password),
            ("SSH_USER", record.ssh.user), ("SSH_PRIVATE_KEY_FILE", record.ssh.keyFile),
        ]
        if let file = record.ssh.knownHostsFile { settings.append(("SSH_KNOWN_HOSTS_FILE", file)) }
        return settings.map { (name: $0.0, value: $0.1) }
    }

    /// Lines that a POSIX shell evaluates: `export NAME='value'`, any character of the value safe.
    public static func exports(_ settings: [(name: String, value: String)]) -> [String] {
        settings.map { "export \($0.name)='\($0.value.replacing("'", with: "'\\''"))'" }
    }
}
