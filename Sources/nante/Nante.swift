import ArgumentParser
import Core
import Foundation

/// The command `nante`; a link named `nante-cli` answers too.
@main
struct Nante: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nante",
        abstract: "From commit to running application on hardware you own.",
        discussion: """
            Without addresses of servers everything happens in the lab on this machine, which is started when it is \
            needed. With them (OCTOPUS_SERVER_URL, NEXUS_URL, … or nante.yml) it happens on your servers.
            """,
        version: Version.text,
        subcommands: [
            Build.self,
            DeployCommand.self,
            LabCommand.self,
            PlanCommand.self,
            ApplyCommand.self,
            DestroyCommand.self,
            DoctorCommand.self,
            NexusCommand.self,
            OctopusCommand.self,
            ProbeCommand.self,
            ProxmoxCommand.self,
            Publish.self,
            Reference.self,
            RollbackCommand.self,
            RunCommand.self,
            RunsCommand.self,
            StatusCommand.self,
            TerraformCommand.self,
            Test.self,
            WorkflowCommand.self,
        ])

    /// Usage errors end with 2, as every invalid input does.
    static func main() async {
        do {
            var command = try parseAsRoot(try leadingFolder(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = exitCode(for: error)
            guard code != .success, !(error is ExitCode) else { exit(withError: error) }
            Context.live().terminal.say(fullMessage(for: error))
            Foundation.exit(Exit.usage.code)
        }
    }

    /// Takes `-C FOLDER` in front of the command, as git does, and goes there.
    private static func leadingFolder(_ arguments: [String]) throws -> [String] {
        guard arguments.count >= 2, ["-C", "--directory"].contains(arguments[0]) else { return arguments }
        guard FileManager.default.changeCurrentDirectoryPath(arguments[1]) else {
            throw ValidationError("the folder \(arguments[1]) does not exist")
        }
        return Array(arguments.dropFirst(2))
    }
}
