import Core
import Foundation

/// The run of `nante doctor --live`: every service, each cleaned up in any case.
public struct LiveDoctor: Sendable {
    /// The services.
    public let checks: [any LiveCheck]
    /// What is made is left for a look.
    public var keeps = false
    let context: Context

    /// A run over services.
    public init(_ checks: [any LiveCheck], context: Context) {
        self.checks = checks
        self.context = context
    }

    /// What happens, for people: the service and what it does now.
    public typealias Tell = @Sendable (_ service: String, _ step: String) -> Void

    /// Goes through all services at the same time.
    ///
    /// An interrupt ends the steps; what was made is removed all the same before this returns.
    public func run(tell: @escaping Tell = { _, _ in }) async -> LiveReport {
        let parts = await withTaskGroup(of: (Int, LiveReport.Part).self) { group in
            for (place, check) in checks.enumerated() {
                group.addTask { (place, await part(check, tell)) }
            }
            var parts: [(Int, LiveReport.Part)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return LiveReport(date: context.time.now(), parts: parts)
    }

    private func part(_ check: any LiveCheck, _ tell: @escaping Tell) async -> LiveReport.Part {
        let live = LiveRun(name: LiveName.make(context.random), context: context) { tell(check.service, $0) }
        var failure: String?
        // What an earlier run left would be in the way, and is removed even where this one fails at once.
        let before = await sweep(check, live, "remove what earlier runs left")
        failure = before.failure
        if failure == nil {
            do { try await check.run(live) } catch {
                failure = error is CancellationError ? "interrupted" : LiveRun.text(error)
            }
        }
        if !keeps {
            let after = await sweep(check, live, "clean up")
            failure = failure ?? after.failure
        }
        return LiveReport.Part(
            service: check.service, version: live.version, failure: failure, steps: live.steps, calls: live.calls,
            notes: live.notes, leftovers: before.names.filter { $0 != live.name }, kept: keeps ? live.name : nil)
    }

    private func sweep(
        _ check: any LiveCheck, _ live: LiveRun, _ title: String
    ) async -> (names: [String], failure: String?) {
        // A task of its own: an interrupt of the run must not end the cleaning.
        await Task {
            do { return (try await live.step(title) { try await check.sweep(live) }, nil) } catch {
                return ([], LiveRun.text(error))
            }
        }.value
    }
}
