import Core
import Octopus
import Synchronization

/// Brings a release to an environment, watches it from outside, and goes back when it is bad.
public struct Rollout: Sendable {
    /// What a caller may choose.
    public struct Options: Sendable {
        /// How long hosts watch the new release; nil leaves it to them.
        public var bake: Duration?
        /// How long the release is watched after the last host took it.
        public var watch: Duration = .seconds(8)
        /// How long traffic is recorded before anything is changed.
        public var lead: Duration = .seconds(1)
        /// The longest that the server's task may take.
        public var timeout: Duration = .seconds(1_800)
        /// Deploy although nothing would change.
        public var force = false
        /// Where the application is reached; nil asks the load balancer of the environment on port 80.
        public var url: String?
        /// Requests a second of the prober; 0 turns it off.
        public var rate = 50
        /// Paths asked by GET.
        public var get = ["/"]
        /// Paths asked by POST.
        public var post: [String] = []
        /// The run of a workflow that this is a step of.
        public var run: String?
        /// The defaults.
        public init() {}
    }

    /// The deployment server.
    public let server: any DeployServer
    /// The hosts.
    public let slots: any HostSlots
    /// The effects.
    public let context: Context
    /// The caller's choices.
    public let options: Options
    /// Commits between two revisions for people, newest first; nil where git does not know them.
    public let commits: @Sendable (_ old: String, _ new: String) async -> [String]?
    /// Gets what goes on.
    public let tell: @Sendable (RolloutNews) -> Void
    let leftover = Leftover()

    /// A rollout; nothing is done yet.
    public init(
        _ server: any DeployServer, _ slots: any HostSlots, context: Context, options: Options = Options(),
        commits: @escaping @Sendable (String, String) async -> [String]? = { _, _ in nil },
        tell: @escaping @Sendable (RolloutNews) -> Void = { _ in }
    ) {
        self.server = server
        self.slots = slots
        self.context = context
        self.options = options
        self.commits = commits
        self.tell = tell
    }

    /// What is left when the command is interrupted; nil before a deployment was asked for.
    public var interrupted: DeploymentFacts? { leftover.deployment }

    /// Deploys a version, or the newest release.
    public func deploy(app: String, environment: String, version: String?) async throws -> RolloutResult {
        let start = context.time.elapsed()
        let place = try await server.place(app: app, environment: environment)
        let release = try await server.release(version, of: place)
        async let asked = slots.states(of: place.hosts)
        let history = try await server.history(of: place)
        let states = try await asked
        // Asked for before, perhaps by a command that was killed: it is followed, not asked for again.
        let running = history.first {
            !$0.state.isFinal && $0.state != .cancelling && $0.release.version == release.version
        }
        if running == nil, !options.force, isThere(release, history, states, app: app) {
            return result(.unchanged, place, release, history, states, nil, nil, start)
        }
        if let running {
            tell(.said("\(running.id) deploys \(app) \(release.version) to \(environment) already; it is followed"))
        }
        if release.isCondemned {
            tell(.said("\(app) \(release.version) was found bad before; it is deployed since you ask for it"))
        }
        let serving = states.contains { $0.app(app)?.active != nil }
        let work = Work(place: place, release: release, previous: good(history, not: release), start: start)
        let prober = try prober(of: place, phase: serving ? .before : .after)
        guard let prober else { return try await carryOut(work, running, prober: nil) }
        // Where nothing serves yet every request would fail: traffic begins when the release is there.
        guard serving else { return try await carryOut(work, running, prober: prober, late: true) }
        return try await prober.run {
            try await context.time.sleep(for: options.lead)
            prober.enter(.during)
            return try await carryOut(work, running, prober: prober)
        }
    }

    /// What one deployment is about.
    struct Work: Sendable {
        var place: DeployPlace
        var release: ReleaseFacts
        var previous: ReleaseFacts?
        var start: Duration
    }

    private func carryOut(
        _ work: Work, _ running: DeploymentFacts?, prober: Prober?, late: Bool = false
    ) async throws -> RolloutResult {
        let deployment: DeploymentFacts
        if let running {
            deployment = running
        } else {
            deployment = try await server.deploy(work.release, to: work.place, bake: options.bake)
        }
        leftover.set(deployment)
        let details = try await TaskFollower(server, context: context, tell: tell)
            .follow(deployment, within: options.timeout)
        let healthyAfter = context.time.elapsed() - work.start
        var trouble = Verdict.of(task: details, hosts: work.place.hosts)
        if trouble == nil {
            prober?.enter(.after)
            if late, let prober {
                trouble = try await prober.run { try await self.watch(work, prober) }
            } else {
                trouble = try await watch(work, prober)
            }
        }
        leftover.set(nil)
        guard let trouble else { return try await settle(work, deployment, prober, healthyAfter) }
        return try await retreat(work, deployment, trouble, prober)
    }

