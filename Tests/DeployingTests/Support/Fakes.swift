import Core
import Deploying
import Foundation
import Octopus
import Synchronization

/// A clock whose waits pass at once.
final class QuickTime: TimeSource {
    private let state = Mutex(Duration.zero)
    func now() -> Date { Date(timeIntervalSince1970: 1_795_500_000 + elapsed().seconds) }
    func elapsed() -> Duration { state.withLock { $0 } }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { $0 += duration }
        await Task.yield()
    }
}

extension Context {
    /// The real world, silent, and quick where nothing real is waited for.
    static func test(quick: Bool = true) -> Context {
        var context = Context.live()
        context.terminal = MemoryTerminal()
        if quick { context.time = QuickTime() }
        return context
    }
}

/// Hosts that say what they are told to say.
final class FakeHosts: HostSlots {
    private let state: Mutex<[String: [SlotReport.App]]>
    let asked = Mutex(0)

    init(_ versions: [String: String?]) {
        state = Mutex(versions.mapValues { [FakeHosts.app(version: $0)] })
    }

    static func app(version: String?, healthy: Bool = true, restarts: Int = 0) -> SlotReport.App {
        let text = """
            {"interface":1,"host":"h","apps":[{"app":"go-app","active":"\(version == nil ? "" : "green")",
            "version":"\(version ?? "")","healthy":\(version != nil && healthy),
            "answer":"\(healthy ? "200 ok" : "500 no database")",
            "standby":"","slots":{"green":{"version":"\(version ?? "")","state":"active",
            "restarts":\(restarts),"enabled":true,"since":1795499536}},"releases":[],"notes":[]}]}
            """
        return (try? SlotReport(parsing: text, from: "h"))?.apps.first ?? broken
    }

    private static var broken: SlotReport.App { preconditionFailure("the fake report can't be read") }

    /// What a host says from now on; several are said one after the other, the last for good.
    func set(_ host: String, _ apps: SlotReport.App...) { state.withLock { $0[host] = apps } }

    func log(of app: String, slot: String, on host: TargetHost, lines: Int) async throws -> [String] {
        ["\(host.name) \(app)@\(slot): out of memory"]
    }

