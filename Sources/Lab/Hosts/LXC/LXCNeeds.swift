import Core
import Foundation

/// What this machine must have for LXC hosts.
struct LXCNeeds: Sendable {
    let context: Context
    /// The effective user id.
    var user: UInt32 = geteuid()

    /// Programs and the Debian packages that have them.
    static let programs: [(program: String, package: String)] = [
        ("lxc-start", "lxc"), ("lxc-attach", "lxc"), ("newuidmap", "uidmap"), ("ip", "iproute2"),
        ("iptables", "iptables"), ("mount", "mount"), ("sysctl", "procps"), ("ssh-keygen", "openssh-client"),
    ]

    /// The range of ids that root hands to its hosts (subuid(5)).
    static let range = "root:100000:65536"

    /// Looks for all of it.
    ///
    /// - Throws: a failure with exit `missing` that lists everything that is missing, and how to get it.
    func check() throws {
        var missing: [String] = []
        var next: [String] = []
        if user != 0 {
            missing.append("root: making network and mounts needs it (this is user id \(user))")
            next.append("sudo nante …")
        }
        let absent = LXCNeeds.programs.filter { context.processes.find($0.program) == nil }
        if !absent.isEmpty {
            let packages = absent.map(\.package).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            missing.append("programs: " + absent.map(\.program).joined(separator: ", "))
            next.append("apt-get install " + packages.joined(separator: " "))
        }
        if !hasControlGroups {
            missing.append("control groups: nothing is mounted at /sys/fs/cgroup")
            next.append("mount -t cgroup2 none /sys/fs/cgroup, or start the container or VM that this is with them")
        }
        let kinds = (try? context.files.readText("/proc/filesystems")) ?? ""
        if !kinds.contains("\toverlay\n") {
            missing.append("the overlay file system: this kernel does not have it loaded")
            next.append("modprobe overlay")
        }
        if !context.files.exists("/proc/self/ns/user") {
            missing.append("user namespaces: this kernel does not have them")
        }
        guard !missing.isEmpty else { return }
        throw Failure(
            .missing, "LXC hosts can't run on this machine", details: missing.map { Failure.Detail("missing", $0) },
            next: next)
    }

    /// Gives root its range of ids where it has none; an existing entry is left as it is.
    func ensureRange() throws {
        for file in ["/etc/subuid", "/etc/subgid"] {
            let text = context.files.exists(file) ? try context.files.readText(file) : ""
            if text.split(separator: "\n").contains(where: LXCNeeds.covers) { continue }
            let gap = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
            try context.files.append(Data((gap + LXCNeeds.range + "\n").utf8), to: file)
        }
    }

    /// A line gives root at least the ids that hosts use.
    static func covers(_ line: Substring) -> Bool {
        let parts = line.split(separator: ":")
        guard parts.count == 3, parts[0] == "root" || parts[0] == "0", let first = Int(parts[1]),
            let count = Int(parts[2])
        else { return false }
        return first <= 100_000 && first + count >= 165_536
    }

    /// The control groups are version 2 alone.
    var isUnified: Bool { context.files.exists("/sys/fs/cgroup/cgroup.controllers") }

    /// Swap is counted by the control groups: version 2 does it, version 1 only where the kernel was told to.
    var countsSwap: Bool {
        isUnified || context.files.exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")
    }

    /// Control groups of either version are there.
    var hasControlGroups: Bool {
        isUnified || ((try? context.files.list("/sys/fs/cgroup")) ?? []).contains("memory")
    }
}
