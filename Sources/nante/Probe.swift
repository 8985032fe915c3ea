import ArgumentParser
import Console
import Core
import Deploying
import Synchronization

/// `nante probe URL`.
struct ProbeCommand: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Send steady traffic to an address and tell the fate of every request.",
        discussion: """
            Exits with 1 when a request that may be repeated failed. Half of the requests use a connection of their
            own. Ends after --for, or when it is interrupted.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Address before the paths, such as http://10.87.0.10.")
    var url: String
    @Option(help: "Requests a second, 1 to 1000.")
    var rate = 50
    @Option(name: .customLong("for"), help: "How long to send, such as 30s.")
    var length: Seconds = Seconds(duration: .seconds(10))
    @Option(parsing: .singleValue, help: "A path asked by GET; may be given several times.")
    var get: [String] = []
    @Option(parsing: .singleValue, help: "A path asked by POST with {}; may be given several times.")
    var post: [String] = []

    func run(_ context: Context) async throws {
        let plan = try ProbePlan(url: url, rate: rate, get: get.isEmpty && post.isEmpty ? ["/"] : get, post: post)
        let prober = Prober(plan, context: context)
        let sending = Task { await prober.run() }
        // An interrupt ends the sending, not the report.
        try? await context.time.sleep(for: length.duration)
        prober.stop()
        await sending.value
        let report = prober.report
        try Output.render(report.json, as: format.output, to: context.terminal) { ProbeTable.table(report) }
        if format.output == .table { ProbeTable.remarks(report).forEach(context.terminal.say) }
        if report.total.failed > 0 { throw ExitCode(Exit.failed.code) }
    }
}

/// The prober's report for people.
enum ProbeTable {
    /// A row a phase and one for all.
    static func table(_ report: ProbeReport) -> Table {
        var rows: [[String]] = []
        let phases = ProbePhase.allCases.filter { report[$0].sent > 0 }
        if phases.count > 1 { rows = phases.map { row($0.rawValue, report[$0]) } }
        rows.append(row("all", report.total))
        return Table(
            ["PHASE", "SENT", "FAILED", "UNKNOWN", "SLOWED", "P50", "P95", "P99", "MAX"], rows: rows,
            right: Set(1...8))
    }

    private static func row(_ name: String, _ tally: ProbeTally) -> [String] {
        let times = [0.5, 0.95, 0.99].map { tally.latency.percentile($0).short } + [tally.latency.longest.short]
        return [name, "\(tally.sent)", "\(tally.failed)", "\(tally.unknown)", "\(tally.slowed)"] + times
    }

    /// The first bad requests, and what the machine of the prober did to them.
    static func remarks(_ report: ProbeReport) -> [String] {
        var lines = report.bad.prefix(5).map { bad in
            "  \(bad.outcome.rawValue) after \(bad.at.short): \(bad.request.method) \(bad.request.path)"
                + " \(bad.message ?? "") (\(bad.latency.short))"
        }
        if report.bad.count > 5 { lines.append("  … and \(report.bad.count - 5) more (--output json)") }
        if report.skipped > 0 { lines.append("  \(report.skipped) were not sent: too many were under way") }
        if report.lag > .milliseconds(100) {
            lines.append("  this machine is busy: a request left up to \(report.lag.short) late")
        }
        return lines
    }
}

/// A duration on the command line: "250ms", "20s", "5m", "1h" or seconds.
struct Seconds: ExpressibleByArgument, Sendable {
    var duration: Duration
    var defaultValueDescription: String { duration.short }

    init(duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let duration = Duration(short: argument) else { return nil }
        self.duration = duration
    }
}
