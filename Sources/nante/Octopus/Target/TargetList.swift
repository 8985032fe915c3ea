import ArgumentParser
import Core
import Octopus

/// `nante octopus target list`.
struct OctopusTargetList: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List targets.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Option(name: .shortAndLong, help: "Only those of this environment.")
    var environment: String?
    @Option(name: .shortAndLong, help: "Only those with this target tag.")
    var role: String?

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context)
        let view = try await OctopusTargetView(client)
        let place = try environment.map { try view.environments.requireNamed($0).id }
        let machines = try await client.all(Machine.self).filter { machine in
            (place.map { machine.environmentIds.contains($0) } ?? true)
                && (role.map { machine.roles.contains($0) } ?? true)
        }
        try OctopusShow.list(machines.map(\.json), format.output, context) { view.table(machines) }
    }
}
