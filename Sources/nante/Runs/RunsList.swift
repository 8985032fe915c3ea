import ArgumentParser
import Console
import Core
import Workflows

/// `nante runs list`.
struct RunsList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs, the latest first.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "At most so many.")
    var limit = 20

    func run(_ context: Context) async throws {
        let store = try await RunsCommand.store(context)
        let reports = try store.ids().suffix(max(0, limit)).reversed().map { try store.report($0) }
        if reports.isEmpty, format.output == .table { context.terminal.say("there are no runs here") }
        try Output.render(.array(reports.map(\.json)), as: format.output, to: context.terminal) {
            Table(
                ["ID", "WORKFLOW", "EVENT", "COMMIT", "RESULT", "STARTED", "TIME"], rows: reports.map(row), right: [6])
        }
    }

    private func row(_ report: RunReport) -> [String] {
        [
            String(report.id.split(separator: "-").last ?? ""), report.header?.name ?? "", report.header?.event ?? "",
            String(report.header?.sha.prefix(7) ?? ""), report.ending, String(report.started.prefix(19)) + "Z",
            Duration.milliseconds(report.milliseconds).short,
        ]
    }
}
