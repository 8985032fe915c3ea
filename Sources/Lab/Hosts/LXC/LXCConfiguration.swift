import Core

/// What of this machine decides how the configuration of a host is written.
struct LXCMachine: Sendable, Hashable {
    /// Control groups of version 2 alone.
    var unified = false
    /// Swap is counted, so it can be limited.
    var countsSwap = true
    /// Where the devices that the host may use are, and which they are.
    var devices: [LXCDevice] = []

    /// The name of a setting of the control group.
    fileprivate func group(_ setting: String) -> String { "lxc.cgroup\(unified ? "2" : "").\(setting)" }
}

/// A device of this machine that a host may use.
struct LXCDevice: Sendable, Hashable {
    /// Its path inside, such as "/dev/net/tun".
    var path: String
    /// The node outside that is laid there.
    var source: String
    /// The rule of the control group, such as "c 10:200 rwm".
    var rule: String
}

extension LXCCommands {
    /// Limits as names and values of the control group, for version 2 or 1 of it.
    static func limits(_ spec: HostSpec, on machine: LXCMachine) -> KeyValuePairs<String, String> {
        let bytes = spec.memory * 1_048_576
        let swap = machine.countsSwap ? spec.swap.map { $0 * 1_048_576 } : nil
        let (quota, period) = ("\(spec.cores * 100_000)", "100000")
        switch (machine.unified, swap) {
        case (true, let swap?):
            return ["memory.max": "\(bytes)", "memory.swap.max": "\(swap)", "cpu.max": "\(quota) \(period)"]
        case (true, nil): return ["memory.max": "\(bytes)", "cpu.max": "\(quota) \(period)"]
        // Version 1 counts memory and swap together, and the sum is never below the memory.
        case (false, let swap?):
            return [
                "memory.limit_in_bytes": "\(bytes)", "memory.memsw.limit_in_bytes": "\(bytes + swap)",
                "cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota,
            ]
        case (false, nil):
            return ["memory.limit_in_bytes": "\(bytes)", "cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota]
        }
    }

    /// The host's LXC configuration (lxc.container.conf(5)).
    func configuration(_ record: HostRecord, network: LabNetwork, on machine: LXCMachine) -> String {
        let spec = record.spec
        var lines = ["lxc.include = /usr/share/lxc/config/common.conf"]
        if spec.unprivileged { lines.append("lxc.include = /usr/share/lxc/config/userns.conf") }
        if spec.nesting { lines.append("lxc.include = /usr/share/lxc/config/nesting.conf") }
        lines.append("lxc.arch = linux64")
        if spec.unprivileged { lines += ["u", "g"].map { "lxc.idmap = \($0) 0 \(shift) 65536" } }
        lines += [
            "lxc.rootfs.path = dir:\(root(record.name))", "lxc.uts.name = \(record.name)",
            "lxc.apparmor.profile = unconfined", "lxc.net.0.type = veth", "lxc.net.0.link = \(network.bridge)",
            "lxc.net.0.flags = up", "lxc.net.0.name = eth0", "lxc.net.0.hwaddr = \(record.hardwareAddress)",
            "lxc.net.0.ipv4.address = \(record.address)/24",
            "lxc.net.0.ipv4.gateway = \(spec.gateway ?? network.gateway)",
        ]
        if spec.nesting, !spec.unprivileged {
            // A runtime inside sets up devices and capabilities of its containers by itself.
            lines += ["lxc.cap.drop =", "\(machine.group("devices.allow")) = a"]
        }
        for device in machine.devices {
            lines.append("\(machine.group("devices.allow")) = \(device.rule)")
            lines.append("lxc.mount.entry = \(device.source) \(device.path.dropFirst()) none bind,create=file 0 0")
        }
        for (key, value) in LXCCommands.limits(spec, on: machine) {
            lines.append("\(machine.group(key)) = \(value)")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
