import Core
import Foundation

/// The bridge of a lab's hosts and the rules that let them talk, each made once and taken away by reset.
struct HostNetwork: Sendable {
    let network: LabNetwork
    /// The folder of the lab that the bridge belongs to, written on it as its alias.
    let home: String
    let context: Context

    private var alias: String { "nante " + String(home.suffix(200)) }
    private var device: String { "/sys/class/net/\(network.bridge)" }

    /// Makes the bridge, its address and its rules where they are missing.
    ///
    /// - Throws: a failure with exit `refused` when the bridge belongs to another lab or is none of nante's.
    func ensure() async throws {
        let lock = try await FileLock.acquire(
            "/run/nante/\(network.bridge).lock", holder: "nante \(getpid())", within: .seconds(30), context: context)
        defer { withExtendedLifetime(lock) {} }
        try refuseForeign()
        if !context.files.exists(device) {
            if network.exists {
                throw Failure(
                    .refused, "\(network.gateway) is the address of another interface of this machine",
                    next: ["export NANTE_BRIDGE=nante7 NANTE_SUBNET=10.97.0.0/24", "ip -brief address"])
            }
            try await run(HostNetwork.addBridge(network, alias: alias))
        } else if !isWhole {
            try await run(Array(HostNetwork.addBridge(network, alias: alias).dropFirst()))
        }
        if (try? context.files.readText("/proc/sys/net/ipv4/ip_forward"))?.hasPrefix("1") != true {
            try await run([Command("sysctl", ["-qw", "net.ipv4.ip_forward=1"])])
        }
        for rule in HostNetwork.rules(network) where try await !isThere(rule) {
            try await run([rule.command("-I")])
        }
    }

    /// Takes the bridge and its rules away; what is not there is fine, and a bridge of another lab stays.
    ///
    /// - Returns: the bridge is not another lab's.
    func remove() async throws -> Bool {
        guard (try? refuseForeign()) != nil else { return false }
        for rule in HostNetwork.rules(network) {
            var left = 20
            while left > 0, try await isThere(rule) {
                try await run([rule.command("-D")])
                left -= 1
            }
        }
        if context.files.exists(device) { try await run([Command("ip", ["link", "delete", network.bridge])]) }
        return true
    }

    /// The bridge has its owner's mark and its address, and is up (IFF_UP of netdevice(7)).
    private var isWhole: Bool {
        let flags = (try? context.files.readText(device + "/flags"))?.dropFirst(2) ?? ""
        let up = (Int(flags.trimmingPrefix("0x").filter(\.isHexDigit), radix: 16) ?? 0) & 1 == 1
        return up && network.exists && mark == alias
    }

    private var mark: String {
        ((try? context.files.readText(device + "/ifalias")) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func refuseForeign() throws {
        guard context.files.exists(device) else { return }
        let found = mark
        if found == alias { return }
        // A bridge without anything on it is what a killed command left.
        if found.isEmpty, !network.exists, (try? context.files.list(device + "/brif")) == [] { return }
        let owner = found.hasPrefix("nante ") ? "the lab in \(found.dropFirst(6))" : "something else on this machine"
        throw Failure(
            .refused, "the bridge \(network.bridge) belongs to \(owner)",
            next: ["export NANTE_BRIDGE=nante7 NANTE_SUBNET=10.97.0.0/24", "ip -d link show \(network.bridge)"])
    }

    private func isThere(_ rule: FirewallRule) async throws -> Bool {
        try await context.processes.run(rule.command("-C")).succeeded
    }

    private func run(_ commands: [Command]) async throws {
        for command in commands {
            try await context.processes.check(
                command, what: "the network \(network.bridge) could not be set up", exit: .missing)
        }
    }

    /// The commands that make the bridge; the first alone makes the interface.
    static func addBridge(_ network: LabNetwork, alias: String) -> [Command] {
        let name = network.bridge
        return [
            // Without the delay of spanning tree, a host can be reached the moment it is up.
            Command("ip", ["link", "add", "name", name, "type", "bridge", "forward_delay", "0", "stp_state", "0"]),
            Command("ip", ["link", "set", "dev", name, "alias", alias]),
            Command("ip", ["address", "replace", network.gateway + "/24", "dev", name]),
            Command("ip", ["link", "set", "dev", name, "up"]),
        ]
    }

    /// The rules: hosts may send anywhere (other hosts too, where bridged packets pass the firewall), answers come
    /// back, and outside they are seen as this machine.
    static func rules(_ network: LabNetwork) -> [FirewallRule] {
        let mark = ["-m", "comment", "--comment", "nante \(network.bridge)"]
        let answers = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"]
        return [
            FirewallRule("filter", "FORWARD", ["-i", network.bridge] + mark + ["-j", "ACCEPT"]),
            FirewallRule("filter", "FORWARD", ["-o", network.bridge] + answers + mark + ["-j", "ACCEPT"]),
            FirewallRule(
                "nat", "POSTROUTING",
                ["-s", network.subnet, "!", "-d", network.subnet] + mark + ["-j", "MASQUERADE"]),
        ]
    }
}

/// A rule of iptables.
struct FirewallRule: Sendable, Hashable {
    var table: String
    var chain: String
    var rule: [String]

    init(_ table: String, _ chain: String, _ rule: [String]) {
        self.table = table
        self.chain = chain
        self.rule = rule
    }

    /// The command that checks (-C), inserts (-I) or deletes (-D) it; waits for others that change rules.
    func command(_ action: String) -> Command {
        Command("iptables", ["-w", "10", "-t", table, action, chain] + rule, deadline: .seconds(20))
    }
}
