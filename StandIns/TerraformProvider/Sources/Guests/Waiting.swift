import Planning
import Values

extension Server {
    /// Looks until something is there, at ``Server/interval``.
    func wait<Found>(
        _ what: String, within limit: Duration, _ look: () async throws -> Found?
    ) async throws -> Found {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            if let found = try await look() { return found }
            guard !stop.isAsked else { throw Problem("Stopped while waiting for \(what)", "Terraform asked to stop.") }
            guard clock.now < deadline else {
                throw Problem("Timeout while waiting for \(what)", "It took more than \(limit).")
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Follows a task to its end; an answer without one was synchronous.
    ///
    /// A task that ends with warnings succeeded.
    func follow(_ answer: JSON, _ what: String, within limit: Duration) async throws {
        guard let task = answer.string, task.hasPrefix("UPID:") else { return }
        let fields = task.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count >= 8 else { throw Problem("\(what) failed", "\"\(task)\" is not a task identifier.") }
        let path = "nodes/\(Self.segment(String(fields[1])))/tasks/\(Self.segment(task))"
        var patience = Patience()
        let result: String = try await wait("\(what) (\(task))", within: limit) {
            do {
                let status = try await get("\(path)/status")
                patience = Patience()
                return status["status"].string == "running" ? nil : status["exitstatus"].string ?? "unknown"
            } catch let trouble as ServerTrouble where trouble.status == 400 || trouble.isTransient {
                try patience.bear(trouble)
                return nil
            }
        }
        guard result != "OK", !result.hasPrefix("WARNINGS") else { return }
        let log = (try? await get("\(path)/log")) ?? .null
        let lines = log.array.compactMap { $0["t"].string }.suffix(20).joined(separator: "\n")
        throw Problem("\(what) failed: \(result)", lines)
    }
}

/// How long a trouble that may pass is borne, from its first time.
struct Patience {
    private static let limit = Duration.seconds(30)
    private var since: ContinuousClock.Instant?

    /// Whether there was a trouble before.
    var isTried: Bool { since != nil }

    /// Lets a trouble pass, or throws it when it goes on for too long.
    mutating func bear(_ trouble: ServerTrouble) throws {
        let now = ContinuousClock.now
        guard let since else {
            self.since = now
            return
        }
        if now - since > Self.limit { throw trouble }
    }
}
