import Core
import OrderedCollections

/// A state of today's library, and what is to become of it.
public struct TodayState: Sendable, Hashable {
    /// The state.
    public var state: TerraformState
    /// The machines in it.
    public var machines: [TodayMachine]
    /// Addresses that are forgotten: those of the machines as they were, and of what goes without a successor.
    public var forgotten: [String]
    /// The application.
    public var app: String

    /// Reads a state.
    ///
    /// - Parameter app: the application, which is the name of its workspace.
    /// - Throws: a failure with exit `refused` for one that holds something else as well, which could be lost.
    public init(_ state: TerraformState, app: String) throws {
        self.state = state
        self.app = app
        let old = state.resources.filter { TodayMachine.machineTypes.contains($0.type) }
        let known = TodayMachine.machineTypes.union(TodayMachine.otherTypes)
        let foreign = state.resources.filter { !known.contains($0.type) }
        guard foreign.isEmpty || old.isEmpty else {
            throw Failure(
                .refused, "the state of \(app) holds more than today's library made",
                why: "nothing is forgotten that nante does not know: "
                    + foreign.prefix(6).map(\.address).joined(separator: ", "),
                next: ["move these to a workspace of their own: terraform state mv"])
        }
        machines = try old.map(TodayMachine.init)
        forgotten = state.resources.filter { known.contains($0.type) }.map(\.address)
        // One key each, whatever the kind: the instances of the configuration are one map.
        let double = Dictionary(grouping: machines, by: \.key).first { $0.value.count > 1 }
        if let double {
            throw Failure(
                .failed, "the state of \(app) has two machines that would become \"\(double.key)\"",
                why: double.value.map(\.oldAddress).joined(separator: ", "))
        }
    }

    /// There is nothing of today's library in it.
    public var isEmpty: Bool { machines.isEmpty }

    /// The variables by which the configuration describes the machines as they are.
    ///
    /// - Parameter publicKey: the key for machines to come; those that are there keep theirs.
    public func variables(publicKey: String) -> JSONValue {
        var all: OrderedDictionary<String, JSONValue> = ["app_name": .string(app)]
        if let environment { all["environment"] = .string(environment) }
        all["resource_type"] = .string(machines.first?.kind.rawValue ?? "vm")
        if machines.count == 1, let only = machines.first, only.key == "default" {
            all["vm_target_ip"] = .string(only.address)
            all["vm_id"] = .number(Double(only.vmID))
            all["hostnames"] = ["default": .string(only.name)]
            for (name, value) in TodayState.single(only) { all[name] = value }
        } else {
            all["instances"] = .object(
                OrderedDictionary(uniqueKeysWithValues: machines.map { ($0.key, TodayState.instance($0)) }))
        }
        all["networks"] = .object(networks)
        all["vlan_tag"] = .string("\(machines.first?.vlan ?? 20)")
        all["dns_domain"] = .string(machines.first { !$0.domain.isEmpty }?.domain ?? "")
        if let swap = machines.lazy.compactMap(\.swap).first { all["lxc_swap_mb"] = .number(Double(swap)) }
        all["ssh_public_key"] = .string(publicKey)
        return .object(all)
    }

    /// Import blocks for the machines, as a file of the configuration.
    public var imports: String {
        machines.map { "import {\n  to = \($0.newAddress)\n  id = \"\($0.importID)\"\n}\n" }.joined(separator: "\n")
    }

    /// The environment: the middle of names such as `api-dev-3f9c`, where all agree.
    private var environment: String? {
        let found = Set(
            machines.compactMap { machine -> String? in
                guard machine.name.hasPrefix(app + "-") else { return nil }
                let parts = machine.name.dropFirst(app.count + 1).split(separator: "-", maxSplits: 1)
                return parts.count == 2 ? String(parts[0]) : nil
            })
        return found.count == 1 ? found.first : nil
    }

    private static func single(_ machine: TodayMachine) -> [(String, JSONValue)] {
        var pairs: [(String, JSONValue)] = [
            ("vm_cpu_cores", .number(Double(machine.cores))), ("vm_ram_mb", .number(Double(machine.memory))),
            ("vm_disk_gb", .string(machine.disk)), ("proxmox_target_node", .string(machine.node)),
            ("proxmox_storage", .string(machine.storage)), ("bridge", .string(machine.bridge)),
            ("tags", .array(machine.tags.map { .string($0) })), ("start_on_boot", .bool(machine.startsOnBoot)),
            ("prevent_destroy", .bool(machine.isProtected)),
        ]
        if let template = machine.template {
            pairs.append((machine.kind == .vm ? "vm_template" : "lxc_template", .string(template)))
        }
        pairs += machine.container.map { ($0.key, $0.value) }
        return pairs
    }

    private static func instance(_ machine: TodayMachine) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "ip_address": .string(machine.address), "name": .string(machine.name),
            "vm_id": .number(Double(machine.vmID)), "resource_type": .string(machine.kind.rawValue),
            "cpu_cores": .number(Double(machine.cores)), "ram_mb": .number(Double(machine.memory)),
            "disk_gb": .string(machine.disk), "vlan_tag": .string("\(machine.vlan)"),
            "node": .string(machine.node), "storage": .string(machine.storage), "bridge": .string(machine.bridge),
            "tags": .array(machine.tags.map { .string($0) }), "start_on_boot": .bool(machine.startsOnBoot),
            "prevent_destroy": .bool(machine.isProtected),
        ]
        if let template = machine.template { members["template"] = .string(template) }
        for (name, value) in machine.container { members[name] = value }
        return .object(members)
    }

    private var networks: OrderedDictionary<String, JSONValue> {
        var networks: OrderedDictionary<String, JSONValue> = [:]
        for machine in machines where networks["\(machine.vlan)"] == nil {
            var network: OrderedDictionary<String, JSONValue> = [
                "subnet": .string(Subnet.text(of: machine.address, prefix: machine.prefix)),
                "gateway": .string(machine.gateway), "first_host": 1,
            ]
            if !machine.dns.isEmpty { network["dns"] = .array(machine.dns.map { .string($0) }) }
            networks["\(machine.vlan)"] = .object(network)
        }
        return networks
    }
}

/// The network of an address.
enum Subnet {
    /// Such as "192.168.20.0/24".
    static func text(of address: String, prefix: Int) -> String {
        let octets = address.split(separator: ".").compactMap { UInt32($0) }
        guard octets.count == 4, (1...32).contains(prefix) else { return "\(address)/\(prefix)" }
        let number = octets.reduce(0) { $0 << 8 | $1 } & (UInt32.max << UInt32(32 - prefix))
        return [24, 16, 8, 0].map { "\(number >> UInt32($0) & 255)" }.joined(separator: ".") + "/\(prefix)"
    }
}
