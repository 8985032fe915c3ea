import Foundation
import Values

extension StubCluster.Guest {
    /// Stores a configuration as the server does: volumes are made, interfaces get an address.
    mutating func set(_ form: [String: String], _ id: Int) {
        for (key, value) in form { config[key] = stored(key, value, id) }
    }

    private func stored(_ key: String, _ value: String, _ id: Int) -> String {
        if key.hasPrefix("net"), kind == "lxc", !value.contains("hwaddr=") {
            return value + ",hwaddr=BC:24:11:00:00:01,type=veth"
        }
        if key.hasPrefix("net"), kind == "qemu", value.hasPrefix("model=virtio,") {
            return "virtio=BC:24:11:00:00:02," + value.dropFirst("model=virtio,".count)
        }
        if value.contains(":cloudinit") {
            let store = value.replacing("file=", with: "").split(separator: ":")[0]
            return "\(store):vm-\(id)-cloudinit,media=cdrom,size=4M"
        }
        if let match = value.firstMatch(of: #/(?:^|,)(?:volume=|file=)?([a-z-]+):(\d+)(?=,|$)/#) {
            let rest = value[..<match.range.lowerBound] + value[match.range.upperBound...]
            let volume = "\(match.1):subvol-\(id)-disk-\(key == "rootfs" ? "0" : "1"),size=\(match.2)G"
            return rest.isEmpty || rest.hasPrefix(",") ? volume + rest : "\(volume),\(rest)"
        }
        return value
    }

    /// The configuration as JSON, with numbers where the server has them.
    var json: JSON {
        let texts: Set<String> = ["digest", "description", "name", "hostname", "nameserver", "searchdomain", "tags"]
        var members: [String: JSON] = [:]
        for (key, value) in config {
            members[key] = Int(value).flatMap { texts.contains(key) ? nil : JSON.int($0) } ?? .string(value)
        }
        if let description = config["description"] { members["description"] = .string(description + "\n") }
        return .object(members)
    }

    mutating func resize(_ form: [String: String], _ task: JSON) -> JSON {
        let disk = form["disk"] ?? ""
        let parts = (config[disk] ?? "").split(separator: ",").map(String.init)
        let kept = parts.filter { !$0.hasPrefix("size=") }
        config[disk] = (kept + ["size=\(form["size"] ?? "")"]).joined(separator: ",")
        return task
    }

    mutating func move(_ form: [String: String]) {
        let disk = form["disk"] ?? ""
        let rest = (config[disk] ?? "").split(separator: ":", maxSplits: 1).last ?? ""
        config[disk] = "\(form["storage"] ?? ""):\(rest)"
    }

    /// The interfaces as the agent in a virtual machine tells of them.
    var agentInterfaces: JSON {
        let address = JSON.object(["ip-address": "10.0.0.9", "prefix": .int(24), "ip-address-type": "ipv4"])
        return .object([
            "result": .array([
                .object(["name": "eth0", "hardware-address": "bc:24:11:00:00:02", "ip-addresses": .array([address])])
            ])
        ])
    }

    var interfaces: JSON {
        let address = config["net0"]?.firstMatch(of: #/ip=([0-9.]+)/#).map { String($0.1) } ?? "127.0.0.1"
        return .array([
            .object([
                "name": "eth0", "hardware-address": "bc:24:11:00:00:01",
                "ip-addresses": .array([
                    .object(["ip-address": .string(address), "prefix": .int(24), "ip-address-type": "inet"]),
                    .object(["ip-address": "fe80::1", "prefix": .int(64), "ip-address-type": "inet6"]),
                ]),
            ])
        ])
    }
}
