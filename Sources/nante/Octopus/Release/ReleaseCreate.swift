import ArgumentParser
import Console
import Core
import Octopus

extension PackageChoice: ExpressibleByArgument {
    /// Reads `ID:VERSION` and its kin.
    public init?(argument: String) { self.init(argument) }
}

/// `nante octopus release create`.
struct OctopusReleaseCreate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a release; the same one again changes nothing.",
        discussion: """
            A package that --package does not name takes the release's version where the feed has it, else its newest.
            A release of that version with other packages is an error with exit code 4.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The project's name, id or slug.")
    var project: String
    @Option(help: "The release's version; left out, the project's rule gives the next one.")
    var version: String?
    @Option(help: "A package's version: ID:VERSION, STEP:ID:VERSION or '*:VERSION'; may be given again.")
    var package: [PackageChoice] = []
    @Option(help: "The channel's name; the default one where it is left out.")
    var channel: String?
    @Option(help: "Release notes, Markdown.")
    var notes: String?

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let (release, change) = try await client.ensureRelease(
            ReleaseRequest(project: project, version: version, packages: package, channel: channel, notes: notes))
        OctopusShow.change(change, "release \(release.version) (\(release.id))", context)
        try Output.render(release.json, as: format.output, to: context.terminal) {
            Table(
                ["STEP", "PACKAGE VERSION"], rows: release.selectedPackages.map { [$0.actionName, $0.version] })
        }
        try StepOutput.set(
            ["release": release.version, "release-id": release.id, "change": change.rawValue], context: context)
    }
}
