import ArgumentParser
import Console
import Core
import Workflows

/// `nante workflow plan`: the jobs of a workflow as a graph.
struct WorkflowPlanCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show the jobs of a workflow: order, needs, work and matrix legs.",
        discussion: "To see what a push would run: nante workflow plan .github/workflows/ci.yml")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The workflow file.") var file: String

    func run(_ context: Context) async throws {
        let text = try FileChecker.text(of: file, context)
        let view = PlanView(try WorkflowParser.parse(text: text, file: file))
        try Output.render(view.json, as: format.output, to: context.terminal) {
            Table(
                ["STAGE", "JOB", "NEEDS", "WORK", "LEGS"],
                rows: view.rows.map { row in
                    let legs = row.legs.map { $0 == [row.job] ? "" : $0.joined(separator: ", ") }
                    return [
                        "\(row.stage + 1)", row.job, row.needs.joined(separator: ", "), row.work,
                        legs ?? "known at run time",
                    ]
                }, right: [0])
        }
    }
}
