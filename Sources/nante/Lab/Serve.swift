import ArgumentParser
import Core
import Lab

/// `nante lab serve`: the lab's process itself, in the foreground.
///
/// Signals are the lab's own here, so this is no `NanteCommand`.
struct LabServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve in the foreground; what `nante lab up` runs.", shouldDisplay: false)

    func run() async throws {
        let context = Context.live()
        do { try await LabServe.run(context) } catch { throw Ending.exit(for: error, on: context.terminal) }
    }
}