    /// Looks at the hosts and the requests for a while; ends at the first thing that is wrong.
    private func watch(_ work: Work, _ prober: Prober?) async throws -> Trouble? {
        let start = context.time.elapsed()
        tell(.said("every host took \(work.release.version); it is watched for \(options.watch.short)"))
        while true {
            let states = try await slots.states(of: work.place.hosts)
            let found = Verdict.of(states: states, app: work.place.app, version: work.release.version)
            // A host that can't be asked just now may be asked again; it says nothing about the release.
            if let found, !found.isSilence { return found }
            if let prober, let found = Verdict.of(requests: prober.report) { return found }
            if context.time.elapsed() - start >= options.watch { return found }
            try await context.time.sleep(for: .milliseconds(250))
        }
    }

    private func settle(
        _ work: Work, _ deployment: DeploymentFacts, _ prober: Prober?, _ took: Duration
    ) async throws -> RolloutResult {
        if work.release.isCondemned { try await mark("unmarked") { try await server.absolve(work.release) } }
        let states = try await slots.states(of: work.place.hosts)
        var result = result(
            .healthy, work.place, work.release, [], states, prober?.report, deployment.id, work.start)
        result.previous = work.previous?.version
        result.took = took
        return result
    }

    /// A mark that can't be written is told of, and does not keep the hosts from what they need.
    func mark(_ what: String, _ call: () async throws -> Void) async throws {
        do { try await call() } catch let error as CancellationError { throw error } catch {
            tell(.said("the release could not be \(what) in Octopus: \((error as? Failure)?.what ?? "\(error)")"))
        }
    }

    /// The release serves on every host that knows the application, and nothing else is on its way.
    private func isThere(
        _ release: ReleaseFacts, _ history: [DeploymentFacts], _ states: [HostState], app: String
    ) -> Bool {
        guard history.allSatisfy(\.state.isFinal), let last = history.first(where: { $0.state == .success }),
            last.release.version == release.version, !release.isCondemned,
            states.contains(where: { $0.app(app) != nil })
        else { return false }
        return Verdict.of(states: states, app: app, version: release.version) == nil
    }

    /// The latest release that was deployed well and is another.
    func good(_ history: [DeploymentFacts], not release: ReleaseFacts) -> ReleaseFacts? {
        history.first { $0.isGood && $0.release.version != release.version }?.release
    }

    func address(of place: DeployPlace) -> String? {
        options.url
            ?? place.balancers.first.map { host in
                host.address.contains(":") ? "http://[\(host.address)]" : "http://\(host.address)"
            }
    }

    func prober(of place: DeployPlace, phase: ProbePhase) throws -> Prober? {
        guard options.rate > 0 else { return nil }
        guard let url = address(of: place) else {
            tell(.said("\(place.environment) has no load balancer and no --url is given: nothing is probed"))
            return nil
        }
        var plan = try ProbePlan(url: url, rate: options.rate, get: options.get, post: options.post)
        if options.url == nil { plan.host = place.app }
        return Prober(plan, phase: phase, context: context)
    }

    func result(
        _ ending: RolloutResult.Ending, _ place: DeployPlace, _ release: ReleaseFacts, _ history: [DeploymentFacts],
        _ states: [HostState], _ requests: ProbeReport?, _ deployment: String?, _ start: Duration
    ) -> RolloutResult {
        RolloutResult(
            ending: ending, app: place.app, environment: place.environment, version: release.version,
            previous: good(history, not: release)?.version, deployment: deployment, hosts: states,
            requests: requests, url: address(of: place), took: context.time.elapsed() - start)
    }
}

/// The deployment that is under way, for a command that is interrupted.
final class Leftover: Sendable {
    private let state = Mutex<DeploymentFacts?>(nil)
    var deployment: DeploymentFacts? { state.withLock { $0 } }
    func set(_ deployment: DeploymentFacts?) { state.withLock { $0 = deployment } }
}
