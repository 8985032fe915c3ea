import Core
import Foundation
import Synchronization

/// Runs the tests of an app and holds its coverage against a gate.
public struct TestRun: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// The numbers.
        public var summary: TestSummary
        /// The release whose tests were run on the same source; nil when they were run now.
        public var unchanged: String?
        /// What go said; nothing where they were not run now.
        public var report: GoTestReport
        /// The coverage by file; nothing where they were not run now.
        public var coverage: Coverage
        /// The gate, 0 to 100; nil where there is none.
        public var gate: Double?
        /// The file with all results; nil where they were not run now.
        public var junit: String?
    }

    /// The source.
    public var source: AppSource
    /// The least coverage, 0 to 100; nil for no gate.
    public var gate: Double?
    /// Where tests of the same source are looked up; nil runs them whatever is known.
    public var releases: Releases?
    /// The effects.
    public var context: Context

    /// A run.
    public init(_ source: AppSource, gate: Double?, releases: Releases?, context: Context) {
        self.source = source
        self.gate = gate
        self.releases = releases
        self.context = context
    }

    /// Runs the tests, or finds that they passed for a release of the same source, compiler and tags.
    ///
    /// - Throws: a failure only when the tests can't be run; that they failed is in the outcome.
    public func run() async throws -> Outcome {
        if let known = try? await releases?.find(source.app.name, fingerprint: source.fingerprint),
            let tests = known.tests
        {
            return Outcome(
                summary: tests, unchanged: known.version, report: GoTestReport(), coverage: Coverage(profile: ""),
                gate: gate, junit: nil)
        }
        let app = source.app.name
        try OutputFolder.prepare(source.output, context: context)
        let profile = source.output.appending(path: "\(app).cover.out")
        try context.files.remove(profile)
        let report = try await runGo(profile)
        let text = context.files.exists(profile) ? try context.files.readText(profile) : ""
        let coverage = Coverage(profile: text)
        let leaves = report.leaves
        let summary = TestSummary(
            passed: leaves.count { $0.ending == .passed }, failed: leaves.count { $0.ending == .failed },
            skipped: leaves.count { $0.ending == .skipped }, coverage: coverage.percent)
        let junit = source.output.appending(path: "\(app).junit.xml")
        try context.files.write(JUnit.xml(report, app: app), to: junit)
        let outcome = Outcome(
            summary: summary, unchanged: nil, report: report, coverage: coverage, gate: gate, junit: junit)
        if summary.failed == 0 && !outcome.hasBrokenPackage {
            try summary.save(app, fingerprint: source.fingerprint, in: source.output, context: context)
        } else {
            try context.files.remove(source.output.appending(path: TestSummary.name(app)))
        }
        return outcome
    }

    private func runGo(_ profile: String) async throws -> GoTestReport {
        let gathered = Gathered()
        let terminal = context.terminal
        let command = GoTool.test(source.app.build.tags, profile: profile, folder: source.folder)
        let result = try await context.processes.run(command) { line in
            guard let package = gathered.take(line.text) else { return }
            let mark = package.ending == .passed ? "ok  " : package.ending == .failed ? "FAIL" : "-   "
            terminal.say("\(mark)  \(package.name)  \(Duration.milliseconds(Int(package.seconds * 1000)).short)")
        }
        let report = gathered.report
        // Exit codes of go test: 0 passed, 1 failed; 2 and others before any test was run.
        if !result.succeeded, report.packages.allSatisfy({ $0.ending != .failed }) {
            throw Failure(
                .failed, "the tests of \(source.app.name) can't be run", where: source.folder,
                why: "go test \(result.ending.words)", evidence: Array(report.other.suffix(15)))
        }
        return report
    }

    /// The report while it grows, on the threads that read go's output.
    private final class Gathered: Sendable {
        private let state = Mutex(GoTestReport())
        var report: GoTestReport { state.withLock { $0 } }
        func take(_ line: String) -> GoTestReport.Package? { state.withLock { $0.take(line) } }
    }
}

extension TestRun.Outcome {
    /// A package failed in which no test did: it does not compile, or its process died.
    var hasBrokenPackage: Bool { report.packages.contains { $0.ending == .failed } }

    /// Why the step fails; nil when it does not.
    public func failure(_ app: String) -> Failure? {
        let results = junit.map { [Failure.Detail("results", $0)] } ?? []
        let failed = report.leaves.filter { $0.ending == .failed }
        if !failed.isEmpty {
            var evidence: [String] = []
            for test in failed.prefix(3) {
                evidence.append("\(test.package.lastPathComponent) \(test.name)")
                evidence += test.output.suffix(8).map { "    " + $0.trimmingCharacters(in: .whitespaces) }
            }
            if failed.count > 3 { evidence.append("and \(failed.count - 3) more") }
            let what = failed.count == 1 ? "a test of \(app) failed" : "\(failed.count) tests of \(app) failed"
            return Failure(.failed, what, why: summary.line, details: results, evidence: evidence)
        }
        if let broken = report.packages.first(where: { $0.ending == .failed }) {
            let lines = report.other.isEmpty ? broken.output : report.other
            return Failure(
                .failed, "the tests of \(app) can't be run", where: broken.name, details: results,
                evidence: Array(lines.suffix(12)))
        }
        guard let gate, summary.coverage < gate else { return nil }
        let gaps = coverage.gaps.prefix(5).map {
            "\($0.percent.percentText.padding(to: 8))\($0.name), \($0.missed) of \($0.statements) statements not run"
        }
        return Failure(
            .failed, "coverage of \(app) is \(summary.coverage.percentText), the gate is \(gate.percentText)",
            why: summary.passed + summary.failed == 0 ? "it has no tests" : nil, details: results,
            evidence: Array(gaps), next: unchanged == nil ? [] : ["nante test \(app) --force shows where"])
    }

    /// The outcome as data.
    public func json(_ app: String) -> JSONValue {
        let failures = report.leaves.filter { $0.ending == .failed }.map { test -> JSONValue in
            [
                "package": .string(test.package), "test": .string(test.name),
                "output": .array(test.output.map { .string($0) }),
            ]
        }
        let packages = report.packages.map { package -> JSONValue in
            [
                "package": .string(package.name), "result": .string(package.ending.rawValue),
                "seconds": .number(package.seconds),
            ]
        }
        return [
            "app": .string(app), "passed": .number(Double(summary.passed)), "failed": .number(Double(summary.failed)),
            "skipped": .number(Double(summary.skipped)), "coverage": .number(summary.coverage),
            "minCoverage": gate.map { .number($0) } ?? .null, "unchanged": unchanged.map { .string($0) } ?? .null,
            "packages": .array(packages), "failures": .array(failures), "junit": junit.map { .string($0) } ?? .null,
        ]
    }

    /// A few lines of Markdown for the page of a run.
    public func markdown(_ app: String) -> String {
        let mark = failure(app) == nil ? "passed" : "failed"
        let numbers = "\(summary.passed) | \(summary.failed) | \(summary.skipped) | \(summary.coverage.percentText)"
        return """
            ### Tests of \(app): \(mark)

            | passed | failed | skipped | coverage | gate |
            |---:|---:|---:|---:|---:|
            | \(numbers) | \(gate.map { $0.percentText } ?? "none") |

            """
    }
}
