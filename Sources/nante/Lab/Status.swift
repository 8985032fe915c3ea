import ArgumentParser
import Console
import Core
import Lab

/// `nante lab status`.
struct LabShowStatus: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the lab's services, and calls that it does not serve.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let report = try await LabReport.make(context)
        try Output.render(report.value, as: format.output, to: context.terminal, lines: report.lines)
    }
}
