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
            Run again it changes nothing, and takes up what was cut off. A host that can't be changed in place is never
            made anew unless --allow-replace names it. The hosts are then in .nante/inventory/ENVIRONMENT.json.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The environment of nante.yml.")
    var environment: String
    @Option(help: "A host that may be destroyed and made anew; may be given several times.")
    var allowReplace: [String] = []

    func run(_ context: Context) async throws {
        let start = context.time.elapsed()
        try await Provision.with(global, environment: environment, context: context) { provision in
            context.terminal.say(provision.platform.line)
            let plan = try await provision.provisioner(replacing: Set(allowReplace)).apply()
            let hosts = try Inventory.load(context.workingDirectory, environment: environment, context: context)
            try Output.render(plan.json(hosts), as: format.output, to: context.terminal) {
                Provision.table(plan, all: false)
            }
            let time = (context.time.elapsed() - start).short
            context.terminal.say("\(environment): \(plan.outcome) (\(time))")
            try StepOutput.set(["changes": "\(plan.changes.count)"], context: context)
        }
    }
}
