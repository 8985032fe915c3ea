import ArgumentParser
import Console
import Core
import Workflows

/// `nante runs logs`.
struct RunsLogs: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what the steps of a run printed.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The run's id, the short id at its end, or last.")
    var run = "last"
    @Option(help: "Only this job: its key or its name.")
    var job: String?
    @Option(help: "Only this step: its place in the job, or its id.")
    var step: String?
    @Flag(help: "Only steps that failed.")
    var failed = false

    func run(_ context: Context) async throws {
        let store = try await RunsCommand.store(context)
        let id = try store.find(run)
        let report = try store.report(id)
        let jobs = report.jobs.values.filter { job == nil || $0.key == job || $0.name == job }
        if jobs.isEmpty, let job {
            throw Failure(
                .usage, "the run has no job \(JSONValue.string(job).text())",
                why: "it has \(report.jobs.keys.joined(separator: ", "))")
        }
        var entries: [(job: String, step: String, name: String, text: String)] = []
        for job in jobs {
            for (number, found) in job.steps where wanted(number, found) {
                guard let header = found.header else { continue }
                entries.append((job.name, number, found.name, try store.log(id, header.log)))
            }
        }
        let data = entries.map { entry -> JSONValue in
            [
                "job": .string(entry.job), "step": .string(entry.step), "name": .string(entry.name),
                "text": .string(entry.text),
            ]
        }
        try Output.render(
            .array(data), as: format.output, to: context.terminal,
            lines: {
                entries.filter { !$0.text.isEmpty || failed }.flatMap { entry in
                    ["── \(entry.job) › \(entry.step) \(entry.name)"]
                        + entry.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
                            String.init)
                }
            })
    }

    private func wanted(_ number: String, _ found: RunReport.Step) -> Bool {
        if failed, found.record?.outcome != .failure { return false }
        return step == nil || step == number || step == found.header?.id
    }
}
