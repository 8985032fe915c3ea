import Core

/// A host that the manifest asks for.
public struct DesiredHost: Sendable, Hashable {
    /// `<environment>-<group>-<n>`, also its host name and the name of its target.
    public var name: String
    /// How it is made.
    public var kind: Manifest.HostGroup.Kind
    /// Processor cores.
    public var cores: Int
    /// Memory in MiB.
    public var memory: Int
    /// Target tags.
    public var targets: [String]
    /// How its machine is made.
    public var machine = Machine()

    /// How the machine of a host is made; nil is as the platform has it.
    public struct Machine: Sendable, Hashable {
        /// Disk in GiB.
        public var disk: Int?
        /// VLAN tag, 0 is untagged.
        public var vlan: Int?
        /// The address that it must have.
        public var address: IPv4Address?
        /// The node.
        public var node: String?
        /// The storage of its disk.
        public var storage: String?
        /// The template.
        public var template: String?
        /// Tags in Proxmox VE, beside nante's own.
        public var tags: [String] = []
        /// It is never removed or replaced.
        public var protect = false
        /// Root inside of the container is root outside.
        public var privileged = false
        /// Containers may be run inside.
        public var nesting = false
        /// The container has `/dev/net/tun`.
        public var tun = false
        /// The user that logs in.
        public var user: String?

        /// As the platform has it.
        public init() {}

        /// As a group of the manifest says for its host of a number, from 1.
        public init(_ group: Manifest.HostGroup, number: Int) {
            disk = group.disk
            vlan = group.vlan
            address = group.addresses.indices.contains(number - 1) ? group.addresses[number - 1] : nil
            node = group.node
            storage = group.storage
            template = group.template
            tags = group.tags
            protect = group.protect
            privileged = group.privileged
            nesting = group.nesting
            tun = group.tun
            user = group.user
        }
    }

    /// A host.
    public init(
        name: String, kind: Manifest.HostGroup.Kind = .lxc, cores: Int, memory: Int, targets: [String],
        machine: Machine = Machine()
    ) {
        self.name = name
        self.machine = machine
        self.kind = kind
        self.cores = cores
        self.memory = memory
        self.targets = targets
    }

    /// It balances over the hosts of all apps.
    public var isBalancer: Bool { targets.contains(Desired.balancerTag) }
}

/// What an environment is to be like, as its manifest says.
public struct Desired: Sendable, Hashable {
    /// The tag of hosts that balance.
    public static let balancerTag = "load-balancer"
    /// The environment's name.
    public let environment: String
    /// Its hosts, in the order of the manifest.
    public let hosts: [DesiredHost]
    /// The apps that run on hosts as packages, in the order of the manifest.
    public let apps: [Manifest.App]

    /// The wishes of a manifest for one of its environments.
    ///
    /// - Throws: a failure with exit `usage` for an unknown environment, or an app that can't have its name on a host.
    public init(_ manifest: Manifest, environment name: String) throws {
        let environment = try manifest.environment(name)
        self.environment = name
        hosts = environment.hosts.flatMap { group in
            (1...max(1, group.count)).prefix(group.count).map { number in
                DesiredHost(
                    name: "\(name)-\(group.name)-\(number)", kind: group.kind, cores: group.cores,
                    memory: group.memory, targets: group.targets, machine: .init(group, number: number))
            }
        }
        apps = manifest.apps.filter { $0.kind == .package && !$0.targets.isEmpty }
        for app in apps where Desired.reserved.contains(app.name) || app.name.utf8.count > 24 {
            throw Failure(
                .usage, "an app can't be called \(app.name)", where: manifest.file,
                why: "hosts have a user, a folder below /run or a unit of that name already")
        }
        for host in hosts where host.isBalancer {
            guard let app = apps(on: host).first else { continue }
            throw Failure(
                .usage, "\(host.name) can't balance and run \(app.name) too", where: manifest.file,
                why: "both answer on port 80: give \(Desired.balancerTag) to a group of its own")
        }
    }

    /// The apps that run on a host, in the order of the manifest: the first answers for unknown names.
    public func apps(on host: DesiredHost) -> [Manifest.App] {
        apps.filter { !Set($0.targets).isDisjoint(with: host.targets) }
    }

    /// The hosts that an app runs on.
    public func hosts(of app: Manifest.App) -> [DesiredHost] {
        hosts.filter { !Set(app.targets).isDisjoint(with: $0.targets) }
    }

    /// Names that a Debian host has a user, a folder of /run or a unit template of.
    static let reserved: Set<String> = [
        "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "backup",
        "list", "irc", "gnats", "nobody", "deploy", "nginx", "sshd", "systemd", "messagebus", "dbus", "nante",
        "nante-slot", "lock", "log", "mount", "user", "users", "udev", "sudo", "network", "credentials", "cryptsetup",
        "initctl", "shm", "utmp", "getty", "autovt", "modprobe", "console-getty", "serial-getty", "container-getty",
        "quotaon", "octopus", "docker", "containerd", "lxc", "agetty",
    ]
}
