import ArgumentParser
import Console
import Core
import Lab

/// `nante lab repo list`.
struct LabRepoList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the repositories.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let all = try await LabRepos(context).list()
        try Output.render(.array(all.map(LabRepoShow.value)), as: format.output, to: context.terminal) {
            Table(
                ["NAME", "REMOTE", "BRANCHES"],
                rows: all.map { [$0.name, $0.path, $0.branches.joined(separator: ", ")] })
        }
    }
}
