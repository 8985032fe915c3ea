import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus target`.
struct OctopusTarget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "target", abstract: "Deployment targets.",
        subcommands: [
            OctopusTargetRegister.self, OctopusTargetUpdate.self, OctopusTargetList.self, OctopusTargetShow.self,
            OctopusTargetDelete.self,
        ])
}

/// How targets are shown.
struct OctopusTargetView {
    let environments: [DeploymentEnvironment]

    init(_ client: OctopusClient) async throws { environments = try await client.all(DeploymentEnvironment.self) }

    func table(_ machines: [Machine]) -> Table {
        Table(
            ["TARGET", "ENVIRONMENTS", "TAGS", "HEALTH", "REACHED AT", "ID"],
            rows: machines.map { machine in
                [
                    machine.name, names(machine), machine.roles.joined(separator: ","),
                    machine.isDisabled ? "disabled" : machine.healthStatus.name, address(machine), machine.id,
                ]
            })
    }

    func names(_ machine: Machine) -> String {
        machine.environmentIds.map { id in environments.first { $0.id == id }?.name ?? id }.joined(separator: ",")
    }

    func address(_ machine: Machine) -> String {
        switch machine.endpoint.communicationStyle {
        case .ssh: "ssh \(machine.endpoint.host ?? ""):\(machine.endpoint.port ?? 22)"
        case .none: "cloud region"
        default: machine.endpoint.uri ?? machine.endpoint.communicationStyle.name
        }
    }

    func render(_ machine: Machine, _ format: OutputFormat, _ context: Context) throws {
        try Output.render(machine.json, as: format, to: context.terminal) { table([machine]) }
    }
}
