import ArgumentParser
import Console
import Core
import Foundation
import StateStore

/// `nante terraform state list`.
struct StateList: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the states with what they hold and who locks them.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "Bucket of the states.")
    var bucket: String = StateEndpoint.usualBucket

    func run(_ context: Context) async throws {
        let client = try await global.states(context, bucket: bucket, changes: false)
        let entries = try await client.list()
        let locks = Set(entries.map(\.key).filter { $0.hasSuffix(".tflock") })
        var rows: [(cells: [String], value: JSONValue)] = []
        for entry in entries where !locks.contains(entry.key) {
            guard let name = StateKey.workspace(object: entry.key) ?? (bucket == "http" ? entry.key : nil) else {
                continue
            }
            let lock =
                locks.contains(entry.key + ".tflock") ? try await StateLocks(client).find(entry.key)?.holder : nil
            let state = try await Self.read(entry.key, client)
            rows.append(
                (
                    [
                        name, state.map { "\($0.serial)" } ?? "damaged", state.map { "\($0.addresses.count)" } ?? "",
                        entry.modified, lock ?? "",
                    ],
                    [
                        "name": .string(name), "key": .string(entry.key),
                        "serial": state.map { .number(Double($0.serial)) } ?? .null,
                        "resources": state.map { .array($0.addresses.map { .string($0) }) } ?? .null,
                        "damaged": .bool(state == nil), "modified": .string(entry.modified),
                        "lock": lock.map { .string($0) } ?? .null,
                    ]
                ))
        }
        if rows.isEmpty, format.output == .table { context.terminal.say("there are no states in the bucket \(bucket)") }
        try Output.render(.array(rows.map(\.value)), as: format.output, to: context.terminal) {
            Table(["NAME", "SERIAL", "RESOURCES", "CHANGED", "LOCKED BY"], rows: rows.map(\.cells), right: [1, 2])
        }
    }

    /// The state; nil where it is damaged.
    private static func read(_ key: String, _ client: S3Client) async throws -> StateDocument? {
        do { return try await client.get(key).map { try StateDocument($0.body) } } catch let failure as Failure
            where failure.exit == .failed
        {
            return nil
        }
    }
}
