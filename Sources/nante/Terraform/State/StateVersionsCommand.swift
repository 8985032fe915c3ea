import ArgumentParser
import Console
import Core
import Foundation
import StateStore

/// `nante terraform state versions`.
struct StateVersionsCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "List the versions that the store keeps of a state, newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var choice: StateChoice
    @Option(help: "Read this many of the newest to tell what they hold.")
    var read: Int = 20

    func run(_ context: Context) async throws {
        let client = try await global.states(context, bucket: choice.bucket, changes: false)
        let entries = try await StateVersions(client, context: context).list(choice.object, reading: read)
        let values = entries.map { entry -> JSONValue in
            [
                "version": .string(entry.version.id), "latest": .bool(entry.version.isLatest),
                "deletion": .bool(entry.version.isDeletion), "written": .string(entry.version.modified),
                "serial": entry.document.map { .number(Double($0.serial)) } ?? .null,
                "lineage": entry.document.map { .string($0.lineage) } ?? .null,
                "resources": entry.document.map { .array($0.addresses.map { .string($0) }) } ?? .null,
                "trouble": entry.trouble.map { .string($0) } ?? .null,
            ]
        }
        if entries.isEmpty, format.output == .table {
            context.terminal.say("the store keeps no version of \(choice.object): nante terraform state list")
        }
        try Output.render(.array(values), as: format.output, to: context.terminal) {
            Table(
                ["VERSION", "WRITTEN", "SERIAL", "RESOURCES", "NOTE"],
                rows: entries.map { entry in
                    [
                        entry.version.id, entry.version.modified, entry.document.map { "\($0.serial)" } ?? "",
                        entry.document.map { "\($0.addresses.count)" } ?? "", Self.note(entry),
                    ]
                }, right: [2, 3])
        }
    }

    private static func note(_ entry: StateVersions.Entry) -> String {
        let what = entry.version.isDeletion ? "deleted" : entry.trouble.map { "damaged: \($0)" }
        return [entry.version.isLatest ? "now" : nil, what].compactMap { $0 }.joined(separator: ", ")
    }
}
