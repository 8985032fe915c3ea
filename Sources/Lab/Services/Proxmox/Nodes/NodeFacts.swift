import Core
import Foundation

/// What this machine is, as a node of Proxmox VE.
struct NodeFacts: Sendable {
    var memory: (total: Int64, available: Int64)
    var uptime: Int
    var load: [String]
    var space: DiskSpace
    var processors: Int
    var model: String

    /// As it is now, read from /proc.
    static func now(_ space: DiskSpace) -> NodeFacts {
        let files = DiskFileSystem()
        func text(_ path: String) -> String { (try? files.readText(path)) ?? "" }
        func kibibytes(_ name: String, _ all: String) -> Int64 {
            let line = all.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
            return (line.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) * 1024
        }
        let memory = text("/proc/meminfo")
        let model = text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        return NodeFacts(
            memory: (kibibytes("MemTotal", memory), kibibytes("MemAvailable", memory)),
            uptime: Int(Double(text("/proc/uptime").split(separator: " ").first ?? "") ?? 0),
            load: text("/proc/loadavg").split(separator: " ").prefix(3).map(String.init), space: space,
            processors: ProcessInfo.processInfo.activeProcessorCount,
            model: model.flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
                ?? "unknown")
    }

    /// Part of the processors in use, as near as the load tells it.
    private var busy: Double { min(1, (Double(load.first ?? "") ?? 0) / Double(max(1, processors))) }

    /// An element of the list of nodes.
    var summary: JSONValue {
        [
            "node": .string(ProxmoxServer.node), "status": "online", "type": "node", "id": "node/pmx", "level": "",
            "cpu": .number(busy), "maxcpu": .int(processors), "mem": .int(memory.total - memory.available),
            "maxmem": .int(memory.total), "disk": .int(space.total - space.available), "maxdisk": .int(space.total),
            "uptime": .int(uptime),
        ]
    }

    /// The node's own page.
    var status: JSONValue {
        [
            "boot-info": ["mode": "legacy-bios"], "cpu": .number(busy),
            "cpuinfo": [
                "cores": .int(processors), "cpus": .int(processors), "model": .string(model), "sockets": 1,
            ],
            "current-kernel": [
                "machine": "x86_64", "release": .string(release), "sysname": "Linux", "version": "#1 SMP",
            ],
            "loadavg": .array(load.map { .string($0) }),
            "memory": [
                "total": .int(memory.total), "available": .int(memory.available), "free": .int(memory.available),
                "used": .int(memory.total - memory.available),
            ],
            "pveversion": .string("pve-manager/9.1.1/4c0ffee1ab0000aa"),
            "rootfs": [
                "total": .int(space.total), "avail": .int(space.available), "free": .int(space.available),
                "used": .int(space.total - space.available),
            ], "uptime": .int(uptime), "wait": 0, "idle": 0,
        ]
    }

    private var release: String {
        ((try? DiskFileSystem().readText("/proc/sys/kernel/osrelease")) ?? "").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    /// The lab's bridge under the name that callers use.
    ///
    /// It is told as up: the lab makes it with the first guest, before anything needs it.
    static func bridge(_ network: LabNetwork) -> JSONValue {
        [
            "iface": .string(ProxmoxServer.bridge), "type": "bridge", "active": 1, "autostart": 1,
            "exists": 1, "method": "static", "method6": "manual", "address": .string(network.gateway),
            "netmask": "255.255.255.0", "cidr": .string(network.gateway + "/24"), "bridge_ports": "",
            "bridge_vlan_aware": 1, "bridge_vids": "2-4094", "families": ["inet"], "priority": 3,
            "comments": .string("the lab's bridge \(network.bridge); every VLAN tag is in its one subnet\n"),
        ]
    }
}
