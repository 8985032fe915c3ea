import Dispatch
import Foundation
import Provider

/// `nante-terraform-provider --socket PATH`: the stand-in provider on a unix socket.
///
/// Prints one line of JSON on stdout once it listens and ends with its standard input, or by SIGTERM.
@main struct Program {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2, arguments[0] == "--socket", !arguments[1].isEmpty else {
            complain("usage: nante-terraform-provider --socket PATH")
            exit(2)
        }
        // Whoever can connect acts with the token of this process: the socket is its user's alone.
        umask(0o077)
        do {
            let listener = try Listener(path: arguments[1], environment: ProcessInfo.processInfo.environment)
            let signals = watchSignals(path: arguments[1])
            watchInput(path: arguments[1])
            try await listener.run { line in say(line) }
            withExtendedLifetime(signals) {}
        } catch {
            complain("nante-terraform-provider: \(error)")
            exit(1)
        }
    }

    /// Ends the process when whoever started it closes the input, or is gone.
    private static func watchInput(path: String) {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            end(path)
        }
    }

    private static func watchSignals(path: String) -> [any DispatchSourceSignal] {
        [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { end(path) }
            source.resume()
            return source
        }
    }

    private static func end(_ path: String) {
        unlink(path)
        exit(0)
    }

    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
    private static func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
