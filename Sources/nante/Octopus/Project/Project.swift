import ArgumentParser

/// `nante octopus project`.
struct OctopusProject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Projects as code.",
        subcommands: [OctopusProjectApply.self, OctopusProjectExport.self])
}
