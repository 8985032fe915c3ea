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
    /// What the services need beside the hosts.
    private static let tools: [(program: String, package: String, purpose: String)] = [
        ("git", "git", "repositories"), ("ssh", "openssh-client", "hosts"),
        ("mmdebstrap", "mmdebstrap", "images of hosts"),
    ]

    /// Looks at everything that is needed.
    public static func check(_ context: Context) -> [LabNeed] {
        let hosts = LXCNeeds(context: context)
        var needs = [
            LabNeed(name: "root", met: hosts.user == 0, purpose: "hosts", remedy: "run as root; the services need none")
        ]
        for tool in tools + LXCNeeds.programs.map({ ($0.program, $0.package, "hosts") }) {
            needs.append(
                LabNeed(
                    name: tool.program, met: context.processes.find(tool.program) != nil, purpose: tool.purpose,
                    remedy: "apt-get install \(tool.package)", package: tool.package))
        }
        needs.append(
            LabNeed(
                name: "control groups", met: hosts.hasControlGroups, purpose: "hosts",
                remedy: "mount -t cgroup2 none /sys/fs/cgroup"))
        let kinds = (try? context.files.readText("/proc/filesystems")) ?? ""
        needs.append(
            LabNeed(
                name: "overlayfs", met: kinds.contains("\toverlay\n"), purpose: "hosts", remedy: "modprobe overlay"))
        needs.append(
            LabNeed(
                name: "user namespaces", met: context.files.exists("/proc/self/ns/user"), purpose: "hosts",
                remedy: "a kernel with CONFIG_USER_NS"))
        return needs
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
