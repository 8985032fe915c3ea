/// The version of a server.
public struct ProxmoxVersion: ProxmoxModel, Encodable {
    /// Such as "9.1-1".
    public var version: String
    /// Such as "9.1".
    public var release: String

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        version = try reader.needText("version")
        release = try reader.text("release") ?? version
        reader.skip("repoid", "console", "keyboard")
    }

    /// The first number of the version; 0 where it has none.
    public var major: Int { Int(version.prefix { $0.isNumber }) ?? 0 }
}

/// A node of the cluster.
public struct ProxmoxNode: ProxmoxModel, Encodable {
    /// Its name.
    public var name: String
    /// "online", "offline" or "unknown".
    public var status: String
    /// Number of processors; nil where it is not told, as of a node that is offline.
    public var processors: Int?
    /// Load of the processors, 0 to 1.
    public var load: Double?
    /// Memory in use, in bytes.
    public var memoryUsed: Int?
    /// Memory, in bytes.
    public var memory: Int?
    /// Seconds since its start.
    public var uptime: Int?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        name = try reader.needText("node")
        status = try reader.text("status") ?? "unknown"
        processors = try reader.int("maxcpu")
        load = try reader.number("cpu")
        memoryUsed = try reader.int("mem")
        memory = try reader.int("maxmem")
        uptime = try reader.int("uptime")
        reader.skip("id", "type", "level", "ssl_fingerprint", "disk", "maxdisk", "cgroup-mode")
    }

    /// It answers.
    public var isOnline: Bool { status == "online" }
}

/// What a node says of itself.
public struct ProxmoxNodeStatus: ProxmoxModel, Encodable {
    /// Such as "pve-manager/9.1.1/42db4a6cf33dac83".
    public var version: String?
    /// Seconds since its start.
    public var uptime: Int?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        version = try reader.text("pveversion")
        uptime = try reader.int("uptime")
        reader.skip(
            "boot-info", "cpu", "cpuinfo", "current-kernel", "loadavg", "memory", "rootfs", "swap", "ksm", "idle",
            "wait", "kversion")
    }
}

/// A storage as a node sees it.
public struct ProxmoxStorage: ProxmoxModel, Encodable {
    /// Its name.
    public var name: String
    /// Such as "dir" or "zfspool".
    public var type: String
    /// What may be kept there: "images", "rootdir", "vztmpl", "iso", "import", "snippets", "backup".
    public var content: [String]
    /// It can be used now.
    public var isActive: Bool
    /// It is switched on.
    public var isEnabled: Bool
    /// Other nodes see the same.
    public var isShared: Bool
    /// Free bytes; nil where it is not told.
    public var free: Int?
    /// Bytes in all; nil where it is not told.
    public var total: Int?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        name = try reader.needText("storage")
        type = try reader.text("type") ?? ""
        content = ProxmoxStorage.list(try reader.text("content"))
        isActive = try reader.flag("active") ?? true
        isEnabled = try reader.flag("enabled") ?? true
        isShared = try reader.flag("shared") ?? false
        free = try reader.int("avail")
        total = try reader.int("total")
        reader.skip("used", "used_fraction", "formats", "select_existing")
    }

    static func list(_ text: String?) -> [String] {
        (text ?? "").split { ",; ".contains($0) }.map(String.init)
    }
}

/// A file or disk in a storage.
public struct ProxmoxVolume: ProxmoxModel, Encodable {
    /// Its id, such as "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst".
    public var id: String
    /// Such as "vztmpl", "iso", "images", "rootdir".
    public var content: String
    /// Such as "tzst", "iso", "raw".
    public var format: String
    /// Bytes; nil where it is not told.
    public var size: Int?
    /// The guest that it belongs to.
    public var guest: Int?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        id = try reader.needText("volid")
        content = try reader.text("content") ?? ""
        format = try reader.text("format") ?? ""
        size = try reader.int("size")
        guest = try reader.int("vmid")
        reader.skip(
            "ctime", "used", "parent", "notes", "protected", "encrypted", "verification", "subtype", "name")
    }

    /// The file's own name.
    public var name: String {
        let path = id.split(separator: ":", maxSplits: 1).last.map(String.init) ?? id
        return path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// A network interface of a node.
public struct ProxmoxInterface: ProxmoxModel, Encodable {
    /// Its name, such as "vmbr0".
    public var name: String
    /// Such as "bridge", "OVSBridge", "eth", "bond", "vlan".
    public var type: String
    /// It is up.
    public var isActive: Bool
    /// Its address with the length of the prefix.
    public var cidr: String?
    /// The gateway.
    public var gateway: String?
    /// A bridge that parts VLANs by tag.
    public var isVLANAware: Bool
    /// The VLANs that such a bridge lets through, such as "2-4094".
    public var vlans: String?
    /// What it is bridged to.
    public var ports: String?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        name = try reader.needText("iface")
        type = try reader.text("type") ?? "unknown"
        isActive = try reader.flag("active") ?? false
        cidr = try reader.text("cidr")
        gateway = try reader.text("gateway")
        isVLANAware = try reader.flag("bridge_vlan_aware") ?? (type == "OVSBridge")
        vlans = try reader.text("bridge_vids")
        ports = try reader.text("bridge_ports")
        // What remains describes bonds, tunnels and files; none of it matters to a guest.
        reader.skipAll()
    }

    /// Guests can be connected to it.
    public var isBridge: Bool { ["bridge", "OVSBridge", "vnet"].contains(type) }

    /// Guests with a tag reach their VLAN through it; 0 is untagged.
    public func carries(vlan: Int) -> Bool {
        guard vlan > 0 else { return true }
        // A bridge without VLANs has one of its own made for each tag, over its port.
        guard isVLANAware else { return !(ports ?? "").isEmpty }
        guard let vlans, !vlans.isEmpty else { return true }
        return vlans.split { ", ".contains($0) }.contains { part in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            return ends.count == 2 ? (ends[0] <= vlan && vlan <= ends[1]) : ends == [vlan]
        }
    }
}

/// A pool: guests and storages under one name.
public struct ProxmoxPool: ProxmoxModel, Encodable {
    /// Its name.
    public var name: String
    /// What its owner wrote.
    public var comment: String?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        name = try reader.needText("poolid")
        comment = try reader.text("comment")
        reader.skip("members")
    }
}

/// How a task goes.
public struct ProxmoxTaskStatus: ProxmoxModel, Encodable {
    /// "running" or "stopped".
    public var status: String
    /// "OK", "WARNINGS: 1", or what went wrong; nil while it runs.
    public var ending: String?

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        status = try reader.needText("status")
        ending = try reader.text("exitstatus")
        reader.skip("upid", "node", "pid", "pstart", "starttime", "endtime", "type", "id", "user", "tokenid")
    }

    /// It has not ended.
    public var isRunning: Bool { status == "running" }
    /// It ended well, maybe with warnings.
    public var isGood: Bool { !isRunning && (ending == "OK" || ending?.hasPrefix("WARNINGS") == true) }
}

/// A line of a task's log.
public struct ProxmoxLogLine: ProxmoxModel, Encodable {
    /// Its number, from 1.
    public var number: Int
    /// Its text.
    public var text: String

    /// Reads it.
    public init(_ reader: inout ProxmoxReader) throws(ProxmoxFault) {
        number = try reader.int("n") ?? 0
        text = try reader.text("t") ?? ""
    }
}
