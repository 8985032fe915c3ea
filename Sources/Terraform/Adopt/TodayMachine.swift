import Core
import OrderedCollections

/// A machine as the state of today's library has it (resources of Telmate/proxmox 3.0.2-rc07).
public struct TodayMachine: Sendable, Hashable {
    /// The key that it gets: the instance's name, or "default".
    public var key: String
    /// Its address in the old state.
    public var oldAddress: String
    /// What it is.
    public var kind: MachineKind
    /// Its id.
    public var vmID: Int
    /// Its node.
    public var node: String
    /// Its name.
    public var name: String
    /// Its address, without the prefix's length.
    public var address: String
    /// The length of the prefix.
    public var prefix: Int
    /// Its gateway.
    public var gateway: String
    /// Its DNS servers.
    public var dns: [String]
    /// Its search domain.
    public var domain: String
    /// Processor cores.
    public var cores: Int
    /// Memory in MiB.
    public var memory: Int
    /// Swap in MiB; containers only.
    public var swap: Int?
    /// Disk, such as "20G".
    public var disk: String
    /// Storage of its disk.
    public var storage: String
    /// Bridge.
    public var bridge: String
    /// VLAN tag, 0 is untagged.
    public var vlan: Int
    /// Template that it was made of.
    public var template: String?
    /// Tags.
    public var tags: [String]
    /// It starts when its node does.
    public var startsOnBoot: Bool
    /// It can't be removed.
    public var isProtected: Bool
    /// A container's settings by the names of an instance.
    public var container: OrderedDictionary<String, JSONValue>

    /// The resource types of today's library: those of machines, and those that go without a successor.
    static let machineTypes: Set<String> = ["proxmox_vm_qemu", "proxmox_lxc"]
    static let otherTypes: Set<String> = ["random_id", "tailscale_tailnet_key"]

    /// The id by which the new provider imports it.
    public var importID: String { "\(node)/\(vmID)" }
    /// Its address in the new state.
    public var newAddress: String { TerraformResources.address(kind, key: key) }

    /// Reads an object of the old state.
    ///
    /// - Throws: a failure that names what is missing.
    init(_ resource: TerraformState.Resource) throws {
        let values = resource.values
        let isVM = resource.type == "proxmox_vm_qemu"
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { values[$0]?.string }.first { !$0.isEmpty }
        }
        func need<Value>(_ value: Value?, _ what: String) throws -> Value {
            if let value { return value }
            throw Failure(
                .failed, "\(resource.address) can't be adopted", why: "the state does not tell its \(what)",
                next: ["nante terraform import --address … --id NODE/ID"])
        }
        oldAddress = resource.address
        key = TodayMachine.key(of: resource.address) ?? "default"
        kind = isVM ? .vm : .lxc
        // The id is NODE/qemu/ID or NODE/lxc/ID.
        let parts = (text("id") ?? "").split(separator: "/")
        vmID = try need(values["vmid"]?.int ?? parts.last.flatMap { Int($0) }, "id")
        node = try need(text("current_node", "target_node") ?? parts.first.map(String.init), "node")
        try TodayMachine.check(["key": key, "node": node], of: resource.address)
        name = try need(text(isVM ? "name" : "hostname"), "name")
        let network = values["network"]?[0]
        let settings = isVM ? TodayMachine.pairs(text("ipconfig0") ?? "") : [:]
        let cidr = try need(isVM ? settings["ip"] : network?["ip"]?.string, "address").split(separator: "/")
        address = try need(cidr.first.map(String.init), "address")
        prefix = cidr.count > 1 ? Int(cidr[1]) ?? 24 : 24
        let gateway = isVM ? settings["gw"] : network?["gw"]?.string
        self.gateway = gateway ?? TodayMachine.first(of: address)
        dns = (text("nameserver") ?? "").split { $0 == " " || $0 == "," }.map(String.init)
        domain = text("searchdomain") ?? ""
        cores = values["cpu"]?[0]?["cores"]?.int ?? values["cores"]?.int ?? 1
        memory = try need(values["memory"]?.int, "memory")
        swap = isVM ? nil : values["swap"]?.int
        let disk = isVM ? TodayMachine.disk(values) : values["rootfs"]?[0]
        self.disk = try need(disk?["size"]?.string, "disk")
        storage = try need(disk?["storage"]?.string, "storage")
        bridge = network?["bridge"]?.string ?? "vmbr0"
        vlan = max(0, network?["tag"]?.int ?? 0)
        template = text(isVM ? "clone" : "ostemplate")
        tags = (text("tags") ?? "").split { ";, ".contains($0) }.map(String.init)
        startsOnBoot = values["start_at_node_boot"]?.bool ?? values["onboot"]?.bool ?? true
        isProtected = values["protection"]?.bool ?? false
        let features = values["features"]?[0]
        container =
            isVM
            ? [:]
            : [
                "lxc_unprivileged": .bool(values["unprivileged"]?.bool ?? true),
                "lxc_nesting": .bool(features?["nesting"]?.bool ?? false),
                "lxc_keyctl": .bool(features?["keyctl"]?.bool ?? false),
                "lxc_fuse": .bool(features?["fuse"]?.bool ?? false),
            ]
    }

    /// Both become a part of the configuration, where a quote or "${" would be more than a name.
    private static func check(_ names: KeyValuePairs<String, String>, of address: String) throws {
        for (what, text) in names where text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]*/) == nil {
            throw Failure(
                .refused, "\(address) can't be adopted", why: "its \(what) is \"\(text)\"",
                next: ["look where this state comes from"])
        }
    }

    /// The key in brackets at the end of an address.
    static func key(of address: String) -> String? {
        guard let found = address.firstMatch(of: /\["([^"]+)"\]$/) else { return nil }
        return String(found.1)
    }

    /// "ip=192.168.20.50/24,gw=192.168.20.1" as pairs.
    private static func pairs(_ text: String) -> [String: String] {
        var found: [String: String] = [:]
        for part in text.split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1)
            if halves.count == 2 { found[String(halves[0])] = String(halves[1]) }
        }
        return found
    }

    /// The first address of the /24 of another.
    private static func first(of address: String) -> String {
        address.split(separator: ".").prefix(3).joined(separator: ".") + ".1"
    }

    /// The system disk: of the list `disk`, or of the nested `disks`.
    private static func disk(_ values: JSONValue) -> JSONValue? {
        let list = values["disk"]?.array ?? []
        if let found = list.first(where: { $0["slot"]?.string == "scsi0" }) { return found }
        if let nested = values["disks"]?[0]?["scsi"]?[0]?["scsi0"]?[0]?["disk"]?[0] { return nested }
        return list.first { $0["type"]?.string == "disk" }
    }
}
