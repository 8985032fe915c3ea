import Core
import Octopus

extension Rollout {
    /// The release is bad: goes back where that is needed, and explains.
    func retreat(
        _ work: Work, _ deployment: DeploymentFacts, _ trouble: Trouble, _ prober: Prober?
    ) async throws -> RolloutResult {
        let newer = try await newer(than: deployment, of: work.place)
        if let newer, trouble.mayComeOfAnother { throw superseded(work, deployment, by: newer) }
        prober?.enter(.rollback)
        var explanation = await explanation(work, deployment, trouble)
        if !trouble.isNobodysFault {
            let reason = "nante deploy: \(explanation.headline)"
            try await mark("marked as bad") { try await server.condemn(work.release, because: reason) }
        }
        var states = try await slots.states(of: work.place.hosts)
        if trouble.isSilence || newer != nil {
            // Going back would not reach a silent host either, and the others are well; nor may it undo what was
            // asked for later.
            explanation.serves = only(serving(states, work.place.app))
        } else if let previous = work.previous {
            if serving(states, work.place.app) == [previous.version] {
                explanation.serves = previous.version
            } else {
                states = try await goBack(to: previous, work, &explanation)
            }
        } else {
            let versions = serving(states, work.place.app)
            explanation.serves = only(versions)
            if versions.contains(where: { !$0.isEmpty }) {
                explanation.backFailed = "there is no earlier good release to go back to"
            }
        }
        explanation.requests = prober?.report
        var result = result(
            .bad(explanation), work.place, work.release, [], states, prober?.report, deployment.id, work.start)
        result.previous = work.previous?.version
        return result
    }

    /// The latest deployment to the place that was asked for after this one; nil where this one is the latest.
    private func newer(than deployment: DeploymentFacts, of place: DeployPlace) async throws -> DeploymentFacts? {
        let history = try await server.history(of: place)
        guard let own = history.firstIndex(where: { $0.id == deployment.id }) else { return nil }
        return history[..<own].first { $0.state != .canceled }
    }

    private func superseded(_ work: Work, _ deployment: DeploymentFacts, by newer: DeploymentFacts) -> Failure {
        let place = work.place
        return Failure(
            .failed, "\(place.app) \(work.release.version) was superseded in \(place.environment) while it was watched",
            where: deployment.id, why: "\(newer.id) deploys \(newer.release.version); nothing is taken back",
            next: ["nante status \(place.app)", "nante octopus deployment logs \(newer.id)"])
    }

    private func goBack(
        to previous: ReleaseFacts, _ work: Work, _ explanation: inout Explanation
    ) async throws -> [HostState] {
        tell(.said("\(work.release.version) is bad: going back to \(previous.version)"))
        let deployment = try await server.deploy(previous, to: work.place, bake: .zero)
        leftover.set(deployment)
        let details = try await TaskFollower(server, context: context, tell: tell)
            .follow(deployment, within: options.timeout)
        leftover.set(nil)
        let states = try await slots.states(of: work.place.hosts)
        let trouble =
            Verdict.of(task: details, hosts: work.place.hosts)
            ?? Verdict.of(states: states, app: work.place.app, version: previous.version)
        if let trouble {
            let again = await self.explanation(
                Work(place: work.place, release: previous, previous: nil, start: work.start), deployment, trouble)
            explanation.backFailed = again.headline
        } else {
            explanation.serves = previous.version
            explanation.broughtBackBy = deployment.id
        }
        return states
    }

    /// Versions that hosts serve in good health; "" stands for one that serves nothing or is not well.
    ///
    /// A host that can't be asked can't be changed either, so it does not count.
    private func serving(_ states: [HostState], _ app: String) -> [String] {
        Set(states.compactMap { state in state.app(app).map { $0.healthy ? $0.version ?? "" : "" } }).sorted()
    }

    /// The one version that there is beside hosts that serve nothing.
    private func only(_ versions: [String]) -> String? {
        let real = versions.filter { !$0.isEmpty }
        return real.count == 1 ? real[0] : nil
    }

