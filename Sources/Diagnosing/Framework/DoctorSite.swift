import Core

/// What the machines of a platform are to be made with: what doctor looks for.
public struct DoctorSite: Sendable, Hashable {
    /// A network that guests get addresses of.
    public struct Network: Sendable, Hashable {
        /// The VLAN tag; 0 is untagged.
        public var vlan: Int
        /// Its addresses in CIDR form.
        public var subnet: String
        /// Its gateway.
        public var gateway: String
        /// A network.
        public init(vlan: Int, subnet: String, gateway: String) {
            self.vlan = vlan
            self.subnet = subnet
            self.gateway = gateway
        }
    }
    /// The node; nil is the only one that is online.
    public var node: String?
    /// The storage of disks.
    public var storage: String
    /// The bridge.
    public var bridge: String
    /// The template of containers, `storage:vztmpl/file`.
    public var template: String
    /// The template of virtual machines, by name or id.
    public var vmTemplate: String
    /// The networks of guests.
    public var networks: [Network]
    /// Containers are wanted.
    public var wantsContainers = true
    /// Virtual machines are wanted.
    public var wantsMachines = true

    /// A site.
    public init(
        node: String?, storage: String, bridge: String, template: String, vmTemplate: String, networks: [Network]
    ) {
        self.node = node
        self.storage = storage
        self.bridge = bridge
        self.template = template
        self.vmTemplate = vmTemplate
        self.networks = networks
    }
}
