import Core
import OrderedCollections

/// The variables of terraform for the hosts of an environment; pure, and the same for the same wishes.
struct MachineVariables: Sendable {
    let site: MachineSite

    /// The entry of a host in `instances`.
    func instance(_ host: DesiredHost, at place: Place) -> JSONValue {
        let machine = host.machine
        var members: OrderedDictionary<String, JSONValue> = [
            "ip_address": .string("\(place.address)"),
            "name": .string(host.name),
            "vm_id": .number(Double(place.vmid)),
            "resource_type": .string(host.kind.rawValue),
            "vlan_tag": .string("\(place.vlan)"),
            "cpu_cores": .number(Double(host.cores)),
            "ram_mb": .number(Double(host.memory)),
            "disk_gb": .string("\(machine.disk ?? (host.kind == .vm ? 10 : 8))"),
            "tags": .array(tags(host).map { .string($0) }),
            "prevent_destroy": .bool(machine.protect),
        ]
        if !site.isLab {
            if let node = machine.node { members["node"] = .string(node) }
            if let storage = machine.storage { members["storage"] = .string(storage) }
            if let template = machine.template { members["template"] = .string(template) }
        }
        if host.kind == .lxc {
            members["lxc_unprivileged"] = .bool(!machine.privileged)
            members["lxc_nesting"] = .bool(machine.nesting)
            members["lxc_tun"] = .bool(machine.tun)
        }
        return .object(members)
    }

    /// Everything for these instances.
    func all(_ instances: [String: JSONValue]) -> JSONValue {
        let sorted = instances.sorted { $0.key < $1.key }
        var members: OrderedDictionary<String, JSONValue> = [
            "app_name": .string(MachineSite.word(site.repository)),
            "environment": .string(site.environment),
            "instances": .object(OrderedDictionary(uniqueKeysWithValues: sorted)),
            "networks": .object(networks),
            "vlan_tag": .string("\(site.vlan)"),
            "ssh_public_key": .string(site.publicKey),
        ]
        let optional = [
            ("bridge", site.bridge), ("proxmox_target_node", site.node), ("proxmox_storage", site.storage),
            ("lxc_template", site.template), ("vm_template", site.vmTemplate),
        ]
        for (name, value) in optional { members[name] = value.map { .string($0) } }
        return .object(members)
    }

    private var networks: OrderedDictionary<String, JSONValue> {
        var members: OrderedDictionary<String, JSONValue> = [:]
        for (tag, network) in site.networks.sorted(by: { $0.key < $1.key }) {
            var values: OrderedDictionary<String, JSONValue> = [
                "subnet": .string("\(network.subnet)"), "gateway": .string("\(network.gateway)"), "first_host": 1,
            ]
            if !network.dns.isEmpty { values["dns"] = .array(network.dns.map { .string("\($0)") }) }
            members["\(tag)"] = .object(values)
        }
        return members
    }

    /// Sorted, as Proxmox VE keeps them.
    private func tags(_ host: DesiredHost) -> [String] {
        let own = ["nante", MachineSite.word(site.repository), site.environment]
        return Set(own + host.targets + host.machine.tags).sorted()
    }
}
