import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus deployment create`.
struct OctopusDeploymentCreate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Deploy a release to an environment.",
        discussion: """
            --wait streams the log until the deployment ends; the exit code is then its result: 0 for success, 1 for
            failure, 130 for cancelled, 124 when the deadline passes. `nante deploy` does more: it watches from outside
            and goes back when the release is bad.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @OptionGroup var waiting: OctopusWaiting
    @Option(name: .shortAndLong, help: "The project's name, id or slug.")
    var project: String
    @Option(help: "The release's version.")
    var release: String
    @Option(name: .shortAndLong, help: "The environment's name.")
    var environment: String
    @Option(help: "A prompted variable: NAME=VALUE; may be given again. Never a secret.")
    var variable: [String] = []
    @Option(help: "Only this target; may be given again.")
    var target: [String] = []
    @Option(help: "A step to skip; may be given again.")
    var skipStep: [String] = []
    @Flag(help: "Install packages again that a target has.")
    var forcePackageRedeployment = false
    @Flag(help: "Wait for the end and stream the log.")
    var wait = false

    func validate() throws {
        for text in variable where !text.contains("=") { throw ValidationError("--variable \(text) is not NAME=VALUE") }
    }

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let found = try await client.require(Project.self, project)
        let place = try await client.require(DeploymentEnvironment.self, environment)
        guard try await client.release(release, of: found) != nil else {
            throw Failure(
                .usage, "the project \(found.name) has no release \(release)",
                next: ["nante octopus release list --project \(found.name)"])
        }
        let pairs = variable.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        let command = CreateDeploymentCommand.make {
            $0.projectName = found.name
            $0.releaseVersion = release
            $0.environmentNames = [place.name]
            $0.variables = Dictionary(pairs.map { (String($0[0]), String($0[1])) }) { $1 }
            $0.specificMachineNames = target
            $0.skipStepNames = skipStep
            $0.forcePackageRedeployment = forcePackageRedeployment
        }
        guard let made = try await client.deploy(command).first else {
            throw Failure(.missing, "Octopus made no deployment of \(found.name) \(release)")
        }
        context.terminal.say("\(made.deploymentId) (\(made.serverTaskId)): \(found.name) \(release) to \(place.name)")
        try StepOutput.set(
            ["deployment-id": made.deploymentId, "task-id": made.serverTaskId], context: context)
        if wait {
            _ = try await waiting.follow(
                made.serverTaskId, next: ["nante octopus deployment logs \(made.deploymentId)"], client, context)
        }
        let view = try await OctopusDeploymentView([try await client.deployment(made.deploymentId)], client)
        try Output.render(view.values.first ?? .null, as: format.output, to: context.terminal) { view.table }
    }
}
