import ArgumentParser
import Core
import Lab

/// `nante lab host delete`.
struct LabHostDelete: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Remove hosts with all that is on them.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Names of hosts.")
    var names: [String]

    func run(_ context: Context) async throws {
        let gone = try await Hosts.ofThisMachine(context).delete(names)
        for name in names {
            context.terminal.say(gone.contains(name) ? "deleted \(name)" : "\(name) is not there")
        }
    }
}
