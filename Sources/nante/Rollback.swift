import ArgumentParser
import Core
import Deploying

/// `nante rollback APP`.
struct RollbackCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to the previous good release of an application.",
        discussion: """
            The release that is left is marked as bad in Octopus, so that the next rollback goes further back; with
            --to it is not. Releases that were found bad after their deployment are passed over.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var probing: ProbingOptions
    @Argument(help: "The application.")
    var app: String
    @Option(name: .shortAndLong, help: "The environment; OCTOPUS_ENVIRONMENT where it is left out.")
    var environment: String?
    @Option(name: .customLong("to"), help: "The version to go back to.")
    var version: String?
    @Option(help: "The longest that the deployment may take.")
    var timeout: Seconds = Seconds(duration: .seconds(600))

    func run(_ context: Context) async throws {
        let environment = try DeployTools.environment(environment, context)
        let tools = try await DeployTools(global, context)
        context.terminal.say(tools.platform.line)
        var options = try probing.options(for: try? tools.manifest?.app(app))
        options.timeout = timeout.duration
        options.run = context.environment["NANTE_RUN_ID"]?.split(separator: "-").last.map(String.init)
        let news = NewsProgress(context)
        let rollout = Rollout(
            tools.server, tools.slots, context: context, options: options, commits: DeployTools.commits(context),
            tell: { news.show($0) })
        do {
            let result = try await rollout.rollback(app: app, environment: environment, to: version)
            try RolloutView.show(result, as: format.output, context)
        } catch let error as CancellationError {
            await RunningDeployment(tools, app, environment).left(rollout.interrupted)
            throw error
        }
    }
}
