import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus deployment show`.
struct OctopusDeploymentShow: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a deployment.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Id of the deployment.")
    var deployment: String

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let view = try await OctopusDeploymentView([try await client.deployment(deployment)], client)
        try Output.render(view.values.first ?? .null, as: format.output, to: context.terminal) { view.table }
    }
}
