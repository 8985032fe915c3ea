import ArgumentParser

/// `nante lab`: the platform on this machine.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "The platform on this machine: its services and hosts.",
        discussion: """
            The lab runs in the background and is started by any command that needs it. Its data is in NANTE_HOME
            (/var/lib/nante as root, else ~/.local/share/nante).
            """,
        subcommands: [
            LabUp.self, LabDown.self, LabShowStatus.self, LabEnv.self, LabLogs.self, LabReset.self, LabCheck.self,
            LabHost.self, LabImageCommand.self, LabRepo.self, LabServeCommand.self,
        ])
}
