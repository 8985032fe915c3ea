import ArgumentParser
import Console
import Core
import Workflows

/// `nante workflow check`: faults of workflow files, with their places.
struct WorkflowCheckCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check workflow and action files; exit 1 where something is wrong.",
        discussion: """
            A file named action.yml or action.yaml is checked as an action, every other one as a workflow, together
            with the workflows that it calls, where their files are there.

            To check all workflows: nante workflow check .github/workflows/*.yml
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Workflow and action files.") var files: [String]

    func run(_ context: Context) async throws {
        let library = try global.manifestIfAny(context)?.library ?? [:]
        let checker = FileChecker(context: context, library: library)
        let faults = try files.flatMap { try checker.faults(in: $0) }
        try Output.render(FileChecker.json(faults), as: format.output, to: context.terminal) {
            faults.map { $0.description }
        }
        if format.output == .table, faults.isEmpty {
            context.terminal.say(files.count == 1 ? "1 file, no faults" : "\(files.count) files, no faults")
        }
        if !faults.isEmpty { throw ExitCode(Exit.failed.code) }
    }
}
