import ArgumentParser
import Console
import Core
import Provisioning

/// `nante destroy`.
struct DestroyCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Remove the hosts of an environment and their targets.",
        discussion: """
            Names what goes and asks for the name of the environment. The environment in Octopus stays: it holds the
            history of deployments.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The environment.")
    var environment: String
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        try await Provision.with(global, environment: environment, wanted: false, context: context) { provision in
            try await destroy(provision, context)
        }
    }

    private func destroy(_ provision: Provision, _ context: Context) async throws {
        context.terminal.say(provision.platform.line)
        let destroyer = Destroyer(
            environment: environment, maker: provision.maker, registry: provision.registry, key: provision.key,
            folder: context.workingDirectory, context: context, report: provision.report.show)
        let plan = try await destroyer.plan()
        try Output.render(plan.json, as: format.output, to: context.terminal) { Provision.table(plan, all: true) }
        guard !plan.items.isEmpty else { return context.terminal.say("\(environment): nothing to remove") }
        try plan.refuse(replacing: [])
        try confirm(context)
        try await destroyer.destroy(plan)
        context.terminal.say("\(environment): removed \(plan.items.count)")
    }

    private func confirm(_ context: Context) throws {
        if yes { return }
        context.terminal.err("Type the name of the environment to remove all of this: ")
        let answer = context.terminal.readLine()
        if answer == nil { context.terminal.say("") }
        guard answer == environment else {
            throw Failure(
                .refused, "nothing was changed",
                why: answer == nil ? "nobody can be asked" : "that is not \(environment)", next: ["--yes"])
        }
    }
}
