import ArgumentParser
import Console
import Core
import Foundation

/// A command of nante: parsed by ArgumentParser, run with a context.
///
/// A command declares `@OptionGroup var global: GlobalOptions` and its options, checks them in `validate()`, and does
/// the work of a library type in a `run(_:)` of a few lines.
protocol NanteCommand: AsyncParsableCommand, Sendable {
    /// Options that every command takes.
    var global: GlobalOptions { get }
    /// Does the work; what it throws is shown and becomes the exit code.
    func run(_ context: Context) async throws
}

extension NanteCommand {
    /// Makes the context, runs, and ends the process with the exit code of `Core.Exit`.
    func run() async throws {
        let context: Context
        do { context = try global.context() } catch { throw Ending.exit(for: error, on: Context.live().terminal) }
        defer { SSHKeyFile.sweep(context) }
        let command = self
        let work = Task { try await command.run(context) }
        let interrupts = Interrupts { work.cancel() }
        do { try await work.value } catch {
            if let signal = interrupts.received, error is CancellationError {
                context.terminal.say("interrupted")
                throw ExitCode(Exit.interrupted(signal: signal).code)
            }
            throw Ending.exit(for: error, on: context.terminal)
        }
    }
}

/// Turns what a command throws into text for people and an exit code, in one place.
enum Ending {
    /// Shows the error and gives the exit code that it stands for.
    static func exit(for error: any Error, on terminal: any Terminal) -> ExitCode {
        switch error {
        case let code as ExitCode: return code
        case let failure as Failure:
            terminal.say(failure.description)
            return ExitCode(failure.exit.code)
        case let fault as SourceFault:
            terminal.say(fault.description)
            return ExitCode(Exit.usage.code)
        case let faults as SourceFaults:
            terminal.say(faults.description)
            return ExitCode(Exit.usage.code)
        case let fault as HTTPFault:
            terminal.say(fault.description)
            return ExitCode(Exit.missing.code)
        case is CancellationError:
            terminal.say("cancelled")
            return ExitCode(Exit.interrupted(signal: 2).code)
        case let usage as ValidationError:
            terminal.say(usage.message)
            return ExitCode(Exit.usage.code)
        default:
            terminal.say("\(error)")
            return ExitCode(Exit.failed.code)
        }
    }
}
