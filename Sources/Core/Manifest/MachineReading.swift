extension Manifest {
    /// Reads `platform.proxmox` beside its settings.
    static func machines(_ keys: [String: YAMLReader]) throws(SourceFault) -> Machines {
        var machines = Machines.usual
        if let bridge = keys["bridge"] { machines.bridge = try name(bridge, "platform.proxmox.bridge") }
        if let template = keys["template"] { machines.template = try containerTemplate(template) }
        if let template = keys["vm_template"] { machines.vmTemplate = try name(template, "vm_template") }
        for (tag, at, value) in try keys["networks"]?.members(of: "platform.proxmox.networks") ?? [] {
            guard let vlan = Int(tag), (0...4094).contains(vlan), String(vlan) == tag else {
                throw at.fault("a network is named by its VLAN tag, 1 to 4094, or 0 for untagged")
            }
            machines.networks[vlan] = try network(value, "networks.\(tag)")
        }
        if let vlan = keys["vlan"] {
            machines.vlan = try vlan.integer(of: "vlan", in: 0...4094)
            try known(vlan, machines.vlan, machines)
        }
        if let ids = keys["ids"] { machines.ids = try self.ids(ids) }
        return machines
    }

    private static func network(_ node: YAMLReader, _ what: String) throws(SourceFault) -> Network {
        let keys = try node.members(of: what, known: ["subnet", "gateway", "dns", "range"])
        guard let place = keys["subnet"] else { throw node.fault("\(what) needs its subnet, such as 192.168.20.0/24") }
        guard let subnet = IPv4Network(try place.text(of: "subnet")), (8...30).contains(subnet.prefix) else {
            throw place.fault("subnet must be such as 192.168.20.0/24, with /8 to /30")
        }
        var network = Network(subnet: subnet)
        if let gateway = keys["gateway"] { network.gateway = try address(gateway, "gateway", in: subnet) }
        for server in try keys["dns"]?.items(of: "dns") ?? [] { network.dns.append(try address(server, "dns")) }
        if let range = keys["range"] {
            let ends = try range.text(of: "range").split(separator: "-").map { String($0) }
            guard ends.count == 2, let first = IPv4Address(ends[0]), let last = IPv4Address(ends[1]), first <= last,
                subnet.hosts.contains(first), subnet.hosts.contains(last)
            else {
                throw range.fault("range must be two addresses of \(subnet), such as \(network.range.text)")
            }
            network.range = first...last
        }
        return network
    }

    /// Reads the members of a host group that say how its machines are made.
    static func machine(
        _ keys: [String: YAMLReader], _ group: inout HostGroup, _ machines: Machines
    ) throws(SourceFault) {
        if let disk = keys["disk"] { group.disk = try gibibytes(disk) }
        if let vlan = keys["vlan"] {
            group.vlan = try vlan.integer(of: "vlan", in: 0...4094)
            try known(vlan, group.vlan, machines)
        }
        if let node = keys["address"] { group.addresses = try addresses(node, of: group) }
        if let node = keys["node"] { group.node = try name(node, "node") }
        if let storage = keys["storage"] { group.storage = try name(storage, "storage") }
        if let protect = keys["protect"] { group.protect = try protect.flag(of: "protect") }
        for tag in try keys["tags"]?.items(of: "tags") ?? [] {
            let rule = "lower-case letters, digits and _ . + -, first a letter, a digit or _"
            group.tags.append(try tag.text(of: "tags", rule: rule, where: NameRule.isMachineTag))
        }
        if let template = keys["template"] {
            group.template = try group.kind == .lxc ? containerTemplate(template) : name(template, "template")
        }
        let containers = ["privileged": \HostGroup.privileged, "nesting": \.nesting, "tun": \.tun]
        for (key, path) in containers.sorted(by: { $0.key < $1.key }) {
            guard let node = keys[key] else { continue }
            group[keyPath: path] = try node.flag(of: key)
            guard group.kind == .lxc else { throw node.fault("\(key) is for containers: kind: lxc") }
        }
        if let user = keys["user"] {
            let rule = "the name of a user"
            group.user = try user.text(of: "user", rule: rule, where: NameRule.isUser)
        }
    }

    /// One address is that of the first host, the others follow it; a list has one for each.
    private static func addresses(
        _ node: YAMLReader, of group: HostGroup
    ) throws(SourceFault) -> [IPv4Address] {
        var found: [IPv4Address] = []
        for item in try node.items(of: "address") { found.append(try address(item, "address")) }
        if case .sequence = node.node {
            guard found.count >= group.count else {
                throw node.fault("address has \(found.count) for \(group.count) hosts")
            }
            guard Set(found).count == found.count else { throw node.fault("address has one twice") }
            return Array(found.prefix(group.count))
        }
        guard let first = found.first else { return [] }
        let all = (0..<group.count).compactMap { first.advanced(by: $0) }
        guard all.count == group.count else { throw node.fault("there are not so many addresses behind \(first)") }
        return all
    }

    private static func known(_ node: YAMLReader, _ vlan: Int?, _ machines: Machines) throws(SourceFault) {
        guard let vlan, !machines.networks.isEmpty, machines.networks[vlan] == nil else { return }
        let tags = machines.networks.keys.sorted().map { "\($0)" }.joined(separator: ", ")
        throw node.fault("platform.proxmox.networks has no \(vlan); it has \(tags)")
    }

    private static func address(
        _ node: YAMLReader, _ what: String, in subnet: IPv4Network? = nil
    ) throws(SourceFault) -> IPv4Address {
        guard let address = IPv4Address(try node.text(of: what)) else {
            throw node.fault("\(what) must be an IPv4 address such as 192.168.20.50")
        }
        if let subnet, !subnet.hosts.contains(address) { throw node.fault("\(what) must lie in \(subnet)") }
        return address
    }

    private static func ids(_ node: YAMLReader) throws(SourceFault) -> ClosedRange<Int> {
        let ends = try node.text(of: "ids").split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1], ends[0] >= 100, ends[1] <= 999_999_999 else {
            throw node.fault("ids must be such as 1000-9999, from 100 to 999999999")
        }
        return ends[0]...ends[1]
    }

    private static func name(_ node: YAMLReader, _ what: String) throws(SourceFault) -> String {
        try node.text(of: what, rule: "letters, digits and _ . -", where: NameRule.isMachineName)
    }

    private static func containerTemplate(_ node: YAMLReader) throws(SourceFault) -> String {
        let rule = "a template such as local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst"
        return try node.text(of: "template", rule: rule, where: NameRule.isContainerTemplate)
    }

    private static func gibibytes(_ node: YAMLReader) throws(SourceFault) -> Int {
        let text = try node.text(of: "disk")
        for (suffix, factor) in [("TiB", 1024), ("GiB", 1)] where text.hasSuffix(suffix) {
            if let amount = Int(text.dropLast(3)), (1...65_536 / factor).contains(amount) { return amount * factor }
        }
        throw node.fault("disk must be such as 8GiB or 1TiB")
    }
}

extension ClosedRange<IPv4Address> {
    /// Such as "192.168.20.10-192.168.20.254".
    public var text: String { "\(lowerBound)-\(upperBound)" }
}
