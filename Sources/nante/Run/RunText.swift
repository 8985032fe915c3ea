import ArgumentParser
import Console
import Core
import Foundation
import Workflows

/// What a person reads before and after a run.
enum RunText {
    static func opening(_ run: WorkflowRun, _ context: Context) {
        context.terminal.say("run      \(run.title)  (\(run.shortID))")
        for note in run.notes { context.terminal.say("note     \(note)") }
    }

    /// The jobs as a table, and the end as an exit code.
    ///
    /// - Throws: a failure that explains the first step that failed; exit code 130 for a run that was cancelled.
    static func close(_ report: RunReport, _ run: WorkflowRun, _ format: RunFormat, _ context: Context) throws {
        if format == .table {
            context.terminal.say("")
            for line in table(report).lines() { context.terminal.out(line + "\n") }
            let outputs = outputs(report).lines()
            if !outputs.isEmpty { context.terminal.out("\n" + outputs.joined(separator: "\n") + "\n") }
        }
        switch report.result {
        case .cancelled where report.cancelled != nil: throw ExitCode(Exit.interrupted(signal: 2).code)
        case .success, .skipped: return
        default: throw failure(report, run, context)
        }
    }

    /// The jobs with their steps, each with its result and time.
    static func table(_ report: RunReport) -> Table {
        let rows = report.jobs.values.flatMap { job -> [[String]] in
            let head = [
                job.name, job.result?.rawValue ?? "unfinished", Duration.milliseconds(job.milliseconds).short,
                job.result == .success ? "" : job.message ?? "",
            ]
            return [head] + job.steps.filter { !$0.key.contains(".") }.values.compactMap(row)
        }
        let total = ["total", report.ending, Duration.milliseconds(report.milliseconds).short, ""]
        return Table(["STAGE", "RESULT", "TIME", "REMARK"], rows: rows + [total], right: [2])
    }

    private static func row(_ step: RunReport.Step) -> [String]? {
        guard let record = step.record, record.conclusion != .skipped else { return nil }
        return [
            "  " + step.name.split(separator: "\n").joined(separator: " ").prefix(60), record.conclusion.rawValue,
            Duration.milliseconds(record.milliseconds).short, "",
        ]
    }

    /// What the run gave out: the outputs of the jobs of the workflow itself.
    private static func outputs(_ report: RunReport) -> Table {
        let rows = report.jobs.filter { !$0.key.contains("/") }.values.flatMap { job in
            job.outputs.map { [$0.key, String($0.value.prefix(100)), job.name] }
        }
        return Table(["OUTPUT", "VALUE", "JOB"], rows: rows)
    }

    private static func failure(_ report: RunReport, _ run: WorkflowRun, _ context: Context) -> Failure {
        let next = "nante runs show \(run.shortID)"
        guard let (job, step) = report.firstFailure else {
            let ended = report.jobs.values.first { $0.result == .cancelled }
            return Failure(.failed, "\(run.title) did not end well", why: ended?.message, next: [next])
        }
        guard let step, let record = step.record else {
            return Failure(.failed, "\(job.name) failed", why: job.message, next: [next])
        }
        let log = step.header.flatMap { try? run.log($0.log) } ?? ""
        let lines = log.split(separator: "\n").suffix(15).map(String.init)
        let script = record.script.map { $0.split(separator: "\n").joined(separator: " ⏎ ") }
        return Failure(
            .failed, "\(step.name) failed in \(job.name)", where: "job \(job.key), step \(record.step)",
            why: record.message, details: script.map { [Failure.Detail("script", $0)] } ?? [], evidence: lines,
            next: [next, "nante runs logs \(run.shortID) --job '\(job.key)'"])
    }
}
