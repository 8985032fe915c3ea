import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox templates`.
struct ProxmoxTemplates: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates", abstract: "List what machines can be made of: container templates and VM templates.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "The node to look at; left out: PROXMOX_NODE, or the only one.")
    var node: String?

    /// A template as it is shown.
    private struct Row: Encodable {
        let kind: String
        let template: String
        let name: String
        let node: String
        let size: Int?
    }

    func run(_ context: Context) async throws {
        let (client, platform) = try await global.proxmox(context)
        let node = try await client.node(named: node, platform)
        var rows: [Row] = []
        for storage in try await client.storages(node) where storage.content.contains("vztmpl") && storage.isActive {
            rows += try await client.content(node, storage: storage.name, content: "vztmpl").map {
                Row(kind: "lxc", template: $0.id, name: $0.name, node: node, size: $0.size)
            }
        }
        rows += try await client.guests().filter { $0.isTemplate && $0.kind == .vm }.map {
            Row(kind: "vm", template: "\($0.id)", name: $0.name, node: $0.node, size: $0.disk)
        }
        try Output.render(encodable: rows, as: format.output, to: context.terminal) {
            Table(
                ["KIND", "TEMPLATE", "NAME", "NODE", "SIZE"],
                rows: rows.map { [$0.kind, $0.template, $0.name, $0.node, ProxmoxShow.size($0.size)] }, right: [4])
        }
    }
}
