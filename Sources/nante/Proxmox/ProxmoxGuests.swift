import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox vms`.
struct ProxmoxGuests: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "vms", abstract: "List guests: virtual machines and containers.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Only those of this node.")
    var node: String?
    @Option(help: "Only those with this tag.")
    var tag: String?
    @Flag(help: "Show templates too.")
    var all = false

    func run(_ context: Context) async throws {
        let guests = try await global.proxmox(context).client.guests().filter { guest in
            (all || !guest.isTemplate) && (node == nil || guest.node == node)
                && (tag.map { guest.tags.contains($0) } ?? true)
        }
        try Output.render(encodable: guests, as: format.output, to: context.terminal) {
            Table(
                ["ID", "NAME", "KIND", "STATUS", "NODE", "CPUS", "MEMORY", "UP", "TAGS"],
                rows: guests.map { guest in
                    [
                        "\(guest.id)", guest.name, guest.kind == .lxc ? "lxc" : "vm",
                        guest.isTemplate ? "template" : guest.status, guest.node,
                        guest.processors.map { "\(Int($0))" } ?? "", ProxmoxShow.size(guest.memory),
                        ProxmoxShow.uptime(guest.uptime), guest.tags.joined(separator: ","),
                    ]
                }, right: [0, 5, 6])
        }
    }
}
