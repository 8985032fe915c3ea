import ArgumentParser
import Core
import Octopus

/// `nante octopus deployment list`.
struct OctopusDeploymentList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List deployments, newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "Only those of this project.")
    var project: String?
    @Option(name: .shortAndLong, help: "Only those to this environment.")
    var environment: String?
    @Option(help: "How many at most.")
    var limit = 30

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let found: Project? = if let project { try await client.require(Project.self, project) } else { nil }
        let place: DeploymentEnvironment? =
            if let environment { try await client.require(DeploymentEnvironment.self, environment) } else { nil }
        let all = try await client.deployments(project: found, environment: place, limit: limit)
        let view = try await OctopusDeploymentView(all, client)
        try OctopusShow.list(view.values, format.output, context) { view.table }
    }
}
