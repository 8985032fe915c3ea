import Core
import Foundation
import OrderedCollections

/// An application in an environment, as the deployment server knows it.
public struct Deployed: Sendable, Hashable {
    /// The application.
    public var app: String
    /// The environment.
    public var environment: String
    /// The release that was last deployed well; nil where none was.
    public var version: String?
    /// A deployment that is under way, or that failed after it; nil where the last one was good.
    public var unsettled: String?

    /// What the server knows.
    public init(app: String, environment: String, version: String?, unsettled: String? = nil) {
        self.app = app
        self.environment = environment
        self.version = version
        self.unsettled = unsettled
    }
}

/// The hosts of an environment.
public struct EnvironmentHosts: Sendable, Hashable {
    /// The environment.
    public var environment: String
    /// Hosts that applications run on, without load balancers.
    public var hosts: [TargetHost]
    /// Hosts.
    public init(environment: String, hosts: [TargetHost]) {
        self.environment = environment
        self.hosts = hosts
    }
}

/// What can be asked about everything that is deployed.
public protocol DeployOverview: Sendable {
    /// What is deployed where, of one application or all, in one environment or all.
    func deployed(app: String?, environment: String?) async throws -> [Deployed]
    /// The hosts of one environment or all.
    func hosts(environment: String?) async throws -> [EnvironmentHosts]
}

/// What is deployed where: the server's answer and the hosts' answers side by side.
public struct Survey: Sendable {
    /// One application on one host.
    public struct Row: Sendable, Hashable {
        /// The application.
        public var app: String
        /// The environment.
        public var environment: String
        /// The host; nil where no host knows the application.
        public var host: TargetHost?
        /// The slot that serves.
        public var slot: String?
        /// The release that the server deployed last.
        public var octopus: String?
        /// The release that the host serves.
        public var version: String?
        /// The release answers its health check; nil where the host can't be asked.
        public var healthy: Bool?
        /// Since when it runs.
        public var since: Date?
        /// Where the answers disagree, and what else is not as it should be.
        public var notes: [String]
        /// All answers agree and nothing is wrong.
        public var isSound: Bool { notes.isEmpty }
    }

    /// The rows: by environment, application and host.
    public var rows: [Row]

    /// Asks the server and all hosts.
    public static func make(
        _ server: any DeployOverview, _ slots: any HostSlots, app: String?, environment: String?
    ) async throws -> Survey {
        async let asked = server.deployed(app: app, environment: environment)
        var rows: [Row] = []
        let places = try await server.hosts(environment: environment)
        let deployed = try await asked
        for place in places {
            let here = deployed.filter { $0.environment == place.environment }
            rows += merge(here, try await slots.states(of: place.hosts), place.environment, app: app)
        }
        return Survey(rows: rows)
    }

    /// Puts both answers for one environment together.
    public static func merge(
        _ deployed: [Deployed], _ states: [HostState], _ environment: String, app only: String? = nil
    ) -> [Row] {
        let known = states.flatMap { (try? $0.answer.get().apps.map(\.name)) ?? [] }
        let names = OrderedSet((deployed.map(\.app) + known).sorted()).filter { only == nil || $0 == only }
        return names.flatMap { name -> [Row] in
            let server = deployed.first { $0.app == name }
            let mine = states.filter { $0.fault != nil || $0.app(name) != nil }
            guard !mine.isEmpty else {
                guard let server else { return [] }
                return [
                    Row(
                        app: name, environment: environment, octopus: server.version,
                        notes: ["no host of \(environment) knows \(name)"])
                ]
            }
            return mine.map { row(name, environment, server, $0) }
        }
    }

    private static func row(_ app: String, _ environment: String, _ server: Deployed?, _ state: HostState) -> Row {
        var row = Row(app: app, environment: environment, host: state.host, octopus: server?.version, notes: [])
        if let unsettled = server?.unsettled { row.notes.append(unsettled) }
        guard let found = state.app(app) else {
            row.notes.append(state.fault?.what ?? "no report")
            return row
        }
        row.slot = found.active
        row.version = found.version
        row.healthy = found.version == nil ? nil : found.healthy
        row.since = found.since
        if found.version != server?.version {
            let said = server?.version.map { "Octopus deployed \($0)" } ?? "Octopus deployed nothing"
            row.notes.append("\(said), the host serves \(found.version ?? "nothing")")
        }
        if found.version != nil, !found.healthy { row.notes.append("not healthy: \(found.answer)") }
        row.notes += found.notes.filter { found.version != nil || $0 != "nothing serves yet" }
        return row
    }

    /// The rows as data.
    public var json: JSONValue {
        .array(
            rows.map { row in
                .object([
                    "app": .string(row.app), "environment": .string(row.environment),
                    "host": row.host.map { .string($0.name) } ?? .null,
                    "address": row.host.map { .string($0.address) } ?? .null,
                    "slot": row.slot.map { .string($0) } ?? .null,
                    "octopus": row.octopus.map { .string($0) } ?? .null,
                    "version": row.version.map { .string($0) } ?? .null,
                    "healthy": row.healthy.map { .bool($0) } ?? .null,
                    "since": row.since.map { .string($0.iso8601) } ?? .null,
                    "notes": .array(row.notes.map { .string($0) }),
                ])
            })
    }
}
