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
    /// The first outer user id of unprivileged hosts.
    let shift: UInt32

    private func host(_ name: String) -> String { folder.appending(path: name) }
    func root(_ name: String) -> String { mounts.appending(path: name) }
    func upper(_ name: String) -> String { host(name).appending(path: "upper") }
    func work(_ name: String) -> String { host(name).appending(path: "work") }
    func config(_ name: String) -> String { host(name).appending(path: "config") }
    func log(_ name: String) -> String { host(name).appending(path: "lxc.log") }
    /// The containers that run inside, beside the overlay: Docker can't stack one overlay on another.
    func docker(_ name: String) -> String { host(name).appending(path: "docker") }
    func dockerRoot(_ name: String) -> String { root(name).appending(path: "var/lib/docker") }
    /// What was last written of ``HostSeed/changing(_:authorizedKey:resolver:)``.
    func seeded(_ name: String) -> String { host(name).appending(path: "seeded.json") }

    /// Lays a host's own files over the image; never the image's writes.
    func mount(_ name: String, image: String) -> Command {
        let layers = "lowerdir=\(image),upperdir=\(upper(name)),workdir=\(work(name))"
        return Command("mount", ["-t", "overlay", "nante-\(name)", "-o", layers, root(name)], deadline: .seconds(20))
    }

    /// Lays the host's folder for inner containers into its disk.
    func mountDocker(_ name: String) -> Command {
        Command("mount", ["--bind", docker(name), dockerRoot(name)], deadline: .seconds(20))
    }

    /// Takes the mounts away, those inside too; lazily where something still holds them.
    func unmount(_ name: String, lazily: Bool = false) -> Command {
        Command("umount", ["-R"] + (lazily ? ["-l"] : []) + [root(name)], deadline: .seconds(20))
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
