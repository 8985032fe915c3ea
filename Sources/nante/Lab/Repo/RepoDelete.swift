import ArgumentParser
import Core
import Lab

/// `nante lab repo delete`.
struct LabRepoDelete: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a repository with its runs.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Name of the repository.")
    var name: String
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run(_ context: Context) async throws {
        let name = try RepoName(name)
        let repos = LabRepos(context)
        guard try await repos.list().contains(where: { $0.name == "\(name)" }) else {
            return context.terminal.say("there is no repository \(name)")
        }
        try Confirm.ask("Delete the repository \(name) with its runs?", yes: yes, context: context)
        context.terminal.say(try repos.delete(name) ? "deleted" : "there is no repository \(name)")
    }
}
