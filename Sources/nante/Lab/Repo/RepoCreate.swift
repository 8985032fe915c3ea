import ArgumentParser
import Console
import Core
import Git
import Lab

/// `nante lab repo create`.
struct LabRepoCreate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a repository; a push to it runs the workflows that it triggers.",
        discussion: "Paths of nante.yml's library are taken from the folder in which this command runs.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the repository.")
    var name: String

    func run(_ context: Context) async throws {
        let repository = Repository(context: context, folder: context.workingDirectory)
        let source = try await repository.exists() ? context.workingDirectory : nil
        let (repo, created) = try await LabRepos(context).create(try RepoName(name), source: source)
        context.terminal.say(created ? "the repository \(repo.name) is made" : "the repository was there already")
        context.terminal.say("  next     git remote add lab \(repo.path)  ·  git push lab main")
        try Output.render(LabRepoShow.value(repo), as: format.output, to: context.terminal) { [repo.path] }
    }
}
