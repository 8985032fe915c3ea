import ArgumentParser
import Console
import Core
import Provisioning

/// `nante plan`.
struct PlanCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what apply would change, and change nothing.",
        discussion: """
            Compares nante.yml with the hosts that are there, what is on them, and the targets in Octopus.

              nante plan --environment dev
              nante plan --environment dev --detailed-exitcode    (ends with 1 where something would change)
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The environment of nante.yml.")
    var environment: String
    @Flag(help: "Also show what stays as it is.")
    var all = false
    @Flag(help: "End with 1 where something would change.")
    var detailedExitcode = false

    func run(_ context: Context) async throws {
        try await Provision.with(global, environment: environment, context: context) { provision in
            let plan = try await provision.provisioner().plan()
            try Output.render(plan.json, as: format.output, to: context.terminal) {
                Provision.table(plan, all: all)
            }
            context.terminal.say("\(environment): \(plan.summary)")
            if detailedExitcode, !plan.changes.isEmpty { throw ExitCode(Exit.failed.code) }
        }
    }
}
