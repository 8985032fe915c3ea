import Core
import Foundation

/// Something that the lab needs of the machine.
public struct LabNeed: Sendable, Hashable {
    /// A tool or a property of the machine.
    public var name: String
    /// It is there.
    public var met: Bool
    /// What it is needed for.
    public var purpose: String
    /// What to do when it is missing.
    public var remedy: String
    /// The Debian package that has it; nil when it is no matter of a package.
    public var package: String?
}

/// What the lab needs of the machine.
public enum LabNeeds {
    private static let tools: [(program: String, package: String, purpose: String)] = [
        ("git", "git", "repositories"), ("ssh", "openssh-client", "hosts"), ("ssh-keygen", "openssh-client", "hosts"),
        ("lxc-start", "lxc", "hosts"), ("mmdebstrap", "mmdebstrap", "images of hosts"),
        ("ip", "iproute2", "the bridge"), ("nft", "nftables", "the way of hosts to the network"),
        ("newuidmap", "uidmap", "unprivileged hosts"),
    ]

    /// Looks at everything that is needed.
    public static func check(_ context: Context) -> [LabNeed] {
        var needs = [
            LabNeed(
                name: "root", met: getuid() == 0, purpose: "hosts", remedy: "run as root; the services need no root")
        ]
        for tool in tools {
            // Tools of administration stand where the PATH of a user does not always reach.
            let found = context.processes.find(tool.program) != nil
                || ["/usr/sbin/", "/sbin/"].contains { context.files.exists($0 + tool.program) }
            needs.append(
                LabNeed(
                    name: tool.program, met: found, purpose: tool.purpose, remedy: "apt-get install \(tool.package)",
                    package: tool.package))
        }
        needs.append(
            LabNeed(
                name: "cgroup v2", met: context.files.exists("/sys/fs/cgroup/cgroup.controllers"), purpose: "hosts",
                remedy: "start the machine with systemd.unified_cgroup_hierarchy=1"))
        needs.append(
            LabNeed(
                name: "overlayfs", met: filesystems(context).contains("overlay"), purpose: "hosts",
                remedy: "modprobe overlay"))
        needs.append(
            LabNeed(
                name: "user namespaces", met: context.files.exists("/proc/self/ns/user"), purpose: "unprivileged hosts",
                remedy: "a kernel with CONFIG_USER_NS"))
        return needs
    }

    private static func filesystems(_ context: Context) -> Set<String> {
        let text = (try? context.files.readText("/proc/filesystems")) ?? ""
        return Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    /// The needs as data.
    public static func value(_ needs: [LabNeed]) -> JSONValue {
        .array(
            needs.map { need in
                [
                    "name": .string(need.name), "met": .bool(need.met), "purpose": .string(need.purpose),
                    "remedy": .string(need.remedy), "package": need.package.map { .string($0) } ?? .null,
                ]
            })
    }
}
