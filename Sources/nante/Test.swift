import ArgumentParser
import Building
import Console
import Core

/// `nante test`: the tests of an app, with a gate on their coverage.
struct Test: NanteCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the tests of an app and hold its coverage against a gate.",
        discussion: """
            Writes dist/APP.junit.xml and dist/APP.cover.out. Tests that passed for a published release of the same \
            source, compiler and tags are not run again.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The app, as nante.yml names it.")
    var app: String

    @Option(help: "The least part of the statements that the tests must run, 0 to 100.")
    var minCoverage: Double?

    @Option(help: "Folder for the results, below the app's folder.")
    var outputDir = "dist"

    @Flag(help: "Run the tests also when they passed for a published release of the same source.")
    var force = false

    func validate() throws {
        if let minCoverage, !(0...100).contains(minCoverage) {
            throw ValidationError("--min-coverage is a number from 0 to 100")
        }
    }

    func run(_ context: Context) async throws {
        let manifest = try Manifest.load(context)
        let source = try await AppSource.readAsBuilt(try manifest.app(app), output: outputDir, context: context)
        let releases = force ? nil : global.publishedReleases(context, manifest)
        let outcome = try await TestRun(source, gate: minCoverage, releases: releases, context: context).run()
        if let version = outcome.unchanged {
            context.terminal.say("unchanged, the tests passed when \(version) was built from the same tree")
        }
        let summary = outcome.summary
        try StepOutput.set(
            [
                "passed": "\(summary.passed)", "failed": "\(summary.failed)", "skipped": "\(summary.skipped)",
                "coverage": "\(summary.coverage)",
            ], context: context)
        try StepOutput.summary(outcome.markdown(app), context: context)
        try Output.render(outcome.json(app), as: output.output, to: context.terminal) {
            Table(
                ["APP", "PASSED", "FAILED", "SKIPPED", "COVERAGE", "GATE"],
                rows: [
                    [
                        app, "\(summary.passed)", "\(summary.failed)", "\(summary.skipped)", "\(summary.coverage) %",
                        minCoverage.map { "\($0) %" } ?? "none",
                    ]
                ], right: [1, 2, 3, 4, 5])
        }
        if let failure = outcome.failure(app) { throw failure }
    }
}
