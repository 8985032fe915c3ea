import Core
import OrderedCollections

/// The machines that a state has, as its output `inventory` tells: what is asked for again keeps name, address and id.
public struct KnownMachines: Sendable, Hashable {
    /// A machine.
    public struct Machine: Sendable, Hashable {
        /// Its key in the configuration.
        public var key: String
        /// Its name.
        public var name: String
        /// Its address.
        public var address: String
        /// Its id.
        public var vmID: Int
        /// What it is.
        public var kind: MachineKind
        /// Its node.
        public var node: String
    }
    /// By key.
    public var machines: [Machine]

    /// Known machines.
    public init(machines: [Machine]) { self.machines = machines }

    /// Reads them of a state; one without an inventory has none.
    public init(_ state: TerraformState) {
        let inventory = state.document["outputs"]?["inventory"]?["value"]?.object ?? [:]
        machines = inventory.compactMap { key, value in
            guard let name = value["name"]?.string, let address = value["ip_address"]?.string,
                let id = value["vm_id"]?.int
            else { return nil }
            return Machine(
                key: key, name: name, address: address, vmID: id,
                kind: MachineKind(rawValue: value["resource_type"]?.string ?? "") ?? .lxc,
                node: value["node"]?.string ?? "")
        }
    }

    /// The machine of a key.
    public subscript(key: String) -> Machine? { machines.first { $0.key == key } }

    /// Variables that are enough to look at these machines, or to destroy them: not to change them.
    public func variables(app: String, publicKey: String) -> JSONValue {
        var networks: OrderedDictionary<String, JSONValue> = [:]
        var instances: OrderedDictionary<String, JSONValue> = [:]
        for machine in machines {
            let prefix = machine.address.split(separator: ".").prefix(3).joined(separator: ".")
            let subnet = JSONValue.string("\(prefix).0/24")
            let tag = networks.first { $0.value["subnet"] == subnet }?.key ?? "\(networks.count + 1)"
            // The gateway must be an address of the subnet, and none of a machine's.
            let taken = Set(machines.map(\.address))
            let gateway = (1...254).lazy.map { "\(prefix).\($0)" }.first { !taken.contains($0) } ?? "\(prefix).1"
            networks[tag] = ["subnet": subnet, "gateway": .string(gateway), "first_host": 1]
            instances[machine.key] = [
                "ip_address": .string(machine.address), "name": .string(machine.name),
                "vm_id": .number(Double(machine.vmID)), "resource_type": .string(machine.kind.rawValue),
                "vlan_tag": .string(tag),
            ]
        }
        return [
            "app_name": .string(app), "instances": .object(instances), "networks": .object(networks),
            "vlan_tag": .string(networks.keys.first ?? "20"), "ssh_public_key": .string(publicKey),
        ]
    }
}
