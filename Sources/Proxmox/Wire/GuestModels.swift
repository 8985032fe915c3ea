import Core
import OrderedCollections

/// A guest of the cluster: a virtual machine or a container.
public struct ProxmoxGuest: ProxmoxModel, Encodable {
    /// Its number.
    public var id: Int
    /// What it is.
    public var kind: GuestKind
    /// Its name; empty where it has none.
    public var name: String
    /// The node that it is on.
    public var node: String
    /// "running" or "stopped".
    public var status: String
    /// It is there to be cloned only.
    public var isTemplate: Bool
    /// Its tags.
    public var tags: [String]
    /// Its pool.
    public var pool: String?
    /// Number of processors.
    public var processors: Double?
    /// Memory, in bytes.
    public var memory: Int?
    /// Memory in use, in bytes.
    public var memoryUsed: Int?
    /// Size of its first disk, in bytes.
    public var disk: Int?
    /// Seconds since its start.
    public var uptime: Int?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        id = try reader.needInt("vmid")
        let type = try reader.needText("type")
        guard let kind = GuestKind(rawValue: type) else { throw reader.fault("type", "\"\(type)\" is no guest") }
        self.kind = kind
        name = try reader.text("name") ?? ""
        node = try reader.text("node") ?? ""
        status = try reader.text("status") ?? "unknown"
        isTemplate = try reader.flag("template") ?? false
        tags = ProxmoxStorage.list(try reader.text("tags"))
        pool = try reader.text("pool")
        processors = try reader.number("maxcpu")
        memory = try reader.int("maxmem")
        memoryUsed = try reader.int("mem")
        disk = try reader.int("maxdisk")
        uptime = try reader.int("uptime")
        reader.skip(
            "id", "cpu", "disk", "diskread", "diskwrite", "netin", "netout", "hastate", "lock", "level", "memhost",
            "cgroup-mode", "content", "plugintype", "shared", "storage")
    }

    /// It runs.
    public var isRunning: Bool { status == "running" }
    /// Such as "web (container 101)".
    public var title: String {
        let number = "\(kind == .lxc ? "container" : "VM") \(id)"
        return name.isEmpty ? number : "\(name) (\(number))"
    }
}

/// How a guest does now.
public struct ProxmoxGuestStatus: ProxmoxModel, Encodable {
    /// "running" or "stopped".
    public var status: String
    /// Its name.
    public var name: String?
    /// Why it can't be changed now, such as "create"; nil where it can.
    public var lock: String?
    /// Seconds since its start.
    public var uptime: Int?
    /// The guest agent is switched on (VM).
    public var hasAgent: Bool

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        status = try reader.needText("status")
        name = try reader.text("name")
        lock = try reader.text("lock")
        uptime = try reader.int("uptime")
        hasAgent = try reader.flag("agent") ?? false
        // Load and counters, of which every release has more.
        reader.skipAll()
    }

    /// It runs and nothing is under way with it.
    public var isRunning: Bool { status == "running" && lock == nil }
}

/// The settings of a guest, by their names in Proxmox VE.
public struct ProxmoxGuestConfig: ProxmoxModel {
    /// Every setting as text, in the order of names; lists as JSON.
    public var settings: OrderedDictionary<String, String>

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        settings = [:]
        for name in reader.names {
            guard let member = reader.member(name) else { continue }
            switch member {
            case .array, .object: settings[name] = member.text()
            default: settings[name] = try reader.text(name)
            }
        }
    }

    /// The value of a setting.
    public subscript(name: String) -> String? { settings[name] }
    /// The guest's name: a container's hostname or a VM's name.
    public var name: String? { settings["hostname"] ?? settings["name"] }
    /// It may not be removed.
    public var isProtected: Bool { settings["protection"].flatMap { ProxmoxReader.flag(.string($0)) } ?? false }
    /// The guest agent is switched on (VM).
    public var hasAgent: Bool {
        settings["agent"].map { text in
            let parts = PropertyString(text)
            return parts.flag("") ?? parts.flag("enabled") ?? false
        } ?? false
    }

    /// The addresses that are set, with the lengths of their prefixes, by the number of the network card.
    ///
    /// A container has them in `netN`, a VM in `ipconfigN` (cloud-init); addresses by DHCP are in neither.
    public var addresses: [Int: String] {
        var found: [Int: String] = [:]
        for (name, text) in settings {
            for prefix in ["net", "ipconfig"] where name.hasPrefix(prefix) {
                guard let number = Int(name.dropFirst(prefix.count)), let cidr = PropertyString(text)["ip"],
                    cidr.contains("/")
                else { continue }
                found[number] = cidr
            }
        }
        return found
    }

    /// The address of the first card that has one set, without the length of the prefix.
    public var address: String? {
        addresses.min { $0.key < $1.key }.flatMap { $0.value.split(separator: "/").first }.map(String.init)
    }
}

/// A network card as it is seen inside a running guest.
public struct ProxmoxGuestInterface: ProxmoxModel, Encodable {
    /// Its name, such as "eth0".
    public var name: String
    /// Its hardware address.
    public var hardwareAddress: String?
    /// Its IPv4 and IPv6 addresses.
    public var addresses: [String]

    /// Reads it: of a container (both shapes, before and since PVE 8) or of a VM's agent.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        name = try reader.needText("name")
        let olderName = try reader.text("hwaddr")
        hardwareAddress = try reader.text("hardware-address") ?? olderName
        reader.skip("statistics")
        let older = [try reader.text("inet"), try reader.text("inet6")].compactMap(\.self)
        let newer = try reader.list("ip-addresses", Address.self).map(\.text)
        addresses =
            newer.isEmpty
            ? older.flatMap { $0.split(separator: " ") }.compactMap { $0.split(separator: "/").first.map(String.init) }
            : newer
    }

    /// The first IPv4 address that others reach: neither of this host alone nor of this link alone.
    public var address: String? {
        addresses.first { $0.contains(".") && !$0.hasPrefix("127.") && !$0.hasPrefix("169.254.") }
    }

    private struct Address: ProxmoxModel {
        let text: String
        init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
            text = try reader.needText("ip-address")
            reader.skip("ip-address-type", "prefix")
        }
    }
}

/// What the agent of a VM answers with.
struct AgentInterfaces: ProxmoxModel {
    let list: [ProxmoxGuestInterface]
    init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        list = try reader.list("result", ProxmoxGuestInterface.self)
    }
}
