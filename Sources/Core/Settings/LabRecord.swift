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
    /// The Proxmox VE service; nil in a record of an older lab.
    public var proxmox: ProxmoxEndpoint?
    /// The store of Terraform states; nil in a record of an older lab.
    public var state: StateEndpoint?
    /// How its hosts are logged into.
    public var ssh: SSHAccess
    /// The network bridge of its hosts.
    public var bridge: String
    /// The network of its hosts in CIDR form.
    public var subnet: String

    /// A record.
    public init(
        pid: Int32, octopus: OctopusEndpoint, nexus: NexusEndpoint, proxmox: ProxmoxEndpoint? = nil,
        state: StateEndpoint? = nil, ssh: SSHAccess, bridge: String, subnet: String
    ) {
        self.pid = pid
        self.octopus = octopus
        self.nexus = nexus
        self.proxmox = proxmox
        self.state = state
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
            record.proxmox.map { context.mask.add($0.tokenSecret) }
            record.proxmox?.password.map(context.mask.add)
            record.state.map { context.mask.add($0.secretKey) }
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
