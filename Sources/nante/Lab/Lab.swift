import ArgumentParser

/// `nante lab`: the platform on this machine.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "The platform on this machine: its services and hosts.",
        subcommands: [LabHost.self])
}
