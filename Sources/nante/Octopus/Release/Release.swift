import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus release`.
struct OctopusRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Releases.",
        subcommands: [OctopusReleaseCreate.self, OctopusReleaseList.self])
}

/// `nante octopus release list`.
struct OctopusReleaseList: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the releases of a project, newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "The project's name, id or slug.")
    var project: String
    @Option(help: "How many at most.")
    var limit = 30

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let releases = try await client.releases(of: try await client.require(Project.self, project), limit: limit)
        try OctopusShow.list(releases.map(\.json), format.output, context) {
            Table(
                ["RELEASE", "MADE", "PACKAGES", "ID"],
                rows: releases.map { release in
                    let packages = release.selectedPackages.map { "\($0.actionName) \($0.version)" }
                    return [
                        release.version, OctopusShow.date(release.assembled), packages.joined(separator: ", "),
                        release.id,
                    ]
                })
        }
    }
}
