/// Waiting for a condition, with a deadline and a reason, never by a blind sleep.
public enum Wait {
    /// Polls until the condition gives a value.
    ///
    /// - Parameters:
    ///   - reason: completes the sentence "waited 20 s for …"; printed when the deadline passes.
    ///   - limit: the deadline, from now.
    ///   - interval: time between two looks, at most 250 ms.
    /// - Throws: a failure with exit `deadline`, or what the condition throws.
    public static func until<Value: Sendable>(
        _ reason: String, within limit: Duration, every interval: Duration = .milliseconds(100), context: Context,
        condition: () async throws -> Value?
    ) async throws -> Value {
        let start = context.time.elapsed()
        while true {
            if let value = try await condition() { return value }
            if context.time.elapsed() - start >= limit {
                throw Failure(.deadline, "waited \(limit.short) for \(reason)")
            }
            try await context.time.sleep(for: min(interval, .milliseconds(250)))
        }
    }

    /// Runs work under a deadline; the work is cancelled when it passes.
    public static func deadline<Value: Sendable>(
        _ reason: String, _ limit: Duration, context: Context, work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await context.time.sleep(for: limit)
                throw Failure(.deadline, "\(reason) took longer than \(limit.short)")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}
