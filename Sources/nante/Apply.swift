import ArgumentParser
import Console
import Core
import Provisioning

/// `nante apply`.
struct ApplyCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring the hosts of an environment to what nante.yml says.",
        discussion: """
            Makes hosts, configures them and registers them as targets in Octopus; removes what is gone from nante.yml.
            Run again it changes nothing, and takes up what was cut off.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The environment of nante.yml.")
    var environment: String

    func run(_ context: Context) async throws {
        let start = context.time.elapsed()
        let provision = try await Provision(global, environment: environment, context: context)
        context.terminal.say(provision.platform.line)
        let plan = try await provision.provisioner().apply()
        try Output.render(plan.json, as: format.output, to: context.terminal) {
            Provision.table(plan, all: false)
        }
        let time = (context.time.elapsed() - start).short
        context.terminal.say("\(environment): \(plan.outcome) (\(time))")
        try StepOutput.set(["changes": "\(plan.changes.count)"], context: context)
    }
}
