import Core
import OrderedCollections

/// Counts of requests.
public struct ProbeTally: Sendable, Hashable {
    /// How many were sent.
    public var sent = 0
    /// Failed ones that may be repeated; the gate of a deployment is zero.
    public var failed = 0
    /// Those of unknown outcome: they may not be repeated, and somebody may have acted on them.
    public var unknown = 0
    /// Good answers that were late.
    public var slowed = 0
    /// Latencies of all answers.
    public var latency = LatencyHistogram()
    /// When the first and the last bad one was sent, from the prober's start.
    public var window: ClosedRange<Duration>?

    /// Nothing yet.
    public init() {}

    mutating func add(_ record: ProbeRecord) {
        sent += 1
        if record.status != nil { latency.add(record.latency) }
        switch record.outcome {
        case .good: return
        case .slowed: slowed += 1
        case .failed: failed += 1
        case .unknown: unknown += 1
        }
        guard record.outcome != .slowed else { return }
        window = min(window?.lowerBound ?? record.at, record.at)...max(window?.upperBound ?? record.at, record.at)
    }

    mutating func add(_ other: ProbeTally) {
        sent += other.sent
        failed += other.failed
        unknown += other.unknown
        slowed += other.slowed
        latency.add(other.latency)
        guard let range = other.window else { return }
        window =
            min(
                window?.lowerBound ?? range.lowerBound, range.lowerBound)...max(
                window?.upperBound ?? range.upperBound, range.upperBound)
    }

    /// The counts for people: "4,812 sent, 0 failed, 0 of unknown outcome, 0 slowed".
    public var text: String {
        "\(sent.grouped) sent, \(failed.grouped) failed, \(unknown.grouped) of unknown outcome, "
            + "\(slowed.grouped) slowed"
    }
}

/// What the prober saw.
public struct ProbeReport: Sendable, Hashable {
    /// Counts by phase; only phases with requests.
    public var phases: [ProbePhase: ProbeTally]
    /// The first bad requests, at most 200.
    public var bad: [ProbeRecord]
    /// Requests that were not sent, since too many were under way.
    public var skipped: Int
    /// The longest that a request left late, because this machine was busy.
    public var lag: Duration

    /// A report.
    public init(phases: [ProbePhase: ProbeTally], bad: [ProbeRecord], skipped: Int, lag: Duration) {
        self.phases = phases
        self.bad = bad
        self.skipped = skipped
        self.lag = lag
    }

    /// Counts of all phases.
    public var total: ProbeTally {
        var sum = ProbeTally()
        for phase in ProbePhase.allCases { if let tally = phases[phase] { sum.add(tally) } }
        return sum
    }

    /// Counts of one phase; empty where nothing was sent in it.
    public subscript(phase: ProbePhase) -> ProbeTally { phases[phase] ?? ProbeTally() }

    /// The report as data; durations in milliseconds.
    public var json: JSONValue {
        var phases: OrderedDictionary<String, JSONValue> = ["total": total.json]
        for phase in ProbePhase.allCases { phases[phase.rawValue] = self.phases[phase]?.json }
        return .object([
            "requests": .object(phases), "skipped": .number(Double(skipped)), "lag_ms": .number(lag.milliseconds),
            "bad": .array(bad.map(\.json)),
        ])
    }
}

extension ProbeTally {
    /// The counts as data; durations in milliseconds.
    public var json: JSONValue {
        .object([
            "sent": .number(Double(sent)), "failed": .number(Double(failed)),
            "unknown_outcome": .number(Double(unknown)), "slowed": .number(Double(slowed)),
            "p50_ms": .number(latency.percentile(0.5).milliseconds),
            "p95_ms": .number(latency.percentile(0.95).milliseconds),
            "p99_ms": .number(latency.percentile(0.99).milliseconds),
            "max_ms": .number(latency.longest.milliseconds),
            "window_ms": window.map {
                .array([.number($0.lowerBound.milliseconds), .number($0.upperBound.milliseconds)])
            } ?? .null,
        ])
    }
}

extension ProbeRecord {
    /// The request as data.
    public var json: JSONValue {
        .object([
            "number": .number(Double(number)), "at_ms": .number(at.milliseconds), "phase": .string(phase.rawValue),
            "method": .string(request.method), "path": .string(request.path), "new_connection": .bool(fresh),
            "status": status.map { .number(Double($0)) } ?? .null, "latency_ms": .number(latency.milliseconds),
            "outcome": .string(outcome.rawValue), "message": message.map { .string($0) } ?? .null,
        ])
    }
}

extension Duration {
    /// Milliseconds with one decimal place.
    var milliseconds: Double { (seconds * 10_000).rounded() / 10 }
}

extension Int {
    /// Digits in groups of three: 4,812.
    var grouped: String {
        let digits = String(magnitude)
        var out = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { out += "," }
            out.append(digit)
        }
        return (self < 0 ? "-" : "") + out
    }
}
