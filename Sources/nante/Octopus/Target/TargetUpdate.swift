import ArgumentParser
import Core
import Octopus

/// `nante octopus target update`.
struct OctopusTargetUpdate: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change what is given of a target, and leave the rest alone.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name or id of the target.")
    var name: String
    @Option(name: .shortAndLong, help: "Its environments from now on; may be given again, or parted by commas.")
    var environment: [String] = []
    @Option(name: .shortAndLong, help: "Its target tags from now on; may be given again, or parted by commas.")
    var role: [String] = []
    @Option(help: "Name or address of the host.")
    var host: String?
    @Option(help: "Port of its SSH server.")
    var port: Int?
    @Option(help: "Fingerprint of the host key.")
    var fingerprint: String?
    @Option(help: "Name of the SSH account that logs in.")
    var account: String?
    @Option(help: "Name of the machine policy.")
    var policy: String?
    @Flag(inversion: .prefixedEnableDisable, help: "Whether it takes part in deployments.")
    var deployments: Bool?

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let old = try await client.require(Machine.self, name)
        var endpoint = old.endpoint
        if let host { endpoint.host = host }
        if let port { endpoint.port = port }
        if let fingerprint { endpoint.fingerprint = fingerprint }
        if let account { endpoint.accountId = try await client.require(Account.self, account).id }
        if host != nil || port != nil { endpoint.uri = "ssh://\(endpoint.host ?? ""):\(endpoint.port ?? 22)/" }
        let request = TargetRequest(
            name: old.name, endpoint: endpoint,
            environments: environment.isEmpty ? old.environmentIds : OctopusList.split(environment),
            roles: role.isEmpty ? old.roles : OctopusList.split(role), policy: policy,
            isDisabled: deployments.map { !$0 })
        let (machine, change) = try await client.ensureTarget(request)
        OctopusShow.change(change, "target \(machine.name)", context)
        try await OctopusTargetView(client).render(machine, format.output, context)
        try StepOutput.set(["machine-id": machine.id, "change": change.rawValue], context: context)
    }
}
