import ArgumentParser
import Console
import Core
import Foundation
import StateStore

/// `nante terraform state restore`.
struct StateRestore: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring an earlier version of a state back.",
        discussion: """
            Without a version the last good one, where the state is deleted or damaged; one that can be read is \
            replaced by a named version only. The store must keep versions. The state \
            comes back under a higher serial, and what was there stays a version too. Machines are not touched: \
            plan next.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var choice: StateChoice
    @Option(name: .customLong("version"), help: "The version, as `nante terraform state versions` shows it.")
    var version: String?
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let client = try await global.states(context, bucket: choice.bucket, changes: true)
        let versions = StateVersions(client, context: context)
        let plan = try await versions.plan(choice.object, version: version, next: choice.unlock)
        for line in Self.lines(plan) { context.terminal.say(line) }
        if version == nil, plan.current?.document != nil {
            throw Failure(
                .refused, "\(choice.object) is whole, and no version is named",
                why: "what is in it and not in the earlier one would be forgotten",
                next: ["nante terraform state restore … --version \(plan.chosen.version.id)"])
        }
        try Confirm.ask("Restore \(choice.object)?", yes: yes, context: context)
        let user = context.environment["USER"] ?? "root"
        let who = "\(user)@\(ProcessInfo.processInfo.hostName)"
        let written = try await versions.restore(plan, who: who, next: choice.unlock)
        try Output.render(Self.value(plan, written), as: format.output, to: context.terminal) {
            Table(
                ["RESTORED", "FROM", "SERIAL", "VERSION"],
                rows: [[plan.key, plan.chosen.version.id, "\(plan.serial)", written ?? ""]], right: [2])
        }
        if let app = choice.app { context.terminal.say("next      nante terraform plan --app \(app)") }
    }

    static func lines(_ plan: StateVersions.Plan) -> [String] {
        let now =
            switch (plan.current?.document, plan.current?.version.isDeletion) {
            case (let document?, _): "serial \(document.serial), \(count(document.addresses))"
            case (nil, true): "deleted"
            case (nil, nil): "nothing"
            default: "damaged: \(plan.current?.trouble ?? "it can't be read")"
            }
        let document = plan.chosen.document
        var lines = [
            "state     \(plan.key)", "now       \(now)",
            "restored  version \(plan.chosen.version.id), written \(plan.chosen.version.modified), serial "
                + "\(document?.serial ?? 0), \(count(document?.addresses ?? [])), as serial \(plan.serial)",
        ]
        lines += plan.comes.map { "  + \($0)" }
        lines += plan.goes.map { "  - \($0)  (forgotten; what it stands for is not touched)" }
        return lines
    }

    private static func count(_ addresses: [String]) -> String {
        addresses.count == 1 ? "1 resource" : "\(addresses.count) resources"
    }

    static func value(_ plan: StateVersions.Plan, _ written: String?) -> JSONValue {
        [
            "key": .string(plan.key), "from": .string(plan.chosen.version.id),
            "serial": .number(Double(plan.serial)), "version": written.map { .string($0) } ?? .null,
            "comes": .array(plan.comes.map { .string($0) }), "goes": .array(plan.goes.map { .string($0) }),
        ]
    }
}
