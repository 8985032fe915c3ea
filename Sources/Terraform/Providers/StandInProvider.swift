import Core
import Foundation
import Synchronization

/// The stand-in for the bpg provider, running as a program of its own.
///
/// It serves the provider's schema over the lab's Proxmox VE, for machines that can't reach the registry; it is never
/// used against real servers.
public final class StandInProvider: Sendable {
    /// What the program told of itself: how it is reached.
    private let reattach: String
    /// The value of TF_REATTACH_PROVIDERS.
    public var attachment: String { "{\"bpg/proxmox\":\(reattach)}" }
    private let work: Task<CommandResult, any Error>
    private let folder: String
    private let context: Context

    /// The program's name.
    public static let program = "nante-terraform-provider"

    private init(reattach: String, work: Task<CommandResult, any Error>, folder: String, context: Context) {
        self.reattach = reattach
        self.work = work
        self.folder = folder
        self.context = context
    }

    /// Where the program is: named by NANTE_TERRAFORM_PROVIDER, beside nante, or built in the source tree; nil for
    /// nowhere.
    ///
    /// - Parameter executable: the path of the running nante.
    public static func find(executable: String, context: Context) -> String? {
        if let named = context.environment["NANTE_TERRAFORM_PROVIDER"], !named.isEmpty {
            return context.files.exists(named) ? named : nil
        }
        var places = [executable.parentPath.appending(path: program)]
        // A build in the source tree: TREE/.build/debug/nante or TREE/.build/ARCHITECTURE/debug/nante.
        var folder = executable.parentPath
        while folder.count > 1 {
            folder = folder.parentPath
            guard folder.lastPathComponent == ".build" else { continue }
            for kind in ["debug", "release"] {
                places.append(
                    folder.parentPath.appending(path: "StandIns/TerraformProvider/.build/\(kind)/\(program)"))
            }
        }
        return places.first { context.files.exists($0) && !context.files.isDirectory($0) }
    }

    /// Starts it and waits until it listens, 20 seconds at most.
    ///
    /// It ends with `stop`, and by itself when nante is gone, since its standard input ends then.
    ///
    /// - Parameter proxmox: where it makes machines; terraform does not hand its own environment on to it.
    public static func start(
        _ path: String, proxmox: ProxmoxEndpoint?, context: Context
    ) async throws -> StandInProvider {
        let folder = "/tmp/nante-provider-\(context.random.hex(bytes: 6))"
        try context.files.makeDirectory(folder)
        // Whoever reaches the socket makes machines with nante's token.
        chmod(folder, 0o700)
        let socket = folder.appending(path: "s")
        let heard = FirstLine()
        // Its standard input ends when nante is gone: then it ends too. A wait of a second there costs nobody a thing.
        let script = "while kill -0 \"$2\" 2>/dev/null; do sleep 1; done | \"$0\" --socket \"$1\""
        let command = Command(
            "/bin/sh", ["-c", script, path, socket, String(getpid())],
            environment: .inherit(
                TerraformEnvironment.variables(
                    of: context.environment, proxmox: proxmox, state: nil, trust: proxmox?.caFile)))
        let work = Task.detached {
            try await context.processes.run(command, onLine: { line in heard.take(line) })
        }
        do {
            let line = try await Wait.until("the stand-in provider to listen", within: .seconds(20), context: context) {
                heard.first
            }
            return StandInProvider(reattach: line, work: work, folder: folder, context: context)
        } catch {
            work.cancel()
            _ = try? await work.value
            try? context.files.remove(folder)
            guard error is Failure else { throw error }
            throw Failure(
                .missing, "the stand-in provider does not start", where: path, why: "\(error)".firstLine,
                evidence: heard.errors)
        }
    }

    /// Ends it.
    public func stop() async {
        work.cancel()
        _ = try? await work.value
        try? context.files.remove(folder)
    }
}

/// The first line of standard output, and the last ones of standard error.
private final class FirstLine: Sendable {
    private let state = Mutex((out: String?.none, err: [String]()))
    var first: String? { state.withLock { $0.out } }
    var errors: [String] { state.withLock { $0.err } }
    func take(_ line: OutputLine) {
        state.withLock { state in
            if line.stream == .stdout, state.out == nil { state.out = line.text }
            if line.stream == .stderr { state.err = state.err.suffix(9) + [line.text] }
        }
    }
}

extension String {
    /// The text up to its first line break.
    var firstLine: String { split(whereSeparator: \.isNewline).first.map(String.init) ?? self }
}
