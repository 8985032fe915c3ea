import ArgumentParser
import Console
import Core
import Deploying
import Foundation

/// `nante status`.
struct StatusCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what is deployed where, as Octopus and as the hosts know it.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Only this application.")
    var app: String?
    @Option(name: .shortAndLong, help: "Only this environment.")
    var environment: String?
    @Flag(help: "Exit with 1 when two answers disagree or something is not healthy.")
    var check = false

    func run(_ context: Context) async throws {
        let tools = try await DeployTools(global, context)
        let survey = try await Survey.make(tools.server, tools.slots, app: app, environment: environment)
        try Output.render(survey.json, as: format.output, to: context.terminal) {
            Table(
                ["APP", "ENVIRONMENT", "HOST", "SLOT", "OCTOPUS", "ON THE HOST", "HEALTHY", "SINCE"],
                rows: survey.rows.map { row in
                    [
                        row.app, row.environment, row.host?.name ?? "-", row.slot ?? "-", row.octopus ?? "-",
                        row.version ?? "-", row.healthy.map { $0 ? "yes" : "no" } ?? "-",
                        row.since.map { ($0.iso8601.prefix(19) + "Z") } ?? "-",
                    ]
                })
        }
        if survey.rows.isEmpty { context.terminal.say("nothing is deployed yet") }
        let unsound = survey.rows.filter { !$0.isSound }
        for row in unsound {
            let place = row.host?.name ?? row.environment
            context.terminal.say("  \(row.app) on \(place): \(row.notes.joined(separator: "; "))")
        }
        if check, !unsound.isEmpty { throw ExitCode(Exit.failed.code) }
    }
}
