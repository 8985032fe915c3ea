import Console
import Core
import Deploying
import Git
import Octopus
import Synchronization

/// What the commands that deploy have in common.
struct DeployTools: Sendable {
    let context: Context
    let server: OctopusDeployServer
    let slots: SSHSlots
    let manifest: Manifest?
    let platform: Platform

    init(_ global: GlobalOptions, _ context: Context) async throws {
        self.context = context
        manifest = try global.manifestIfAny(context)
        platform = try await global.platform(context, manifest: manifest)
        server = OctopusDeployServer(try await OctopusClient.connect(platform.octopus(), context: context))
        let home = context.environment["HOME"] ?? "/tmp"
        slots = SSHSlots(
            try platform.ssh(), context: context, controlFolder: home.appending(path: ".cache/nante/ssh"))
    }

    /// The environment that is meant: the option, else OCTOPUS_ENVIRONMENT.
    static func environment(_ option: String?, _ context: Context) throws -> String {
        guard let name = option ?? context.environment["OCTOPUS_ENVIRONMENT"], !name.isEmpty else {
            throw Failure(.usage, "which environment?", next: ["--environment NAME, or OCTOPUS_ENVIRONMENT"])
        }
        return name
    }

    /// Commits between two revisions in the repository of the working directory.
    static func commits(_ context: Context) -> @Sendable (String, String) async -> [String]? {
        { old, new in
            let repository = Repository(context: context, folder: context.workingDirectory)
            guard let log = try? await repository.log(from: old, to: new, limit: 50) else { return nil }
            return log.map { "\($0.short) \"\($0.subject)\"" }
        }
    }
}

/// Shows the news of a deployment as progress.
final class NewsProgress: Sendable {
    private let progress: Console.Progress
    private let context: Context
    private let handles = Mutex<[String: Int]>([:])
    /// Roots of task logs: they are the whole, and their name before every line would only be noise.
    private let roots = Mutex<Set<String>>([])

    init(_ context: Context) {
        self.context = context
        progress = Console.Progress(context)
    }

    func show(_ news: RolloutNews) {
        switch news {
        case .said(let text): progress.say([text])
        case .began(let id, let name, let under):
            if under == nil { roots.withLock { _ = $0.insert(id) } }
            let isTop = under.map { id in roots.withLock { $0.contains(id) } } ?? true
            let parent = isTop ? nil : handles.withLock { known in under.flatMap { known[$0] } }
            let handle = progress.begin(name, under: parent)
            handles.withLock { $0[id] = handle }
        case .line(let id, let text, let isTrouble):
            guard let handle = handles.withLock({ $0[id] }) else { return }
            progress.note(handle, Self.words(text), keep: isTrouble || !context.terminal.isInteractive)
        case .ended(let id, let status):
            guard let handle = handles.withLock({ $0.removeValue(forKey: id) }) else { return }
            progress.end(handle, Self.ending(status))
        }
    }

    /// A line of the slot script in words; any other as it is.
    static func words(_ line: String) -> String {
        guard let event = SlotEvent(line: line) else { return line }
        let slot = event["slot"].map { " in slot \($0)" } ?? ""
        let version = event["version"].map { " \($0)" } ?? ""
        switch event.phase {
        case "log": return "  \(event["line"] ?? "")"
        case "failed": return "failed\(slot): \(event["reason"] ?? "")"
        case "mended": return "mended what an earlier run left: \(event["what"] ?? "")"
        case "busy": return "busy: \(event["holder"] ?? "")"
        default: return "\(event.phase)\(version)\(slot) after \(event.after.short)"
        }
    }

    private static func ending(_ status: ActivityStatus) -> Console.Progress.Ending {
        switch status {
        case .success, .successWithWarning: .done
        case .skipped: .skipped
        case .canceled: .cancelled
        default: .failed
        }
    }
}
