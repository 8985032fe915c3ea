import Foundation

/// The clock of a context: wall time, elapsed time and waiting.
public protocol TimeSource: Sendable {
    /// The wall time.
    func now() -> Date
    /// Time that never goes backwards, from an arbitrary start.
    func elapsed() -> Duration
    /// Waits; throws `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's clock.
public struct SystemTime: TimeSource {
    private let start = ContinuousClock.now

    /// The machine's clock.
    public init() {}

    /// The wall time.
    public func now() -> Date { Date() }
    /// Time since this value was made.
    public func elapsed() -> Duration { ContinuousClock.now - start }
    /// Waits on the continuous clock.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

extension Duration {
    /// The duration in seconds.
    public var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Short text for people: "0.4 s", "12 s", "3 min 5 s".
    public var short: String {
        let seconds = self.seconds
        if seconds < 0.095 { return "\(Int((seconds * 1000).rounded())) ms" }
        if seconds < 9.95 { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(seconds.rounded())
        return whole < 120 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }

    /// Reads "250ms", "20s", "5m", "1h" or a bare number of seconds; nil for anything else.
    public init?(short text: String) {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let amount = Double(digits), amount.isFinite, amount >= 0, amount <= 1e9 else { return nil }
        switch text.dropFirst(digits.count).trimmingPrefix(" ") {
        case "ms": self = .milliseconds(Int64(amount.rounded()))
        case "", "s": self = .milliseconds(Int64((amount * 1_000).rounded()))
        case "m", "min": self = .milliseconds(Int64((amount * 60_000).rounded()))
        case "h": self = .milliseconds(Int64((amount * 3_600_000).rounded()))
        default: return nil
        }
    }
}

extension Date {
    /// ISO 8601 in UTC with milliseconds, such as 2026-11-24T05:29:37.120Z.
    public var iso8601: String {
        formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads ISO 8601 with or without fractions; nil for anything else.
    public init?(iso8601 text: String) {
        for fractions in [true, false] {
            if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: fractions)) {
                self = date
                return
            }
        }
        return nil
    }
}
