/// Counts of durations in buckets of at most 3 % width, so that percentiles of any number of them take 16 KiB.
public struct LatencyHistogram: Sendable, Hashable {
    private static let parts = 32
    private var counts: [UInt32]
    /// How many were added.
    public private(set) var count = 0
    /// The longest, exactly.
    public private(set) var longest: Duration = .zero

    /// An empty one.
    public init() { counts = [UInt32](repeating: 0, count: 40 * LatencyHistogram.parts) }

    /// Adds a duration.
    public mutating func add(_ duration: Duration) {
        counts[LatencyHistogram.bucket(of: duration)] += 1
        count += 1
        longest = max(longest, duration)
    }

    /// Adds all that another holds.
    public mutating func add(_ other: LatencyHistogram) {
        for place in counts.indices { counts[place] += other.counts[place] }
        count += other.count
        longest = max(longest, other.longest)
    }

    /// The duration that the given part of all (0 to 1) does not exceed; zero where there are none.
    public func percentile(_ part: Double) -> Duration {
        guard count > 0 else { return .zero }
        let wanted = max(1, Int((part * Double(count)).rounded(.up)))
        var seen = 0
        for (place, number) in counts.enumerated() where number > 0 {
            seen += Int(number)
            if seen >= wanted { return min(longest, LatencyHistogram.top(of: place)) }
        }
        return longest
    }

    /// Microseconds below 32 have a bucket each; above, every power of two has 32 of equal width.
    private static func bucket(of duration: Duration) -> Int {
        let micros = UInt64(max(0, min(duration.seconds * 1e6, 1e11)))
        guard micros >= UInt64(parts) else { return Int(micros) }
        let power = 63 - micros.leadingZeroBitCount
        let part = Int(micros >> UInt64(power - 5)) - parts
        return min((power - 4) * parts + part, 40 * parts - 1)
    }

    private static func top(of bucket: Int) -> Duration {
        guard bucket >= parts else { return .microseconds(bucket) }
        let power = bucket / parts + 4
        return .microseconds(Int64(parts + bucket % parts + 1) << Int64(power - 5))
    }
}
