import ArgumentParser
import Core
import Lab

/// `nante lab logs`.
struct LabLogs: NanteCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Show what the lab says.")
    @OptionGroup var global: GlobalOptions
    @Option(name: [.customShort("n"), .long], help: "How many of the last lines.")
    var lines = 50
    @Flag(name: .shortAndLong, help: "Go on as the lab says more, until interrupted.")
    var follow = false

    func validate() throws {
        guard (1...100_000).contains(lines) else { throw ValidationError("--lines takes 1 to 100000") }
    }

    func run(_ context: Context) async throws {
        try await LabLog(context).show(last: lines, follow: follow)
    }
}
