import ArgumentParser

/// `nante nexus`: artifacts.
struct NexusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nexus", abstract: "Artifacts in Nexus Repository.", subcommands: [NexusRaw.self])
}
