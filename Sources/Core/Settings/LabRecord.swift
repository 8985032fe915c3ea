import Foundation

/// What the lab of this machine tells its clients: addresses and keys.
///
/// The file is `NANTE_HOME/lab.json`, mode 0600.
public struct LabRecord: Codable, Sendable, Hashable {
    /// Version of the file.
    public var version = 1
    /// The process that serves.
    public var pid: Int32
    /// The Octopus service.
    public var octopus: OctopusEndpoint
    /// The Nexus service.
    public var nexus: NexusEndpoint
    /// How its hosts are logged into.
    public var ssh: SSHAccess
    /// The network bridge of its hosts.
    public var bridge: String
    /// The network of its hosts in CIDR form.
    public var subnet: String

    /// A record.
    public init(
        pid: Int32, octopus: OctopusEndpoint, nexus: NexusEndpoint, ssh: SSHAccess, bridge: String, subnet: String
    ) {
        self.pid = pid
        self.octopus = octopus
        self.nexus = nexus
        self.ssh = ssh
        self.bridge = bridge
        self.subnet = subnet
    }

    /// Reads the record; nil when no lab ever ran here.
    public static func load(_ context: Context) throws -> LabRecord? {
        let path = NanteHome.path(context).appending(path: "lab.json")
        guard context.files.exists(path) else { return nil }
        do {
            let record = try JSONDecoder().decode(LabRecord.self, from: try context.files.read(path))
            context.mask.add(record.octopus.apiKey)
            context.mask.add(record.nexus.password)
            return record
        } catch let error as DecodingError {
            throw Failure(
                .missing, "\(path) can't be read", why: "\(error)", next: ["nante lab down", "nante lab up"])
        }
    }

    /// Writes the record, mode 0600.
    public func save(_ context: Context) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try context.files.write(
            try encoder.encode(self), to: NanteHome.path(context).appending(path: "lab.json"), mode: 0o600)
    }
}

/// An Octopus Server and how it is called.
public struct OctopusEndpoint: Codable, Sendable, Hashable {
    /// Address without a trailing slash.
    public var url: String
    /// API key.
    public var apiKey: String
    /// Space id or name.
    public var space: String
    /// An endpoint.
    public init(url: String, apiKey: String, space: String) {
        self.url = url
        self.apiKey = apiKey
        self.space = space
    }
}

/// A Nexus Repository server and how it is called.
public struct NexusEndpoint: Codable, Sendable, Hashable {
    /// Address without a trailing slash.
    public var url: String
    /// User.
    public var username: String
    /// Password.
    public var password: String
    /// An endpoint.
    public init(url: String, username: String, password: String) {
        self.url = url
        self.username = username
        self.password = password
    }
}

/// How hosts are logged into.
public struct SSHAccess: Codable, Sendable, Hashable {
    /// User for deployments.
    public var user: String
    /// Path of the private key, mode 0600.
    public var keyFile: String
    /// Path of the known hosts; nil is the user's own.
    public var knownHostsFile: String?
    /// Access.
    public init(user: String, keyFile: String, knownHostsFile: String?) {
        self.user = user
        self.keyFile = keyFile
        self.knownHostsFile = knownHostsFile
    }
}

/// The folder of the lab's data.
public enum NanteHome {
    /// `NANTE_HOME`, else `/var/lib/nante` as root, else `~/.local/share/nante`.
    public static func path(_ context: Context) -> String {
        if let home = context.environment["NANTE_HOME"], home.hasPrefix("/") { return home }
        if let home = context.environment["NANTE_HOME"], !home.isEmpty { return context.path(home) }
        if getuid() == 0 { return "/var/lib/nante" }
        return (context.environment["HOME"] ?? "/").appending(path: ".local/share/nante")
    }
}
