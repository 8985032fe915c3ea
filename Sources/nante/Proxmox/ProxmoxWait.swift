import ArgumentParser
import Console
import Core
import Proxmox

/// `nante proxmox wait`.
struct ProxmoxWait: NanteCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a guest runs, is stopped, or answers on SSH.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "Number or name of the guest.")
    var guest: String
    @Option(name: .customLong("for"), help: "What to wait for: running, stopped or ssh.")
    var goal = ProxmoxGoal.running
    @Option(help: "The longest to wait, such as 2m.")
    var within = Seconds(duration: .seconds(120))

    func run(_ context: Context) async throws {
        let client = try await global.proxmox(context).client
        let found = try await client.guest(guest)
        let start = context.time.elapsed()
        let address = try await Wait.until(
            "\(found.title) to \(goal.words)", within: within.duration, every: .milliseconds(250), context: context
        ) { try await goal.isReached(found, client, context) }
        let value: JSONValue = [
            "id": .number(Double(found.id)), "name": .string(found.name), "state": .string(goal.rawValue),
            "address": address.isEmpty ? nil : .string(address),
            "seconds": .number(((context.time.elapsed() - start).seconds * 10).rounded() / 10),
        ]
        try Output.render(value, as: format.output, to: context.terminal) {
            Table(["ID", "NAME", "STATE", "ADDRESS"], rows: [["\(found.id)", found.name, goal.rawValue, address]])
        }
    }
}

/// What is waited for.
enum ProxmoxGoal: String, ExpressibleByArgument, CaseIterable, Sendable {
    case running, stopped, ssh

    var words: String {
        switch self {
        case .running: "run"
        case .stopped: "stop"
        case .ssh: "answer on SSH"
        }
    }

    /// The address of the guest, or empty text, as soon as it is reached; else nil.
    func isReached(_ guest: ProxmoxGuest, _ client: ProxmoxClient, _ context: Context) async throws -> String? {
        guard let status = try await client.status(guest.node, guest.kind, guest.id) else {
            throw Failure(.failed, "\(guest.title) is gone", where: client.endpoint.url)
        }
        switch self {
        case .running: return status.isRunning ? "" : nil
        case .stopped: return status.status == "stopped" && status.lock == nil ? "" : nil
        case .ssh:
            var running = guest
            running.status = status.status
            guard status.isRunning, let address = try await client.address(of: running) else { return nil }
            // Its host key is the first thing that an SSH server tells, without any login.
            let answer = try await context.processes.run(
                Command("ssh-keyscan", ["-T", "2", address], deadline: .seconds(5)))
            return answer.stdout.contains("ssh-") || answer.stdout.contains("ecdsa-") ? address : nil
        }
    }
}
