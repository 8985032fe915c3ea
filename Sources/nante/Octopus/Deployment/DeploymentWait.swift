import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus deployment wait`.
struct OctopusDeploymentWait: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for the end of a deployment and stream its log.",
        discussion: "The exit code is its result: 0 success, 1 failure, 130 cancelled, 124 the deadline passed.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var waiting: OctopusWaiting
    @Argument(help: "Id of the deployment.")
    var deployment: String

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let found = try await client.deployment(deployment)
        let details = try await waiting.follow(
            found.taskId, next: ["nante octopus deployment logs \(found.id)"], client, context)
        try Output.render(details.task.json, as: format.output, to: context.terminal) { () -> [String] in [] }
    }
}
