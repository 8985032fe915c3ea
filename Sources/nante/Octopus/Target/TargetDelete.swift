import ArgumentParser
import Core
import Octopus

/// `nante octopus target delete`.
struct OctopusTargetDelete: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take a target away; one that is not there is fine.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Name or id of the target.")
    var name: String
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        guard let machine = try await client.find(Machine.self, name) else {
            return context.terminal.say("there is no target \(name)")
        }
        try Confirm.ask("Delete the target \(machine.name) (\(machine.id))?", yes: yes, context: context)
        try await client.delete(machine)
        context.terminal.say("target \(machine.name) deleted")
    }
}
