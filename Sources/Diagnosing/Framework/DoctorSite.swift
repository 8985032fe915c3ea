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
    /// Where some machines are made, and of what.
    public struct Place: Sendable, Hashable {
        /// The node; nil is the only one that is online.
        public var node: String?
        /// The storage of their disks.
        public var storage: String
        /// The template of containers; nil where none are made.
        public var template: String?
        /// The template of virtual machines; nil where none are made.
        public var vmTemplate: String?
        /// A place.
        public init(node: String?, storage: String, template: String?, vmTemplate: String?) {
            self.node = node
            self.storage = storage
            self.template = template
            self.vmTemplate = vmTemplate
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
    /// The places of an environment's hosts, which may name their own; empty is the one place above.
    public var hosts: [Place] = []

    /// Every place, in order.
    var places: [Place] {
        guard hosts.isEmpty else { return hosts }
        return [
            Place(
                node: node, storage: storage, template: wantsContainers ? template : nil,
                vmTemplate: wantsMachines ? vmTemplate : nil)
        ]
    }

    /// What places have, each once, in order.
    func each<Value: Hashable>(_ value: (Place) -> Value?) -> [Value] {
        var seen: Set<Value> = []
        return places.compactMap(value).filter { seen.insert($0).inserted }
    }

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
