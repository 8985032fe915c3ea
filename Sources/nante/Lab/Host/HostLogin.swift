import ArgumentParser
import Core
import Foundation
import Lab
import SSH

/// `nante lab host exec`.
struct LabHostExec: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command as root on a host, without the network.",
        discussion: "nante lab host exec web-1 -- systemctl status nginx")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Name of the host.")
    var name: String
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("give the command after --, such as -- uptime") }
    }

    func run(_ context: Context) async throws {
        let words = try Hosts.ofThisMachine(context).attach(name, command)
        try ProcessReplacement.become(words, context)
    }
}

/// `nante lab host ssh`.
struct LabHostSSH: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Log into a host, or run a command there, over SSH with the lab's key.",
        discussion: "nante lab host ssh web-1 journalctl -u nginx")

    @OptionGroup var global: GlobalOptions
    @Option(help: "User to log in as.")
    var user = "root"
    @Argument(help: "Name of the host.")
    var name: String
    @Argument(parsing: .captureForPassthrough, help: "A command and its arguments.")
    var command: [String] = []

    func run(_ context: Context) async throws {
        let hosts = try Hosts.ofThisMachine(context)
        let client = try hosts.client(try hosts.find(name), user: user)
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        let terminal = isatty(0) == 1 && isatty(1) == 1
        try ProcessReplacement.become(
            SSHCommands.interactive(words, at: client.target, client.options, terminal: terminal), context)
    }
}

/// Puts another program in this process' place, so that it has the terminal and the exit code for itself.
enum ProcessReplacement {
    /// Returns only by throwing: when the program is not there.
    static func become(_ command: Command, _ context: Context) throws {
        guard let path = context.processes.find(command.program) else {
            throw Failure(.missing, "\(command.program) is not installed", why: "no such program in PATH")
        }
        // The new program meets signals as if it had been started by hand.
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        var words = ([path] + command.arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        execv(path, words)
        throw Failure(.missing, "can't run \(command.program)", why: String(cString: strerror(errno)))
    }
}
