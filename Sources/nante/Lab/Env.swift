import ArgumentParser
import Console
import Core
import Lab

/// `nante lab env`.
struct LabEnv: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print the lab's settings as export lines.",
        discussion: "eval \"$(nante lab env)\" makes them the settings of the shell. The output holds secrets.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions

    func run(_ context: Context) async throws {
        let record = try await LabDaemon.ensure(context: context)
        let settings = LabSettings.of(record)
        // The only output that must show secrets, so it has a terminal without the mask.
        let terminal = SystemTerminal(environment: context.environment, mask: Mask())
        let value = JSONValue.object(.init(uniqueKeysWithValues: settings.map { ($0.name, .string($0.value)) }))
        try Output.render(value, as: format.output, to: terminal) { LabSettings.exports(settings) }
    }
}
