import Core
import Foundation

/// What the prober asks, how often and how.
public struct ProbePlan: Sendable, Hashable {
    /// One kind of request.
    public struct Request: Sendable, Hashable {
        /// GET or POST.
        public var method: String
        /// The path with its query.
        public var path: String
        /// A request.
        public init(_ method: String, _ path: String) {
            self.method = method
            self.path = path
        }
        /// It may be sent again when its outcome is unknown (RFC 9110 section 9.2.2).
        public var isIdempotent: Bool { method != "POST" }
    }

    /// The address before the paths, without a trailing slash.
    public var url: String
    /// Requests a second, at a steady rate whatever the answers (open loop).
    public var rate: Int
    /// The requests, one after the other and again.
    public var requests: [Request]
    /// The longest that an answer is waited for.
    public var timeout: Duration = .seconds(5)
    /// A good answer that takes longer counts as slowed.
    public var slow: Duration = .milliseconds(200)
    /// The Host field where it is not that of the address: a load balancer tells applications apart by it.
    public var host: String?
    /// How many requests may be under way at once; those that would exceed it are not sent, and counted.
    public var limit = 1_000

    /// A plan.
    ///
    /// - Throws: a failure with exit `usage` for an address, a rate or a path that can't be asked.
    public init(url: String, rate: Int = 50, get: [String] = ["/"], post: [String] = []) throws {
        let trimmed = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard let parts = URL(string: trimmed), ["http", "https"].contains(parts.scheme), let host = parts.host(),
            !host.isEmpty
        else { throw Failure(.usage, "\(url) is not an address such as http://10.87.0.10") }
        guard (1...1_000).contains(rate) else { throw Failure(.usage, "a rate is 1 to 1000 requests a second") }
        for path in get + post where !NameRule.isURLPath(path) {
            throw Failure(.usage, "\(path) is no path of a request", why: "it begins with / and holds no spaces")
        }
        guard !get.isEmpty || !post.isEmpty else { throw Failure(.usage, "the prober needs a path to ask") }
        self.url = trimmed
        self.rate = rate
        requests = ProbePlan.mixed(get.map { Request("GET", $0) }, post.map { Request("POST", $0) })
    }

    /// Both kinds in turn, so that every window holds some of each.
    private static func mixed(_ first: [Request], _ second: [Request]) -> [Request] {
        guard !first.isEmpty, !second.isEmpty else { return first + second }
        return (0..<max(first.count, second.count)).flatMap {
            [first[$0 % first.count], second[$0 % second.count]]
        }
    }
}