    private func explanation(
        _ work: Work, _ deployment: DeploymentFacts, _ trouble: Trouble
    ) async -> Explanation {
        var explanation = Explanation(
            app: work.place.app, version: work.release.version, environment: work.place.environment,
            trouble: trouble, deployment: deployment.id, run: options.run)
        switch trouble {
        case .crashed(let host, let found), .unhealthy(let host, let found):
            guard let slot = found.active else { break }
            let lines = try? await slots.log(of: work.place.app, slot: slot, on: host, lines: 5)
            explanation.hostLog = lines ?? []
        default: break
        }
        if let previous = work.previous {
            explanation.previous = previous.version
            explanation.commits = await commits(previous.revision, work.release.revision)
            explanation.variables = try? await server.variableChanges(from: previous, to: work.release)
        }
        return explanation
    }

    /// Goes back to the previous good release, or to a given one.
    ///
    /// The release that is left is marked as bad unless a version was named, so that the next rollback goes further
    /// back and not to it again.
    public func rollback(app: String, environment: String, to version: String?) async throws -> RolloutResult {
        let start = context.time.elapsed()
        let place = try await server.place(app: app, environment: environment)
        async let asked = slots.states(of: place.hosts)
        let history = try await server.history(of: place)
        let current = history.first { $0.state == .success }?.release
        let target = try await target(version, current, history, place)
        let states = try await asked
        if Verdict.of(states: states, app: app, version: target.version) == nil,
            current?.version == target.version, history.allSatisfy(\.state.isFinal)
        {
            return result(.unchanged, place, target, history, states, nil, nil, start)
        }
        if version == nil, let current, !current.isCondemned {
            let reason = "nante rollback to \(target.version)"
            try await mark("marked as bad") { try await server.condemn(current, because: reason) }
        }
        let work = Work(place: place, release: target, previous: nil, start: start)
        guard let prober = try prober(of: place, phase: .rollback) else {
            return try await back(work, left: current, prober: nil)
        }
        return try await prober.run { try await self.back(work, left: current, prober: prober) }
    }

    private func back(_ work: Work, left: ReleaseFacts?, prober: Prober?) async throws -> RolloutResult {
        let deployment = try await server.deploy(work.release, to: work.place, bake: .zero)
        leftover.set(deployment)
        let details = try await TaskFollower(server, context: context, tell: tell)
            .follow(deployment, within: options.timeout)
        leftover.set(nil)
        let states = try await slots.states(of: work.place.hosts)
        let took = context.time.elapsed() - work.start
        prober?.enter(.after)
        var ending = RolloutResult.Ending.healthy
        if let trouble = Verdict.of(task: details, hosts: work.place.hosts)
            ?? Verdict.of(states: states, app: work.place.app, version: work.release.version)
        {
            var explanation = await self.explanation(work, deployment, trouble)
            explanation.serves = only(serving(states, work.place.app))
            explanation.backFailed = "\(work.release.version) is not everywhere"
            explanation.requests = prober?.report
            ending = .bad(explanation)
        } else if prober != nil {
            try await context.time.sleep(for: options.lead)
        }
        var result = result(
            ending, work.place, work.release, [], states, prober?.report, deployment.id, work.start)
        result.previous = left?.version
        result.took = took
        return result
    }

    private func target(
        _ version: String?, _ current: ReleaseFacts?, _ history: [DeploymentFacts], _ place: DeployPlace
    ) async throws -> ReleaseFacts {
        if let version { return try await server.release(version, of: place) }
        guard let current else {
            throw Failure(
                .failed, "\(place.app) was never deployed to \(place.environment)",
                why: "there is nothing to go back from",
                next: ["nante deploy \(place.app) --environment \(place.environment)"])
        }
        if let found = good(history, not: current) { return found }
        throw Failure(
            .failed, "\(place.app) has no earlier good release in \(place.environment)",
            why: "\(current.version) serves; no other release was deployed there well and not found bad later",
            next: ["nante rollback \(place.app) --environment \(place.environment) --to VERSION"])
    }
}

extension Trouble {
    /// A host gives no answer.
    var isSilence: Bool { if case .silent = self { true } else { false } }

    /// A deployment that was asked for later looks like this from here.
    var mayComeOfAnother: Bool {
        switch self {
        case .otherVersion, .requests: true
        case .refused, .task, .crashed, .unhealthy, .silent, .nowhere: false
        }
    }

    /// The release itself may be good: it was cancelled, the host was busy or can't be asked.
    var isNobodysFault: Bool {
        switch self {
        case .task, .silent, .nowhere: true
        case .refused(_, let refusal, _): refusal.code == 75
        case .crashed, .unhealthy, .otherVersion, .requests: false
        }
    }
}
