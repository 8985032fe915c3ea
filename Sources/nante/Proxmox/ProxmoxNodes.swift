import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox nodes`.
struct ProxmoxNodes: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "List the nodes of the cluster with their load.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let nodes = try await global.proxmox(context).client.nodes()
        try Output.render(encodable: nodes, as: format.output, to: context.terminal) {
            Table(
                ["NODE", "STATUS", "CPUS", "LOAD", "MEMORY USED", "MEMORY", "UP"],
                rows: nodes.map { node in
                    [
                        node.name, node.status, node.processors.map { "\($0)" } ?? "",
                        node.load.map { "\(Int(($0 * 100).rounded())) %" } ?? "", ProxmoxShow.size(node.memoryUsed),
                        ProxmoxShow.size(node.memory), ProxmoxShow.uptime(node.uptime),
                    ]
                }, right: [2, 3, 4, 5])
        }
    }
}
