import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus project apply`.
struct OctopusProjectApply: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make a project what a file says.",
        discussion: """
            The file has the members of Octopus' API, and names where the API has ids; see examples/octopus.yml.
            Only what differs is touched; a second run changes nothing. A section that the file leaves out
            (Channels, Variables, DeploymentProcess) is left alone. The server never gives a secret back, so an
            existing one is kept; --secrets sends it again.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The file, octopus.yml by custom.")
    var file: String
    @Flag(help: "Show what would change, and change nothing; exits with 1 where something would.")
    var dryRun = false
    @Flag(help: "Send the values of sensitive variables again.")
    var secrets = false

    func run(_ context: Context) async throws {
        let path = context.path(file)
        guard context.files.exists(path) else { throw Failure(.usage, "the file \(file) does not exist") }
        let wanted = try StrictYAML.read(ProjectFile.self, text: try context.files.readText(path), file: file)
        let code = ProjectCode(try await global.octopus(context, changes: !dryRun))
        let changes = try await dryRun ? code.changes(wanted) : code.apply(wanted, resendsSecrets: secrets)
        let name = wanted.project.name
        if changes.isEmpty { context.terminal.say("project \(name) is unchanged") }
        try Output.render(
            ["project": .string(name), "changes": .array(changes.map(OctopusProjectApply.value))],
            as: format.output, to: context.terminal
        ) {
            changes.flatMap(\.lines)
        }
        try StepOutput.set(
            ["project": name, "changed": changes.isEmpty ? "false" : "true"], context: context)
        if dryRun, !changes.isEmpty { throw ExitCode(Exit.failed.code) }
    }

    private static func value(_ change: ProjectChange) -> JSONValue {
        [
            "kind": .string("\(change.kind)"), "what": .string(change.what),
            "details": .array(change.details.map { .string($0) }),
        ]
    }
}
