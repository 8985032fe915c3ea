import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus environment`.
struct OctopusEnvironment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment", abstract: "Environments.",
        subcommands: [OctopusEnvironmentList.self, OctopusEnvironmentCreate.self])
}

/// `nante octopus environment list`.
struct OctopusEnvironmentList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List environments in their order.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let all = try await global.octopus(context).all(DeploymentEnvironment.self).sorted {
            $0.sortOrder < $1.sortOrder
        }
        try OctopusShow.list(all.map(\.json), format.output, context) {
            Table(["ENVIRONMENT", "DESCRIPTION", "ID"], rows: all.map { [$0.name, $0.description ?? "", $0.id] })
        }
    }
}

/// `nante octopus environment create`.
struct OctopusEnvironmentCreate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an environment; one that is there is fine.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the environment.")
    var name: String
    @Option(help: "What it is for.")
    var description: String?

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let (environment, change) = try await client.ensureEnvironment(name, description: description)
        OctopusShow.change(change, "environment \(environment.name)", context)
        if format.output != .table { context.terminal.out(environment.json.text(indent: 2) + "\n") }
        try StepOutput.set(["environment-id": environment.id, "change": change.rawValue], context: context)
    }
}
