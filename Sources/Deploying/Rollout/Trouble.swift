import Core
import Octopus

/// What is wrong with a deployment.
public enum Trouble: Sendable, Hashable {
    /// A host did not take the release, or went back from it; with the step of the process.
    case refused(TargetHost, SlotRefusal, step: String)
    /// The task did not end well for another reason, on a host where the log tells of one.
    case task(TaskState, message: String, on: TargetHost? = nil)
    /// The release crashed on a host after it was healthy.
    case crashed(TargetHost, SlotReport.App)
    /// The release is not healthy on a host.
    case unhealthy(TargetHost, SlotReport.App)
    /// A host serves something else.
    case otherVersion(TargetHost, found: String?)
    /// A host gives no report.
    case silent(TargetHost, why: String)
    /// No host knows the application.
    case nowhere
    /// Requests through the load balancer fail.
    case requests(ProbeTally)

    /// The host that it is about.
    public var host: TargetHost? {
        switch self {
        case .refused(let host, _, _), .crashed(let host, _), .unhealthy(let host, _), .otherVersion(let host, _),
            .silent(let host, _):
            host
        case .task(_, _, let host): host
        case .requests, .nowhere: nil
        }
    }
}

/// Judges a deployment by the task's result, the hosts and the requests.
public enum Verdict {
    /// What the task's result and log tell; nil when it ended well.
    public static func of(task details: TaskDetails, hosts: [TargetHost]) -> Trouble? {
        guard details.task.state != .success else { return nil }
        for root in details.activityLogs {
            if let found = refusal(in: root, above: [], hosts) { return found }
        }
        let found = details.activityLogs.lazy.compactMap { lastTrouble(in: $0, above: [], hosts) }.first
        // The task's own message only says that some step failed.
        let message = details.task.state == .failed ? found?.message : nil
        return .task(
            details.task.state, message: message ?? details.task.errorMessage ?? "no reason given", on: found?.host)
    }

    /// What the hosts tell; nil when every host that knows the application serves the version and is well.
    public static func of(states: [HostState], app: String, version: String) -> Trouble? {
        var troubles: [Trouble] = []
        for state in states {
            if let fault = state.fault {
                troubles.append(.silent(state.host, why: fault.details.first?.text ?? fault.what))
                continue
            }
            guard let found = state.app(app) else { continue }
            if found.version != version {
                troubles.append(.otherVersion(state.host, found: found.version))
            } else if found.restarts > 0 {
                troubles.append(.crashed(state.host, found))
            } else if !found.healthy {
                troubles.append(.unhealthy(state.host, found))
            }
        }
        guard states.contains(where: { $0.fault != nil || $0.app(app) != nil }) else { return .nowhere }
        // A crash explains most, also where another host is only unhealthy.
        return troubles.first { if case .crashed = $0 { true } else { false } } ?? troubles.first
    }

    /// What the requests after a deployment tell; those that failed before it did are not held against it.
    ///
    /// A single failed request that may be repeated is too many. Of those of unknown outcome one in twenty is: a few
    /// are lost with the process that they were in, many mean that the release can't do them.
    public static func of(requests report: ProbeReport, in phase: ProbePhase = .after) -> Trouble? {
        let now = report[phase]
        let before = report[.before]
        guard now.sent > 0 else { return nil }
        func allowed(_ failed: Int) -> Int {
            before.sent > 0 && failed > 0 ? 2 * failed * now.sent / before.sent + 1 : 0
        }
        let unknown = max(now.sent / 20, allowed(before.unknown))
        return now.failed > allowed(before.failed) || now.unknown > unknown ? .requests(now) : nil
    }

    private static func refusal(in node: ActivityLog, above: [String], _ hosts: [TargetHost]) -> Trouble? {
        let path = above + [node.name]
        for child in node.children { if let found = refusal(in: child, above: path, hosts) { return found } }
        guard let refusal = SlotRefusal(lines: node.logElements.map(\.messageText)) else { return nil }
        let host = hosts.first { host in path.contains { $0.names(host.name) } }
        let step = path.first { $0.hasPrefix("Step ") } ?? above.last ?? node.name
        return .refused(host ?? TargetHost(name: node.name, address: node.name), refusal, step: step.stepName)
    }

    /// The last line of trouble of the deepest node that failed.
    private static func lastTrouble(
        in node: ActivityLog, above: [String], _ hosts: [TargetHost]
    ) -> (message: String, host: TargetHost?)? {
        guard node.status == .failed else { return nil }
        let path = above + [node.name]
        for child in node.children { if let found = lastTrouble(in: child, above: path, hosts) { return found } }
        let troubles = node.logElements.filter(\.category.isTrouble)
        // The fatal one only says that the action failed; one that is indented goes on with the line before it.
        let telling = troubles.last { $0.category != .fatal && !$0.messageText.hasPrefix(" ") }
        guard let line = telling ?? troubles.last else { return nil }
        return (line.messageText, hosts.first { host in path.contains { $0.names(host.name) } })
    }
}

extension String {
    /// The text holds the name as a word of its own: `dev-app-1` is not in `dev-app-10`.
    fileprivate func names(_ name: String) -> Bool {
        split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }.contains { $0 == name }
    }

    /// "Step 1: Deploy" without its number.
    fileprivate var stepName: String {
        guard let match = wholeMatch(of: /Step \d+(?:\.\d+)?: (.+)/) else { return self }
        return String(match.1)
    }
}
