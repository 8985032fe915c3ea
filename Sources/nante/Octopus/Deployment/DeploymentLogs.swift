import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus deployment logs`.
struct OctopusDeploymentLogs: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of a deployment as a tree.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Id of the deployment.")
    var deployment: String
    @Flag(name: .shortAndLong, help: "Show also what is meant for those who look for a fault.")
    var verbose = false

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let details = try await client.taskDetails(try await client.deployment(deployment).taskId)
        var log = TaskLog(isVerbose: verbose)
        try Output.render(details.json, as: format.output, to: context.terminal) {
            log.news(in: details).map(\.text)
        }
    }
}
