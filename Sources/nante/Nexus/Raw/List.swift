import ArgumentParser
import Console
import Core
import Nexus

/// `nante nexus raw list`.
struct NexusRawList: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the files of a repository, or the repositories.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository; left out: list the raw repositories.")
    var repository: String?
    @Argument(help: "Only files whose path begins so.")
    var prefix: String?

    func run(_ context: Context) async throws {
        let name = try repository.map { try NexusName($0) }
        let client = try await global.nexus(context, changes: false)
        guard let name else { return try await repositories(client, context) }
        let start = prefix.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? "/"
        let assets = try await client.assets(in: name).filter { $0.fullPath.hasPrefix(start) }
            .sorted { $0.fullPath < $1.fullPath }
        try Output.render(encodable: assets, as: format.output, to: context.terminal) {
            Table(
                ["PATH", "SIZE", "SHA1", "MODIFIED"],
                rows: assets.map { asset in
                    [
                        asset.fullPath, asset.fileSize.map { "\($0)" } ?? "", asset.checksum["sha1"] ?? "",
                        asset.lastModified ?? "",
                    ]
                }, right: [1])
        }
    }

    private func repositories(_ client: NexusClient, _ context: Context) async throws {
        let list = try await client.repositories().filter { $0.format == "raw" }
        try Output.render(encodable: list, as: format.output, to: context.terminal) {
            Table(["NAME", "TYPE", "URL"], rows: list.map { [$0.name, $0.type, $0.url ?? ""] })
        }
    }
}
