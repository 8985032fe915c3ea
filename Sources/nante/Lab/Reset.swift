import ArgumentParser
import Core
import Lab

/// `nante lab reset`.
struct LabReset: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Take the lab's data away; with --all everything that it made.",
        discussion: """
            Without --all the services start empty next time: releases, artifacts, repositories and keys are gone.
            With --all the hosts, the bridge, the firewall rules and the images are gone too.
            """)
    @OptionGroup var global: GlobalOptions
    @Flag(help: "Also hosts, bridge, firewall rules and images.")
    var all = false
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let cleanup = LabCleanup(context)
        let plan = cleanup.plan(all: all)
        guard !plan.isEmpty else {
            return context.terminal.say("there is nothing to take away in \(cleanup.home.path)")
        }
        plan.forEach { context.terminal.say("takes away  \($0)") }
        try Confirm.ask("Take all of this away?", yes: yes, context: context)
        try await cleanup.run(all: all)
        context.terminal.say("done")
    }
}
