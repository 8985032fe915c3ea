import ArgumentParser
import Console
import Core
import Nexus

/// `nante nexus raw delete`.
struct NexusRawDelete: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a file, or with --repository a whole repository.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository.")
    var name: String
    @Argument(help: "Path in the repository.")
    var path: String?
    @Flag(name: .customLong("repository"), help: "Delete the repository with all in it.")
    var whole = false
    @Flag(name: .shortAndLong, help: "Do not ask before a repository is deleted.")
    var yes = false

    func validate() throws {
        guard (path == nil) == whole else { throw ValidationError("give either a path or --repository") }
    }

    func run(_ context: Context) async throws {
        let name = try NexusName(name)
        let place = try path.map { try NexusPath($0) }
        let client = try await global.nexus(context, changes: true)
        if let place {
            try NexusShow.render(try await client.delete(name, place), "\(place)", as: format.output, context)
        } else {
            try Confirm.ask("Delete the repository \(name) with all in it?", yes: yes, context: context)
            try NexusShow.render(try await client.deleteRepository(name), "\(name)", as: format.output, context)
        }
    }
}
