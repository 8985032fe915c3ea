import Core

/// The commands and files of an LXC host, as pure values.
struct LXCCommands: Sendable, Hashable {
    /// The folder of all hosts (LXC's own path).
    let folder: String
    /// The folder that disks are mounted in.
    ///
    /// The host's root, which is nobody in particular outside, must be able to walk down to its disk, and the lab's own
    /// folder may be closed.
    let mounts: String
    /// The first outer user id of the hosts.
    let shift: UInt32

    private func host(_ name: String) -> String { folder.appending(path: name) }
    func root(_ name: String) -> String { mounts.appending(path: name) }
    func upper(_ name: String) -> String { host(name).appending(path: "upper") }
    func work(_ name: String) -> String { host(name).appending(path: "work") }
    func config(_ name: String) -> String { host(name).appending(path: "config") }
    func log(_ name: String) -> String { host(name).appending(path: "lxc.log") }

    /// Lays a host's own files over the image; never the image's writes.
    func mount(_ name: String, image: String) -> Command {
        let layers = "lowerdir=\(image),upperdir=\(upper(name)),workdir=\(work(name))"
        return Command("mount", ["-t", "overlay", "nante-\(name)", "-o", layers, root(name)], deadline: .seconds(20))
    }

    /// Takes the mount away; lazily where something still holds it.
    func unmount(_ name: String, lazily: Bool = false) -> Command {
        Command("umount", (lazily ? ["-l"] : []) + [root(name)], deadline: .seconds(20))
    }

    func start(_ name: String) -> Command {
        Command(
            "lxc-start", ["-d", "-n", name, "-P", folder, "-o", log(name), "-l", "WARN"], deadline: .seconds(30))
    }

    func stop(_ name: String, kill: Bool) -> Command {
        Command(
            "lxc-stop", ["-n", name, "-P", folder] + (kill ? ["-k"] : ["-t", "20"]), deadline: .seconds(60))
    }

    /// State, process and memory in bytes.
    func info(_ name: String) -> Command {
        Command("lxc-info", ["-n", name, "-P", folder, "-s", "-S", "-H"], deadline: .seconds(20))
    }

    func attach(_ name: String, _ words: [String]) -> Command {
        Command(
            "lxc-attach",
            ["-n", name, "-P", folder, "--clear-env", "-v", "PATH=\(LXCCommands.path)", "-v", "HOME=/root", "--"]
                + words)
    }

    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Sets a limit of a running host.
    func limit(_ name: String, _ key: String, _ value: String) -> Command {
        Command("lxc-cgroup", ["-n", name, "-P", folder, key, value], deadline: .seconds(20))
    }

    /// Limits as names and values of the control group, for version 2 or 1 of it.
    static func limits(_ spec: HostSpec, unified: Bool) -> KeyValuePairs<String, String> {
        let bytes = "\(spec.memory * 1_048_576)"
        if unified { return ["memory.max": bytes, "cpu.max": "\(spec.cores * 100_000) 100000"] }
        return [
            "memory.limit_in_bytes": bytes, "cpu.cfs_period_us": "100000",
            "cpu.cfs_quota_us": "\(spec.cores * 100_000)",
        ]
    }

    /// The host's LXC configuration (lxc.container.conf(5)).
    func configuration(_ record: HostRecord, network: LabNetwork, unified: Bool) -> String {
        var lines = [
            "lxc.include = /usr/share/lxc/config/common.conf", "lxc.include = /usr/share/lxc/config/userns.conf",
            "lxc.arch = linux64", "lxc.idmap = u 0 \(shift) 65536", "lxc.idmap = g 0 \(shift) 65536",
            "lxc.rootfs.path = dir:\(root(record.name))", "lxc.uts.name = \(record.name)",
            "lxc.apparmor.profile = unconfined", "lxc.net.0.type = veth", "lxc.net.0.link = \(network.bridge)",
            "lxc.net.0.flags = up", "lxc.net.0.name = eth0", "lxc.net.0.hwaddr = \(record.hardwareAddress)",
            "lxc.net.0.ipv4.address = \(record.address)/24", "lxc.net.0.ipv4.gateway = \(network.gateway)",
        ]
        for (key, value) in LXCCommands.limits(record.spec, unified: unified) {
            lines.append("lxc.cgroup\(unified ? "2" : "").\(key) = \(value)")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Reads what `lxc-info -s -S -H` prints; nil memory when it does not run.
    static func parseInfo(_ text: String) -> (isRunning: Bool, memory: Int?) {
        var running = false
        var memory: Int?
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingPrefix { $0 == " " }
            }
            if line == "RUNNING" || (parts.first == "State" && parts.last == "RUNNING") { running = true }
            if parts.count == 2, parts[0] == "Memory use" { memory = Int(parts[1]) }
        }
        return (running, running ? memory : nil)
    }
}
