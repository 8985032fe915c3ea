import Core
import Synchronization

/// Counts the calls that the lab does not serve, so that a gap shows up in `nante lab status`.
public final class UnservedCalls: Sendable {
    private struct Tally {
        var total = 0
        var calls: [String: Int] = [:]
    }
    private let tallies = Mutex<[String: Tally]>([:])
    /// How many different calls are told apart a service; further ones only count in the total.
    public static let kinds = 200

    /// Nothing counted.
    public init() {}

    /// Counts a call such as "GET /service/rest/v1/tasks".
    public func add(_ call: String, service: String) {
        let short = String(call.prefix(200))
        tallies.withLock { tallies in
            var tally = tallies[service] ?? Tally()
            tally.total += 1
            if tally.calls[short] != nil || tally.calls.count < UnservedCalls.kinds {
                tally.calls[short, default: 0] += 1
            }
            tallies[service] = tally
        }
    }

    /// How many were counted for a service.
    public func total(_ service: String) -> Int { tallies.withLock { $0[service]?.total ?? 0 } }

    /// Each call of a service with its count, most frequent first.
    public func calls(_ service: String) -> [(call: String, count: Int)] {
        let calls = tallies.withLock { $0[service]?.calls ?? [:] }
        return calls.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }
}
