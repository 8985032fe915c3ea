import Core
import Octopus

/// All that is known about a deployment that went wrong, and how it reads.
public struct Explanation: Sendable {
    /// The application.
    public var app: String
    /// The version that was to serve.
    public var version: String
    /// The environment.
    public var environment: String
    /// What is wrong.
    public var trouble: Trouble
    /// What serves now; nil where nothing does or nobody knows.
    public var serves: String?
    /// The deployment that brought the old release back; nil where none was needed or none was made.
    public var broughtBackBy: String?
    /// Why going back failed; nil where it did not.
    public var backFailed: String?
    /// The deployment.
    public var deployment: String
    /// What the prober saw; nil where nothing was probed.
    public var requests: ProbeReport?
    /// The version that it is compared with.
    public var previous: String?
    /// Commits between the two, newest first, each "a1b2c3d \"Subject\""; nil where git does not know.
    public var commits: [String]?
    /// Variables that differ; nil where the server did not say.
    public var variables: [String]?
    /// The last lines of the slot's log on the host, where the deployment's own log does not hold them.
    public var hostLog: [String] = []
    /// The run of a workflow that this is a step of.
    public var run: String?

    /// One screen, as `Failure` prints it.
    public var failure: Failure {
        var details: [Failure.Detail] = []
        if let requests { details.append(.init("requests", requestsText(requests))) }
        details.append(.init("where", place))
        if let check { details.append(.init("check", check)) }
        if let previous { details.append(.init("differs", "from \(previous): \(differences)")) }
        if let backFailed { details.append(.init("back", backFailed)) }
        if !log.isEmpty {
            let unit = slot.map { "\(app)@\($0)" } ?? app
            details.append(.init("log", "\(unit), last \(log.count == 1 ? "line" : "\(log.count) lines")"))
        }
        return Failure(.failed, headline, details: details, evidence: log, next: next)
    }

    /// The first sentence: what happened where, and what serves.
    public var headline: String {
        let place = trouble.host.map { "on \($0.name) (\(environment))" } ?? "in \(environment)"
        let what: String
        switch trouble {
        case .refused(_, let refusal, _):
            switch refusal.code {
            case 2: what = "was not taken \(place)"
            case 4: what = "went bad \(place) while it was watched"
            case 75: what = "was not taken \(place), which is busy"
            default: what = "did not become healthy \(place)"
            }
        case .task(.canceled, _, _): what = "was cancelled \(place)"
        case .task: what = "was not deployed \(place)"
        case .crashed: what = "crashed \(place) after it was healthy"
        case .unhealthy: what = "is not healthy \(place)"
        case .otherVersion(_, let found): what = "does not serve \(place), \(found ?? "nothing") does"
        case .silent: what = "can't be asked for \(place)"
        case .nowhere: return "\(app) \(version) is on no host of \(environment); \(outcome)."
        case .requests: what = "does not answer requests well \(place)"
        }
        return "\(app) \(version) \(what); \(outcome)."
    }

    private var outcome: String {
        guard let serves else { return backFailed == nil ? "nothing serves" : "going back failed" }
        return broughtBackBy == nil ? "\(serves) serves" : "\(serves) serves again"
    }

    private func requestsText(_ report: ProbeReport) -> String {
        let total = report.total
        guard total.failed + total.unknown > 0 else { return total.text }
        let parts = ProbePhase.allCases.compactMap { phase -> String? in
            let tally = report[phase]
            let bad = [(tally.failed, "failed"), (tally.unknown, "unknown")].filter { $0.0 > 0 }
            guard !bad.isEmpty else { return nil }
            return "\(phase.words): " + bad.map { "\($0.0.grouped) \($0.1)" }.joined(separator: " and ")
        }
        return total.text + " (\(parts.joined(separator: "; ")))"
    }

    private var slot: String? {
        switch trouble {
        case .refused(_, let refusal, _): refusal.slot
        case .crashed(_, let found), .unhealthy(_, let found): found.active
        default: nil
        }
    }

    private var log: [String] {
        var lines = hostLog
        if case .refused(_, let refusal, _) = trouble { lines = refusal.log }
        return lines.suffix(5).map { $0.count > 160 ? $0.prefix(159) + "…" : $0 }
    }

    private var place: String {
        var parts: [String] = []
        if let host = trouble.host { parts.append(host.text) }
        if let slot { parts.append("slot \(slot)") }
        if case .refused(_, _, let step) = trouble {
            parts.append("step \"\(step)\" of \(deployment)")
        } else {
            parts.append(deployment)
        }
        if let broughtBackBy { parts.append("taken back by \(broughtBackBy)") }
        return parts.joined(separator: ", ")
    }

    private var check: String? {
        switch trouble {
        case .refused(_, let refusal, _):
            guard let check = refusal.check else { return refusal.reason }
            return refusal.reason.hasPrefix("GET ") && refusal.code == 1 ? check : "\(refusal.reason); \(check)"
        case .task(_, let message, _): return message
        case .crashed(_, let found):
            let slot = found.active ?? "?"
            return "systemd restarted slot \(slot) \(found.restarts == 1 ? "once" : "\(found.restarts) times")"
                + ", last answer: \(found.answer)"
        case .unhealthy(_, let found): return "on slot \(found.active ?? "?"), last: \(found.answer)"
        case .silent(_, let why): return why
        case .otherVersion: return nil
        case .nowhere: return "Octopus deployed it, and no host there knows the application"
        case .requests(let tally):
            return "\(tally.failed.grouped) failed and \(tally.unknown.grouped) of unknown outcome "
                + "out of \(tally.sent.grouped) in the watch after the deployment" + firstBad
        }
    }

    private var firstBad: String {
        guard let bad = requests?.bad.first(where: { $0.phase == .after }) else { return "" }
        return ", first: \(bad.request.method) \(bad.request.path) \(bad.message ?? "")"
    }

    private var differences: String {
        var parts: [String] = []
        if let commits {
            let shown = commits.prefix(3).joined(separator: ", ")
            let more = commits.count > 3 ? " and \(commits.count - 3) more" : ""
            let count = commits.count == 1 ? "1 commit" : "\(commits.count) commits"
            parts.append(commits.isEmpty ? "no commit" : "\(count), \(shown)\(more)")
        } else {
            parts.append("commits not known here")
        }
        if let variables {
            parts.append(
                variables.isEmpty
                    ? "variables unchanged" : "variables \(variables.prefix(5).joined(separator: ", ")) changed")
        }
        return parts.joined(separator: "; ")
    }

    private var next: [String] {
        var commands: [String] = []
        if let run { commands.append("nante runs show \(run)") }
        commands.append("nante octopus deployment logs \(deployment)")
        if let host = trouble.host { commands.append("nante lab host ssh \(host.name)") }
        return commands
    }
}

extension ProbePhase {
    /// The phase in words.
    var words: String {
        switch self {
        case .before: "before"
        case .during: "while it was deployed"
        case .after: "in the watch after it"
        case .rollback: "while going back"
        }
    }
}
