import Core

/// What a host is to be like.
public struct HostSpec: Sendable, Hashable {
    /// Processor cores.
    public var cores: Int
    /// Memory in MiB.
    public var memory: Int
    /// Target tags.
    public var targets: [String]
    /// Size of its disk in GiB; nil is not limited, and 8 for a virtual machine.
    public var disk: Int?
    /// Swap in MiB; nil as the driver has it.
    public var swap: Int?
    /// Root inside is nobody outside; only containers know others.
    public var unprivileged = true
    /// Containers may be run inside.
    public var nesting = false
    /// Devices of this machine that a container may use, such as "/dev/net/tun".
    public var devices: [String] = []
    /// Lines of authorized_keys for `user`, beside the lab's own key.
    public var authorizedKeys: [String] = []
    /// The user that logs in; nil is root in containers and `deploy` in virtual machines.
    public var user: String?
    /// Where it sends what is not for the subnet; nil is this machine.
    public var gateway: String?
    /// Its name servers; none are those of this machine.
    public var nameServers: [String] = []
    /// The domain that short names are looked up in.
    public var searchDomain: String?

    /// A specification.
    ///
    /// - Throws: a failure with exit `usage` for amounts that no host can have.
    public init(cores: Int = 1, memory: Int = 512, targets: [String] = [], disk: Int? = nil) throws {
        guard (1...64).contains(cores) else { throw Failure(.usage, "\(cores) cores are not between 1 and 64") }
        guard (64...262_144).contains(memory) else {
            throw Failure(.usage, "\(memory) MiB of memory are not between 64 MiB and 256 GiB")
        }
        if let disk, !(1...65_536).contains(disk) {
            throw Failure(.usage, "\(disk) GiB of disk are not between 1 GiB and 64 TiB")
        }
        self.cores = cores
        self.memory = memory
        self.targets = targets
        self.disk = disk
    }
}

extension HostSpec: Codable {
    private enum Key: String, CodingKey {
        case cores, memory, targets, disk, swap, unprivileged, nesting, devices, authorizedKeys, user
        case gateway, nameServers, searchDomain
    }

    /// Reads a specification; what an older nante did not write has its usual value.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        cores = try values.decode(Int.self, forKey: .cores)
        memory = try values.decode(Int.self, forKey: .memory)
        targets = try values.decode([String].self, forKey: .targets)
        disk = try values.decodeIfPresent(Int.self, forKey: .disk)
        swap = try values.decodeIfPresent(Int.self, forKey: .swap)
        unprivileged = try values.decodeIfPresent(Bool.self, forKey: .unprivileged) ?? true
        nesting = try values.decodeIfPresent(Bool.self, forKey: .nesting) ?? false
        devices = try values.decodeIfPresent([String].self, forKey: .devices) ?? []
        authorizedKeys = try values.decodeIfPresent([String].self, forKey: .authorizedKeys) ?? []
        user = try values.decodeIfPresent(String.self, forKey: .user)
        gateway = try values.decodeIfPresent(String.self, forKey: .gateway)
        nameServers = try values.decodeIfPresent([String].self, forKey: .nameServers) ?? []
        searchDomain = try values.decodeIfPresent(String.self, forKey: .searchDomain)
    }
}
