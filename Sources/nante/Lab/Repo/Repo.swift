import ArgumentParser
import Console
import Core
import Lab

/// `nante lab repo`: git repositories whose pushes run workflows.
struct LabRepo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repo", abstract: "Git repositories whose pushes run workflows.",
        subcommands: [LabRepoCreate.self, LabRepoList.self, LabRepoDelete.self, LabRepoReceive.self])
}

/// How repositories are shown.
enum LabRepoShow {
    static func value(_ repo: LabRepos.Repo) -> JSONValue {
        [
            "name": .string(repo.name), "path": .string(repo.path), "work": .string(repo.work),
            "branches": .array(repo.branches.map { .string($0) }),
        ]
    }
}
