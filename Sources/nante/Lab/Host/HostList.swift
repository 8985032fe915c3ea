import ArgumentParser
import Console
import Core
import Lab

/// `nante lab host list`.
struct LabHostList: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the hosts with state, address and memory.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let hosts = try await Hosts.ofThisMachine(context).list()
        if hosts.isEmpty, format.output == .table { context.terminal.say("the lab has no hosts") }
        try Output.render(.array(hosts.map { HostView.json($0) }), as: format.output, to: context.terminal) {
            Table(
                ["NAME", "KIND", "STATE", "ADDRESS", "CORES", "MEMORY", "TARGETS", "OWNER"],
                rows: hosts.map(HostView.row))
        }
    }
}