    func report(of host: TargetHost) async throws -> SlotReport {
        asked.withLock { $0 += 1 }
        let app = state.withLock { state -> SlotReport.App? in
            guard let apps = state[host.name], let first = apps.first else { return nil }
            if apps.count > 1 { state[host.name] = Array(apps.dropFirst()) }
            return first
        }
        guard let app else { throw Failure(.missing, "\(host.name) can't be reached", why: "no route to host") }
        var report = try SlotReport(parsing: #"{"apps":[]}"#, from: host.name)
        report.apps = [app]
        return report
    }
}

extension SlotReport.App {
    /// The same of another application.
    func renamed(_ name: String) -> SlotReport.App {
        var copy = self
        copy.name = name
        return copy
    }
}

/// A deployment server that plays a script: each deployment takes the next part.
actor FakeServer: DeployServer {
    /// How a task goes.
    struct Part: Sendable {
        /// What the task looks like at each look; the last one stays.
        var looks: [TaskDetails]
        /// Happens when the task is first seen to have ended.
        var effect: @Sendable () -> Void = {}
    }

    let versions: [String]
    var past: [DeploymentFacts]
    var parts: [Part]
    var behind: [String] = []
    private(set) var calls: [String] = []
    private var running: [String: Part] = [:]
    private var bad: Set<String> = []

    init(versions: [String], past: [DeploymentFacts] = [], parts: [Part] = [], behind: [String] = []) {
        self.versions = versions
        self.past = past
        self.parts = parts
        self.behind = behind
    }

    static let hosts = [
        TargetHost(name: "dev-app-1", address: "10.87.0.11"), TargetHost(name: "dev-app-2", address: "10.87.0.12"),
    ]

    func place(app: String, environment: String) async throws -> DeployPlace {
        DeployPlace(
            app: app, projectId: "Projects-1", environment: environment, environmentId: "Environments-1",
            hosts: FakeServer.hosts, balancers: [])
    }

    private func facts(_ version: String) -> ReleaseFacts {
        ReleaseFacts(id: "Releases-" + version, version: version, isCondemned: bad.contains(version))
    }

    func release(_ version: String?, of place: DeployPlace) async throws -> ReleaseFacts {
        guard let found = version ?? versions.last, versions.contains(found) else {
            throw Failure(.usage, "\(place.app) has no release \(version ?? "")")
        }
        return facts(found)
    }

    /// A deployment that somebody asks for as soon as this one is under way.
    func ask(later deployment: DeploymentFacts) { later = deployment }
    private var later: DeploymentFacts?

    func history(of place: DeployPlace) async throws -> [DeploymentFacts] {
        ((calls.isEmpty ? nil : later).map { [$0] } ?? [])
            + past.map { deployment in
                var copy = deployment
                copy.release = facts(deployment.release.version)
                return copy
            }
    }

    func deploy(_ release: ReleaseFacts, to place: DeployPlace, bake: Duration?) async throws -> DeploymentFacts {
        calls.append("deploy \(release.version)" + (bake.map { " bake \($0.seconds)" } ?? ""))
        guard !parts.isEmpty else { throw Failure(.missing, "the script has no more parts") }
        let number = past.count + 1
        running["ServerTasks-\(number)"] = parts.removeFirst()
        let facts = DeploymentFacts(
            id: "Deployments-\(number)", taskId: "ServerTasks-\(number)", release: release, state: .queued)
        past.insert(facts, at: 0)
        return facts
    }

    /// Lets a task that was asked for earlier go on by a script.
    func resume(_ task: String, _ part: Part) { running[task] = part }

    func task(_ id: String) async throws -> TaskDetails {
        guard var part = running[id], let look = part.looks.first else {
            throw Failure(.usage, "no task \(id)")
        }
        if part.looks.count > 1 { part.looks.removeFirst() }
        if look.task.state.isFinal {
            part.effect()
            part.effect = {}
            if let place = past.firstIndex(where: { $0.taskId == id }) { past[place].state = look.task.state }
        }
        running[id] = part
        return look
    }

    func ahead(of task: String) async throws -> [String] { behind }
    func cancel(_ task: String) async throws { calls.append("cancel \(task)") }
    func condemn(_ release: ReleaseFacts, because reason: String) async throws {
        bad.insert(release.version)
        calls.append("condemn \(release.version)")
    }
    func absolve(_ release: ReleaseFacts) async throws {
        bad.remove(release.version)
        calls.append("absolve \(release.version)")
    }
    func variableChanges(from old: ReleaseFacts, to new: ReleaseFacts) async throws -> [String] { [] }
    func markBad(_ version: String) { bad.insert(version) }
}

/// Parts of task logs.
enum Look {
    static func task(_ state: TaskState, _ logs: [ActivityLog] = [], error: String? = nil) -> TaskDetails {
        TaskDetails.make { details in
            details.task.id = "ServerTasks-1"
            details.task.state = state
            details.task.errorMessage = error
            details.activityLogs = logs
        }
    }

    static func node(
        _ name: String, _ status: ActivityStatus, lines: [String] = [], trouble: String? = nil,
        _ children: [ActivityLog] = []
    ) -> ActivityLog {
        ActivityLog.make { node in
            node.id = name
            node.name = name
            node.status = status
            node.children = children
            node.logElements = lines.map { line in ActivityLogElement.make { $0.messageText = line } }
            if let trouble {
                node.logElements.append(
                    .make {
                        $0.messageText = trouble
                        $0.category = .error
                    })
            }
        }
    }

    /// A deployment that a host refused.
    static func refused(on host: String, code: Int = 1) -> TaskDetails {
        let lines = [
            #"nante-slot {"phase":"locked","ms":33,"active":"blue","version":"1.2.4"}"#,
            #"nante-slot {"phase":"started","ms":103,"slot":"green"}"#,
            #"nante-slot {"phase":"failed","ms":20110,"code":"\#(code)","slot":"green","#
                + #""reason":"GET /healthz was not good 3 times in a row within 20 s","path":"/healthz","#
                + #""tries":"80","within":"20","last":"500 \"database: connection refused\"","serves":"1.2.4"}"#,
            #"nante-slot {"phase":"log","ms":20113,"slot":"green","line":"listening on /run/go-app/green.sock"}"#,
            #"nante-slot {"phase":"log","ms":20113,"slot":"green","line":"dial tcp: connection refused"}"#,
        ]
        return task(
            .failed,
            [
                node(
                    "Deploy go-app release 1.2.5 to dev", .failed,
                    [node("Step 1: Deploy", .failed, [node(host, .failed, lines: lines)])])
            ], error: "The step failed")
    }

    static let success = task(
        .success, [node("Deploy go-app", .success, [node("Step 1: Deploy", .success, lines: ["done"])])])
}
