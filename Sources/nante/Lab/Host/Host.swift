import ArgumentParser

/// `nante lab host`: the machines of the lab.
struct LabHost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Make and use hosts of the lab: real Linux machines in system containers.",
        subcommands: [
            LabHostCreate.self, LabHostList.self, LabHostDelete.self, LabHostStart.self, LabHostStop.self,
            LabHostExec.self, LabHostSSH.self,
        ])
}
