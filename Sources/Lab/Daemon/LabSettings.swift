import Core

/// The lab as settings, for `nante lab env`.
public enum LabSettings {
    /// Names and values, in the order shown.
    public static func of(_ record: LabRecord) -> [(name: String, value: String)] {
        let settings: [(String, String?)] = [
            ("OCTOPUS_SERVER_URL", record.octopus.url), ("OCTOPUS_API_KEY", record.octopus.apiKey),
            ("OCTOPUS_SPACE_ID", record.octopus.space), ("NEXUS_URL", record.nexus.url),
            ("NEXUS_USERNAME", record.nexus.username), ("NEXUS_PASSWORD", record.nexus.password),
            ("PROXMOX_API_URL", record.proxmox?.url), ("PROXMOX_TOKEN_ID", record.proxmox?.tokenID),
            ("PROXMOX_TOKEN_SECRET", record.proxmox?.tokenSecret),
            ("PROXMOX_USERNAME", record.proxmox?.username), ("PROXMOX_PASSWORD", record.proxmox?.password),
            ("PROXMOX_CA_FILE", record.proxmox?.caFile),
            ("MINIO_ENDPOINT", record.state?.url), ("MINIO_ROOT_USER", record.state?.accessKey),
            ("MINIO_ROOT_PASSWORD", record.state?.secretKey), ("SSH_USER", record.ssh.user),
            ("SSH_PRIVATE_KEY_FILE", record.ssh.keyFile),
            ("SSH_KNOWN_HOSTS_FILE", record.ssh.knownHostsFile),
        ]
        return settings.compactMap { name, value in value.map { (name: name, value: $0) } }
    }

    /// Lines that a POSIX shell evaluates: `export NAME='value'`, any character of the value safe.
    public static func exports(_ settings: [(name: String, value: String)]) -> [String] {
        settings.map { "export \($0.name)='\($0.value.replacing("'", with: "'\\''"))'" }
    }
}
