import Core

/// The folder of a lab's data and the places in it.
public struct LabHome: Sendable, Hashable {
    /// The folder itself, absolute.
    public let path: String

    /// A lab's folder.
    public init(path: String) { self.path = path }

    /// The database of all services.
    public var database: String { path.appending(path: "lab.sqlite") }
    /// Keys, passwords and remembered ports, mode 0600.
    public var keys: String { path.appending(path: "keys.json") }
    /// The record that commands read: addresses and credentials, mode 0600.
    public var record: String { path.appending(path: "lab.json") }
    /// The lock that the running lab holds; its text is the pid.
    public var lock: String { path.appending(path: "lab.lock") }
    /// The lock of those who start or stop the lab.
    public var startLock: String { path.appending(path: "start.lock") }
    /// What the running lab says.
    public var log: String { path.appending(path: "lab.log") }
    /// Files by content: artifacts, packages.
    public var blobs: String { path.appending(path: "blobs") }
    /// The key that opens hosts.
    public var sshKey: String { path.appending(path: "ssh/id_ed25519") }
    /// The host keys of the lab's hosts.
    public var knownHosts: String { path.appending(path: "ssh/known_hosts") }
    /// The certificate of the lab's own authority, PEM.
    public var authority: String { path.appending(path: "tls/ca.pem") }
    /// That certificate and those of the system, for programs that read one file only (`SSL_CERT_FILE`).
    public var authorityBundle: String { path.appending(path: "tls/bundle.pem") }
    /// Templates, images and snippets of the Proxmox service.
    public var guestStorage: String { path.appending(path: "storage") }
    /// Bare git repositories that run workflows on a push.
    public var repositories: String { path.appending(path: "repos") }
    /// Work folders and runs of those repositories.
    public var repositoryWork: String { path.appending(path: "repos-work") }
}
