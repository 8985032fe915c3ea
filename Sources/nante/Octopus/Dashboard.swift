import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus dashboard`.
struct OctopusDashboard: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Show which release of each project each environment has.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let board = try await global.octopus(context).dashboard()
        try Output.render(board.json, as: format.output, to: context.terminal) {
            let rows = board.projects.map { project in
                [project.name]
                    + board.environments.map { environment in
                        let item = board.items.first {
                            $0.projectId == project.id && $0.environmentId == environment.id
                        }
                        return item.map { "\($0.releaseVersion) \($0.state.name)" } ?? "–"
                    }
            }
            return Table(["PROJECT"] + board.environments.map { $0.name.uppercased() }, rows: rows)
        }
    }
}
