import ArgumentParser
import Console
import Core
import Workflows

/// `nante runs show`.
struct RunsShow: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run: its jobs and steps, outputs and annotations.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The run's id, the short id at its end, or last.")
    var run = "last"

    func run(_ context: Context) async throws {
        let store = try await RunsCommand.store(context)
        let report = try store.report(try store.find(run))
        let style = Style(context.terminal)
        try Output.render(report.json, as: format.output, to: context.terminal, lines: { lines(report, style) })
    }

    private func lines(_ report: RunReport, _ style: Style) -> [String] {
        var lines = [
            "\(report.header?.name ?? report.id)  \(report.ending)  "
                + "\(Duration.milliseconds(report.milliseconds).short)",
            "  run      \(report.id)",
        ]
        if let header = report.header {
            lines.append("  file     \(header.workflow)")
            lines.append("  commit   \(header.sha.prefix(12)) \(header.ref) of \(header.repository)")
            lines.append("  event    \(header.event)")
            if !header.inputs.isEmpty {
                lines.append("  inputs   \(header.inputs.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))")
            }
        }
        for job in report.jobs.values {
            lines.append("")
            lines.append(entry(job.name, job.result, job.milliseconds, job.message))
            for (number, step) in job.steps {
                let depth = number.filter { $0 == "." }.count + 1
                let record = step.record
                let text = entry(
                    "\(number) \(step.name)", record?.outcome, record?.milliseconds ?? 0, record?.message)
                lines.append(String(repeating: "  ", count: depth) + text)
            }
            lines += job.outputs.map { "  output \($0.key)=\($0.value)" }
            lines += job.annotations.map { "  \($0.level.rawValue): \($0.text)" }
        }
        return lines
    }

    private func entry(_ name: String, _ result: Conclusion?, _ milliseconds: Int, _ message: String?) -> String {
        let remark = result == .success ? "" : message.map { "  \($0)" } ?? ""
        let time = result == .skipped ? "" : " (\(Duration.milliseconds(milliseconds).short))"
        return "\(result?.rawValue ?? "unfinished")  \(name)\(time)\(remark)"
    }
}
