import ArgumentParser
import Console
import Core
import Nexus

/// `nante nexus raw`: raw repositories.
struct NexusRaw: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raw",
        abstract: "Files in raw repositories; every transfer is proven by its checksum.",
        subcommands: [
            NexusRawEnsure.self, NexusRawPut.self, NexusRawGet.self, NexusRawList.self, NexusRawDelete.self,
        ])
}

extension GlobalOptions {
    /// A client of the platform's Nexus; a command that changes something says first where.
    func nexus(_ context: Context, changes: Bool) async throws -> NexusClient {
        let platform = try await platform(context)
        let client = NexusClient(try platform.nexus(), context: context)
        if changes { context.terminal.say(platform.line) }
        return client
    }
}

/// How transfers are shown.
enum NexusShow {
    static func render(_ transfer: NexusTransfer, as format: OutputFormat, _ context: Context) throws {
        let value: JSONValue = [
            "change": .string(transfer.change.rawValue), "path": .string("\(transfer.path)"),
            "url": .string(transfer.url), "size": .number(Double(transfer.checksums.size)),
            "sha1": .string(transfer.checksums.sha1), "sha256": .string(transfer.checksums.sha256),
        ]
        try Output.render(value, as: format, to: context.terminal) {
            Table(
                ["CHANGE", "PATH", "SIZE", "SHA256"],
                rows: [
                    [
                        transfer.change.rawValue, "\(transfer.path)", "\(transfer.checksums.size)",
                        transfer.checksums.sha256,
                    ]
                ], right: [2])
        }
    }

    static func render(
        _ change: NexusChange, _ what: String, as format: OutputFormat, _ context: Context
    ) throws {
        try Output.render(
            ["change": .string(change.rawValue), "name": .string(what)], as: format, to: context.terminal
        ) { Table(["CHANGE", "NAME"], rows: [[change.rawValue, what]]) }
    }
}
