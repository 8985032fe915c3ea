import ArgumentParser
import Core
import Octopus

/// `nante octopus project export`.
struct OctopusProjectExport: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a live project as a file that `apply` takes.",
        discussion: "Secrets are not in it: a sensitive variable takes its value from ValueFrom when it is applied.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The project's name, id or slug.")
    var project: String
    @Option(help: "The file to write; standard output where it is left out.")
    var file: String?

    func run(_ context: Context) async throws {
        let code = ProjectCode(try await global.octopus(context))
        let text = try StrictYAML.text(try await code.export(project))
        guard let file else { return context.terminal.out(text) }
        try context.files.write(text, to: context.path(file))
        context.terminal.say("\(file) written")
    }
}
