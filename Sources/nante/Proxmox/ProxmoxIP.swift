import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox ip`.
struct ProxmoxIP: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "ip", abstract: "Show the address of a guest: the one in its settings, else the one it tells.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Number or name of the guest.")
    var guest: String

    func run(_ context: Context) async throws {
        let client = try await global.proxmox(context).client
        let found = try await client.guest(guest)
        guard let address = try await client.address(of: found) else {
            let agent = found.kind == .vm ? ", and no guest agent tells one" : ""
            throw Failure(
                .failed, "\(found.title) has no address that is known", where: client.endpoint.url,
                why: found.isRunning ? "none is in its settings\(agent)" : "none is in its settings, and it is stopped",
                next: found.isRunning ? [] : ["nante proxmox wait \(found.id) --for running"])
        }
        let value: JSONValue = [
            "id": .number(Double(found.id)), "name": .string(found.name), "address": .string(address),
        ]
        try Output.render(value, as: format.output, to: context.terminal, lines: { [address] })
        try StepOutput.set(["ip": address], context: context)
    }
}
