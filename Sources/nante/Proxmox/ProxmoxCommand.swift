import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox`: the cluster that machines are made on.
struct ProxmoxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxmox", abstract: "Nodes, templates and guests of Proxmox VE.",
        subcommands: [
            ProxmoxNodes.self, ProxmoxTemplates.self, ProxmoxGuests.self, ProxmoxWait.self, ProxmoxIP.self,
        ])
}

extension GlobalOptions {
    /// A client of the platform's Proxmox VE.
    func proxmox(_ context: Context) async throws -> (client: ProxmoxClient, platform: Platform) {
        let platform = try await platform(context)
        return (ProxmoxClient(try platform.proxmox(), context: context), platform)
    }
}

extension ProxmoxClient {
    /// The node that is meant: the named one, PROXMOX_NODE, else the only one that is online.
    func node(named name: String?, _ platform: Platform) async throws -> String {
        if let name = name ?? platform.settings[.proxmoxNode] { return name }
        let nodes = try await nodes().filter(\.isOnline)
        if nodes.count == 1 { return nodes[0].name }
        throw Failure(
            .usage, "which node?", why: "online are: \(nodes.map(\.name).joined(separator: ", "))",
            next: ["--node NAME, or PROXMOX_NODE"])
    }
}

/// How sizes and times are shown.
enum ProxmoxShow {
    static func size(_ bytes: Int?) -> String {
        guard let bytes else { return "" }
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (amount, unit) = (Double(bytes), 0)
        while amount >= 1024, unit < units.count - 1 { (amount, unit) = (amount / 1024, unit + 1) }
        return amount < 10 && unit > 0
            ? "\((amount * 10).rounded() / 10) \(units[unit])" : "\(Int(amount.rounded())) \(units[unit])"
    }

    static func uptime(_ seconds: Int?) -> String {
        guard let seconds, seconds > 0 else { return "" }
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        return days > 0 ? "\(days) d \(hours) h" : hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min"
    }
}
