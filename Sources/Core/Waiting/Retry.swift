/// Repeats a call that may be repeated, with growing pauses and jitter.
public struct Retry: Sendable {
    /// How often the call is tried at most, the first included.
    public var attempts: Int
    /// The pause before the second try; it doubles each time.
    public var pause: Duration
    /// The longest pause.
    public var longest: Duration

    /// A policy.
    public init(attempts: Int = 4, pause: Duration = .milliseconds(200), longest: Duration = .seconds(5)) {
        self.attempts = attempts
        self.pause = pause
        self.longest = longest
    }

    /// No repetition at all.
    public static let never = Retry(attempts: 1)

    /// The pause after a failed try (the first has number 1): exponential, between half and the whole of it at random.
    public func pause(after attempt: Int, random: any RandomSource) -> Duration {
        let whole = min(longest, pause * (1 << min(attempt - 1, 16)))
        return whole * (0.5 + random.unit() / 2)
    }

    /// Calls until it succeeds, the policy is used up, or the error may not be repeated.
    public func callAsFunction<Value>(
        context: Context, mayRepeat: (any Error) -> Bool, call: () async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do { return try await call() } catch {
                guard attempt < attempts, mayRepeat(error), !Task.isCancelled else { throw error }
                try await context.time.sleep(for: pause(after: attempt, random: context.random))
                attempt += 1
            }
        }
    }
}
