import ArgumentParser
import Building
import Console
import Core

/// `nante build go`: the package of a Go app.
struct BuildGo: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "go",
        abstract: "Build the package of a Go app.",
        discussion: """
            The program is static, knows its version and commit (apps.NAME.build in nante.yml names the variables), \
            and the same source gives the same bytes. The package also holds app.env, nante.json and the deploy scripts.
            When a release was built of the same source in the same way, nothing is built and that release is named.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The app, as nante.yml names it.")
    var app: String

    @Option(help: "Operating system to build for, in Go's words.")
    var os = "linux"

    @Option(help: "Processor to build for, in Go's words; this machine's unless given.")
    var arch: String?

    @Option(help: "Folder for the result, below the app's folder.")
    var outputDir = "dist"

    @Flag(help: "Build also when a release with the same program is published.")
    var force = false

    func run(_ context: Context) async throws {
        let manifest = try Manifest.load(context)
        let source = try await AppSource.read(
            try manifest.app(app), output: outputDir, os: os, arch: arch, context: context)
        let releases = force ? nil : global.publishedReleases(context, manifest)
        let record = try await GoBuild(source, releases: releases, context: context).run()
        let package = record.file.map { source.output.appending(path: $0) } ?? ""
        try StepOutput.set(
            [
                "version": record.version, "docker-version": record.dockerVersion, "commit": record.commit,
                "fingerprint": record.fingerprint, "digest": record.digest, "package": package,
                "unchanged": record.isUnchanged ? "true" : "false",
            ], context: context)
        if record.isUnchanged {
            context.terminal.say("unchanged, \(record.version) was built from the same tree")
        }
        try Output.render(record.json, as: output.output, to: context.terminal) {
            Table(
                ["APP", "VERSION", "PLATFORM", "RESULT", "PACKAGE"],
                rows: [
                    [
                        record.app, record.version, "\(record.os)/\(record.arch)",
                        record.isUnchanged ? "unchanged" : "built", package,
                    ]
                ])
        }
    }
}
