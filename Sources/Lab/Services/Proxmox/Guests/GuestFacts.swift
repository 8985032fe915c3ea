import Core
import Foundation
import OrderedCollections

/// A guest as lists and its status show it.
enum GuestFacts {
    private static func common(_ view: ProxmoxServer.View) -> OrderedDictionary<String, JSONValue> {
        let guest = view.guest
        let config = guest.config
        let plan = GuestPlan(guest: guest)
        let cores = view.record?.spec.cores ?? (Int(config["cores"] ?? "") ?? 1) * (Int(config["sockets"] ?? "") ?? 1)
        let memory = view.record?.spec.memory ?? (try? plan.spec().memory) ?? 512
        var members: OrderedDictionary<String, JSONValue> = [
            "vmid": .int(guest.vmid), "name": .string(guest.name), "status": view.isRunning ? "running" : "stopped",
            "cpu": 0, "mem": .int(view.memory ?? 0), "maxmem": .int(Int64(memory) << 20), "diskread": 0,
            "diskwrite": 0, "netin": 0, "netout": 0, "maxdisk": .int(Int64(plan.disk ?? 8) << 30), "disk": 0,
            "uptime": .int(view.isRunning ? uptime(guest) : 0),
        ]
        members["cpus"] = .int(cores)
        if let tags = config["tags"], !tags.isEmpty { members["tags"] = .string(tags) }
        if let lock = guest.lock { members["lock"] = .string(lock) }
        if guest.isTemplate { members["template"] = 1 }
        return members
    }

    private static func uptime(_ guest: ProxmoxGuest) -> Int {
        max(1, Int(Date().timeIntervalSince1970 - (guest.started ?? Date().timeIntervalSince1970)))
    }

    /// An element of the list of containers or virtual machines.
    static func summary(_ view: ProxmoxServer.View) -> JSONValue {
        var members = common(view)
        if view.guest.kind == .container {
            members["type"] = "lxc"
            members["swap"] = 0
            members["maxswap"] = .int((Int64(view.guest.config["swap"] ?? "") ?? 512) << 20)
        } else {
            members["disk"] = nil
        }
        return .object(members)
    }

    /// The guest's status.
    static func status(_ view: ProxmoxServer.View) -> JSONValue {
        var members = summary(view).object ?? [:]
        members["ha"] = ["managed": 0]
        if view.guest.kind == .machine {
            members["qmpstatus"] = view.isRunning ? "running" : "stopped"
            if view.guest.config["agent"].map({ $0.hasPrefix("1") || $0.contains("enabled=1") }) == true {
                members["agent"] = 1
            }
        }
        return .object(members)
    }

    /// An element of the list of everything.
    static func resource(_ view: ProxmoxServer.View) -> JSONValue {
        var members = common(view)
        let kind = view.guest.kind.rawValue
        members["id"] = .string("\(kind)/\(view.guest.vmid)")
        members["type"] = .string(kind)
        members["node"] = .string(ProxmoxServer.node)
        members["maxcpu"] = members.removeValue(forKey: "cpus")
        members["pool"] = view.guest.pool.map { .string($0) }
        members["template"] = .flag(view.guest.isTemplate)
        return .object(members)
    }

    /// The interfaces of a running container.
    static func interfaces(_ view: ProxmoxServer.View) -> JSONValue {
        guard let record = view.record, view.isRunning else { return [] }
        func card(_ name: String, _ mac: String, _ address: String, _ length: Int) -> JSONValue {
            [
                "name": .string(name), "hwaddr": .string(mac), "hardware-address": .string(mac),
                "inet": .string("\(address)/\(length)"),
                "ip-addresses": [
                    ["ip-address": .string(address), "ip-address-type": "inet", "prefix": .int(length)]
                ],
            ]
        }
        return [
            card("lo", "00:00:00:00:00:00", "127.0.0.1", 8), card("eth0", record.hardwareAddress, record.address, 24),
        ]
    }
}
