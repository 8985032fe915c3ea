import ArgumentParser
import Core
import Git
import Workflows

/// `nante runs`: looks at runs of workflows that were.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Look at runs of workflows on this machine.",
        subcommands: [RunsList.self, RunsShow.self, RunsLogs.self])

    /// The runs of the repository at the working folder.
    static func store(_ context: Context) async throws -> RunStore {
        let here = Repository(context: context, folder: context.workingDirectory)
        return RunStore(context: context, root: try await here.exists() ? try await here.root() : here.folder)
    }
}
