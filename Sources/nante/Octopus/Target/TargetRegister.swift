import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus target register`.
struct OctopusTargetRegister: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Register a host as a target; a second run changes nothing.",
        discussion: """
            A target of the same name is brought up to date. Without --fingerprint the server connects to the host
            and takes the key that it finds, which is said aloud: give the fingerprint where you know it.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Name of the target.")
    var name: String
    @Option(help: "Name or address of the host.")
    var host: String?
    @Option(help: "Port of its SSH server.")
    var port = 22
    @Option(help: "Fingerprint of the host key, SHA256:… or MD5 in pairs.")
    var fingerprint: String?
    @Option(help: "Name of the SSH account that logs in.")
    var account: String?
    @Option(name: .shortAndLong, help: "An environment; may be given again, or parted by commas.")
    var environment: [String]
    @Option(name: .shortAndLong, help: "A target tag; may be given again, or parted by commas.")
    var role: [String]
    @Option(help: "Name of the machine policy.")
    var policy: String?
    @Flag(help: "A cloud region: nothing connects to it.")
    var cloudRegion = false

    func validate() throws {
        guard cloudRegion != (host != nil) else {
            throw ValidationError("give --host and --account, or --cloud-region")
        }
        guard cloudRegion || account != nil else { throw ValidationError("an SSH target needs --account") }
        guard (1...65_535).contains(port) else { throw ValidationError("--port must be from 1 to 65535") }
    }

    func run(_ context: Context) async throws {
        let client = try await global.octopus(context, changes: true)
        let request = TargetRequest(
            name: name, endpoint: try await endpoint(client, context), environments: OctopusList.split(environment),
            roles: OctopusList.split(role), policy: policy)
        let (machine, change) = try await client.ensureTarget(request)
        OctopusShow.change(change, "target \(machine.name)", context)
        try await OctopusTargetView(client).render(machine, format.output, context)
        try StepOutput.set(["machine-id": machine.id, "change": change.rawValue], context: context)
    }

    private func endpoint(_ client: OctopusClient, _ context: Context) async throws -> Endpoint {
        guard let host, let account else { return .cloudRegion }
        let found = try await client.require(Account.self, account, next: ["nante octopus account ssh \(account)"])
        guard found.accountType == "SshKeyPair" || found.accountType == "UsernamePassword" else {
            throw Failure(.usage, "the account \(account) can't log in by SSH", why: "it is \(found.accountType)")
        }
        if let fingerprint {
            return .ssh(host: host, port: port, fingerprint: fingerprint, account: found.id)
        }
        let known = try await client.find(Machine.self, name)?.endpoint
        if let known, known.host == host, known.port == port, let fingerprint = known.fingerprint {
            return .ssh(host: host, port: port, fingerprint: fingerprint, account: found.id)
        }
        let discovered = try await client.discover(host: host, port: port).endpoint.fingerprint ?? ""
        guard !discovered.isEmpty else {
            throw Failure(
                .missing, "the server found no host key", where: "\(host):\(port)", next: ["--fingerprint …"])
        }
        context.terminal.say("the host key of \(host) is \(discovered); it is trusted from now on")
        return .ssh(host: host, port: port, fingerprint: discovered, account: found.id)
    }
}
