import Core
import Synchronization

/// Steady traffic against an address, each request with its result, while something else happens.
///
/// Open loop: a request leaves at its time whether or not earlier ones are answered, half of them over a new
/// connection each and half over connections that are kept open. Memory is bounded: counts, histograms and the first
/// bad requests.
public final class Prober: Sendable {
    private struct State {
        var phase = ProbePhase.before
        var phases: [ProbePhase: ProbeTally] = [:]
        var bad: [ProbeRecord] = []
        var skipped = 0
        var flying = 0
        var lag: Duration = .zero
        var stopped = false
    }

    private static let badKept = 200
    private let plan: ProbePlan
    private let context: Context
    private let state: Mutex<State>
    private let onRecord: (@Sendable (ProbeRecord) -> Void)?

    /// A prober; nothing is sent before `run`.
    ///
    /// - Parameter onRecord: gets every request with its result, as it ends.
    public init(
        _ plan: ProbePlan, phase: ProbePhase = .before, context: Context,
        onRecord: (@Sendable (ProbeRecord) -> Void)? = nil
    ) {
        self.plan = plan
        self.context = context
        self.onRecord = onRecord
        state = Mutex(State(phase: phase))
    }

    /// Requests that leave from now on belong to another phase.
    public func enter(_ phase: ProbePhase) { state.withLock { $0.phase = phase } }

    /// No more requests are sent; those under way are waited for.
    public func stop() { state.withLock { $0.stopped = true } }

    /// What was seen until now.
    public var report: ProbeReport {
        state.withLock { ProbeReport(phases: $0.phases, bad: $0.bad, skipped: $0.skipped, lag: $0.lag) }
    }

    /// Sends until it is stopped or cancelled, then waits for the answers that are due.
    public func run() async {
        let client = ProbeClient(plan, context: context)
        let start = context.time.elapsed()
        await withDiscardingTaskGroup { group in
            var number = 0
            while !Task.isCancelled, !state.withLock({ $0.stopped }) {
                let due = Duration.seconds(1) * number / plan.rate
                let wait = due - (context.time.elapsed() - start)
                if wait > .zero {
                    // Never long asleep, so that a stop is heard soon.
                    do { try await context.time.sleep(for: min(wait, .milliseconds(100))) } catch { break }
                    if wait > .milliseconds(100) { continue }
                }
                if depart(late: context.time.elapsed() - start - due) {
                    let place = number
                    group.addTask { await self.send(place, over: client, since: start) }
                }
                number += 1
            }
            if Task.isCancelled { group.cancelAll() }
        }
        await client.shutdown()
    }

    /// Runs while the work is done; stops and waits for the last answers when it ends.
    public func run<Value: Sendable>(
        while work: () async throws -> Value
    ) async throws -> Value {
        let sending = Task { await self.run() }
        do {
            let value = try await work()
            stop()
            await sending.value
            return value
        } catch {
            sending.cancel()
            await sending.value
            throw error
        }
    }

    private func depart(late: Duration) -> Bool {
        state.withLock { state in
            state.lag = max(state.lag, late)
            guard state.flying < plan.limit else {
                state.skipped += 1
                return false
            }
            state.flying += 1
            return true
        }
    }

    private func send(_ number: Int, over client: ProbeClient, since start: Duration) async {
        let request = plan.requests[number % plan.requests.count]
        let fresh = (number / plan.requests.count).isMultiple(of: 2)
        let phase = state.withLock { $0.phase }
        let sent = context.time.elapsed()
        let ending = try? await client.send(request, number: number, fresh: fresh)
        let latency = context.time.elapsed() - sent
        guard let ending else {
            state.withLock { $0.flying -= 1 }
            return
        }
        let record = ProbeRecord(
            number: number, at: sent - start, phase: phase, request: request, fresh: fresh, status: ending.status,
            latency: latency, outcome: ending.outcome(of: request, after: latency, slow: plan.slow),
            message: ending.message)
        state.withLock { state in
            state.flying -= 1
            state.phases[phase, default: ProbeTally()].add(record)
            let isBad = record.outcome == .failed || record.outcome == .unknown
            if isBad, state.bad.count < Prober.badKept { state.bad.append(record) }
        }
        onRecord?(record)
    }
}
