import ArgumentParser
import Core
import Octopus

/// `nante octopus target show`.
struct OctopusTargetShow: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a target.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name or id of the target.")
    var name: String

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let machine = try await client.require(Machine.self, name)
        try await OctopusTargetView(client).render(machine, format.output, context)
    }
}
