import Core
import OrderedCollections

/// How a deployment or a rollback ended.
public struct RolloutResult: Sendable {
    /// What there was to do.
    public enum Ending: Sendable {
        /// The release serves everywhere already; nothing was changed.
        case unchanged
        /// The release serves everywhere and is well.
        case healthy
        /// The release is bad; what serves now is told in the explanation.
        case bad(Explanation)
    }
    /// How it ended.
    public var ending: Ending
    /// The application.
    public var app: String
    /// The environment.
    public var environment: String
    /// The release that was to serve.
    public var version: String
    /// The release that served before; nil where none did.
    public var previous: String?
    /// The deployment; nil where none was needed.
    public var deployment: String?
    /// The hosts at the end.
    public var hosts: [HostState]
    /// What the prober saw; nil where nothing was probed.
    public var requests: ProbeReport?
    /// Where the application is reached; nil without a load balancer.
    public var url: String?
    /// From the decision until every host served the release and was healthy.
    public var took: Duration

    /// The word for the ending in data.
    public var word: String {
        switch ending {
        case .unchanged: "unchanged"
        case .healthy: "healthy"
        case .bad: "bad"
        }
    }

    /// The result as data.
    public var json: JSONValue {
        let rows = hosts.map { state -> JSONValue in
            let found = state.app(app)
            return .object([
                "host": .string(state.host.name), "address": .string(state.host.address),
                "slot": found?.active.map { .string($0) } ?? .null,
                "version": found?.version.map { .string($0) } ?? .null,
                "healthy": found.map { .bool($0.healthy) } ?? .null,
            ])
        }
        var members: OrderedDictionary<String, JSONValue> = [
            "app": .string(app), "environment": .string(environment), "version": .string(version),
            "previous": previous.map { .string($0) } ?? .null, "result": .string(word),
            "deployment": deployment.map { .string($0) } ?? .null, "url": url.map { .string($0) } ?? .null,
            "seconds": .number((took.seconds * 1_000).rounded() / 1_000), "hosts": .array(rows),
            "requests": requests?.json ?? .null,
        ]
        if case .bad(let explanation) = ending {
            members["serves"] = explanation.serves.map { .string($0) } ?? .null
            members["explanation"] = .string(explanation.failure.description)
        }
        return .object(members)
    }
}
