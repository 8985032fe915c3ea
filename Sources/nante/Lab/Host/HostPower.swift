import ArgumentParser
import Core
import Lab

/// `nante lab host start`.
struct LabHostStart: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start hosts that do not run, and wait until they answer.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Names of hosts.")
    var names: [String]

    func run(_ context: Context) async throws {
        try await Hosts.ofThisMachine(context).start(names) { context.terminal.say($0) }
        context.terminal.say("running: \(names.joined(separator: ", "))")
    }
}

/// `nante lab host stop`.
struct LabHostStop: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop hosts; their disks and addresses stay.")

    @OptionGroup var global: GlobalOptions
    @Flag(help: "Take the power away instead of stopping softly.")
    var kill = false
    @Argument(help: "Names of hosts.")
    var names: [String]

    func run(_ context: Context) async throws {
        try await Hosts.ofThisMachine(context).stop(names, kill: kill)
        context.terminal.say("stopped: \(names.joined(separator: ", "))")
    }
}
