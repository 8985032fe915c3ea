import ArgumentParser
import Core
import Lab

/// `nante lab down`.
struct LabDown: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End the lab; its data and its hosts stay.")
    @OptionGroup var global: GlobalOptions

    func run(_ context: Context) async throws {
        let ended = try await LabDaemon(context).down()
        context.terminal.say(ended ? "the lab is down" : "the lab was not up")
    }
}
