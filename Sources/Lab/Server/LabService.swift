import Core
import Hummingbird
import ServiceLifecycle

/// One embedded service of the lab: a vendor's protocol on a port of its own.
///
/// The lab makes it once a start, in this order: `init`, `start`, then its routes are served while `run` runs.
/// A call that no route takes is answered 501 and counted, behind the service's own middleware.
public protocol LabService: Sendable {
    /// Its name in records and settings, such as "octopus".
    static var name: String { get }
    /// Its name for people, such as "Octopus".
    static var title: String { get }
    /// The port that is tried first.
    static var port: Int { get }
    /// The `Server` header field of its answers; nil sends none.
    static var serverHeader: String? { get }
    /// It is served over TLS, by a certificate of the lab's own authority.
    static var tls: Bool { get }
    /// How paths are compared.
    static var routing: RouterOptions { get }
    /// The steps of its schema, oldest first.
    static var migrations: [LabMigration] { get }

    /// Makes the service; reads and changes nothing yet.
    init(environment: LabEnvironment) throws
    /// Puts in order what an earlier end left behind, before the first request.
    func start() async throws
    /// Adds middleware and routes.
    func addRoutes(to router: Router<LabRequestContext>)
    /// Work beside the requests; returns only when the lab shuts down or the task is cancelled.
    func run() async throws
    /// Facts for `nante lab status`, such as counts.
    func facts() async throws -> JSONValue
    /// The answer to an error that a handler threw; nil takes the lab's own form of it.
    func answer(to error: any Error) -> Response?
    /// The body of the answer 501 to a call that is not served, and its media type.
    func unserved(_ call: String) -> (body: String, type: String)
}

extension LabService {
    /// No `Server` field.
    public static var serverHeader: String? { nil }
    /// Plain HTTP.
    public static var tls: Bool { false }
    /// Exact comparison.
    public static var routing: RouterOptions { [] }
    /// Nothing to put in order.
    public func start() async throws {}
    /// Nothing beside the requests.
    public func run() async throws { try await gracefulShutdown() }
    /// No facts.
    public func facts() async throws -> JSONValue { .emptyObject }
    /// The lab's own form of an error.
    public func answer(to error: any Error) -> Response? { nil }
    /// A JSON object with one member, `error`.
    public func unserved(_ call: String) -> (body: String, type: String) {
        let value: JSONValue = ["error": .string("the lab does not serve \(call)")]
        return (value.text() + "\n", "application/json")
    }
}
