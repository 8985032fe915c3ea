import Core

/// Where the machines of an environment are made, and how: what the platform and `platform.proxmox` say.
public struct MachineSite: Sendable {
    /// The repository's short name.
    public var repository: String
    /// The repository's whole name, `owner/name`, where that is known; else the short one.
    public var fullName: String
    /// The environment.
    public var environment: String
    /// The networks by VLAN tag, 0 is untagged.
    public var networks: [Int: Manifest.Network]
    /// The VLAN of hosts that name none.
    public var vlan: Int
    /// The ids that hosts get.
    public var ids: ClosedRange<Int>
    /// The node; nil is the configuration's own.
    public var node: String?
    /// The storage of disks.
    public var storage: String?
    /// The bridge.
    public var bridge: String?
    /// The template of containers.
    public var template: String?
    /// The template of virtual machines.
    public var vmTemplate: String?
    /// Lines of public SSH keys that open machines.
    public var publicKey: String
    /// The lab: it has one network, one node and its own templates, whatever a host names.
    public var isLab: Bool

    /// A site.
    ///
    /// - Parameter repository: the repository's name, with its owner where that is known.
    public init(
        repository: String, environment: String, networks: [Int: Manifest.Network], vlan: Int, ids: ClosedRange<Int>,
        node: String? = nil, storage: String? = nil, bridge: String? = nil, template: String? = nil,
        vmTemplate: String? = nil, publicKey: String, isLab: Bool
    ) {
        fullName = repository
        self.repository = repository.lastPathComponent
        self.environment = environment
        self.networks = networks
        self.vlan = vlan
        self.ids = ids
        self.node = node
        self.storage = storage
        self.bridge = bridge
        self.template = template
        self.vmTemplate = vmTemplate
        self.publicKey = publicKey
        self.isLab = isLab
    }

    /// The workspace: `<repository>-<environment>`.
    public var workspace: String { "\(MachineSite.word(repository))-\(environment)" }

    /// For people: "dev of shop".
    public var owner: String { "\(environment) of \(repository)" }

    /// What the name of a workspace or a tag of Proxmox VE may hold of a text.
    static func word(_ text: String) -> String {
        let kept = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let word = String(kept.prefix(40)).split(separator: "-").joined(separator: "-")
        return word.isEmpty ? "app" : word
    }

    /// What is asked of the allocator for a host; the lab knows only its own addresses.
    func wish(_ host: DesiredHost) -> PlaceWish {
        let vlan = host.machine.vlan ?? vlan
        let named = host.machine.address
        let fits = named.map { address in networks[vlan]?.subnet.hosts.contains(address) ?? false } ?? true
        return PlaceWish(name: host.name, vlan: vlan, address: isLab && !fits ? nil : named)
    }
}
