import ArgumentParser
import Core
import Lab

/// `nante lab up`.
struct LabUp: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "up", abstract: "Start the lab, if it is not up.")
    @OptionGroup var global: GlobalOptions

    func run(_ context: Context) async throws {
        let daemon = LabDaemon(context)
        let (record, started) = try await daemon.up()
        context.terminal.say("the lab \(started ? "is up" : "was up already"), process \(record.pid)")
        context.terminal.say("  Octopus  \(record.octopus.url)")
        context.terminal.say("  Nexus    \(record.nexus.url)")
        if daemon.isReplaced(record) {
            context.terminal.say("  it is of an earlier build: nante lab down  ·  nante lab up")
        }
        if started { context.terminal.say("  next     nante lab status  ·  eval \"$(nante lab env)\"") }
    }
}
