import Core
import Foundation
import GRDB
import Hummingbird

/// Lifecycles as resources.
enum LifecycleResources {
    private static let retention: [Field] = [
        Field("Unit", .choice(["Days", "Items"])), Field("QuantityToKeep", .integer(0)),
        Field("ShouldKeepForever", .flag(true)),
    ]
    static let type = ResourceType(
        kind: .lifecycle,
        fields: [
            Field("Name", .required), Field("Description", .text("")),
            Field("ReleaseRetentionPolicy", .object(retention)), Field("TentacleRetentionPolicy", .object(retention)),
            Field(
                "Phases",
                .list([
                    Field("Id", .text(nil)), Field("Name", .required), Field("AutomaticDeploymentTargets", .texts),
                    Field("OptionalDeploymentTargets", .texts),
                    Field("MinimumEnvironmentsBeforePromotion", .integer(0)), Field("IsOptionalPhase", .flag(false)),
                    Field("ReleaseRetentionPolicy", .optional(retention)),
                    Field("TentacleRetentionPolicy", .optional(retention)),
                ])),
        ],
        prepare: { db, document, change in
            var phases = document.body["Phases"]?.array ?? []
            for place in phases.indices where (phases[place]["Id"]?.string ?? "").isEmpty {
                phases[place].set("Id", .string(Guid.make(change.call.server.context.random)))
            }
            document.body.set("Phases", .array(phases))
            for phase in phases {
                let targets = ["AutomaticDeploymentTargets", "OptionalDeploymentTargets"].flatMap { name in
                    phase[name]?.array?.compactMap(\.string) ?? []
                }
                for id in targets where try Document.find(db, .environment, id, space: document.space) == nil {
                    throw OctopusFault.invalid("There is no environment '\(id)', which a phase names.")
                }
            }
        },
        removing: { db, document in
            let projects = try Document.all(db, .project, space: document.space)
            let channels = try Document.all(db, .channel, space: document.space)
            if (projects + channels).contains(where: { $0.text("LifecycleId").sameText(document.id) }) {
                throw OctopusFault.invalid("The lifecycle '\(document.name)' is used by a project or channel.")
            }
        },
        links: { _, path in [("Preview", "\(path)/preview"), ("Projects", "\(path)/projects")] })

    static let routes = [
        OctopusRoute(.get, "lifecycles/{id}/preview", handle: { try await type.get($0) }),
        OctopusRoute(.get, "lifecycles/{id}/projects") { call in
            let items = try await call.read { db -> [JSONValue] in
                let lifecycle = try type.document(db, call, call.argument("id"))
                return try Document.all(db, .project, space: call.space)
                    .filter { $0.text("LifecycleId").sameText(lifecycle.id) }
                    .map { try ProjectResources.type.show(db, $0) }
            }
            return .json(.array(items))
        },
    ]
}

/// A lifecycle's phases with the environments that each really has.
struct Lifecycle: Sendable {
    /// A phase.
    struct Phase: Sendable, Hashable {
        var id: String
        var name: String
        var automatic: [String]
        var optional: [String]
        /// How many environments must have had a successful deployment; 0 means all.
        var minimum: Int
        var isOptional: Bool

        var environments: [String] { automatic + optional }

        /// It is done with successful deployments in these environments.
        func isComplete(_ successes: Set<String>) -> Bool {
            let done = environments.filter { successes.contains($0.lowercased()) }.count
            return minimum > 0 ? done >= min(minimum, environments.count) : done == environments.count
        }
    }

    let phases: [Phase]
    private let named: Set<String>

    /// - Parameter environments: ids of all environments in sort order. Without phases each is a phase of its own; a
    ///   phase without environments has all that no earlier phase names.
    init(_ document: Document, environments: [(id: String, name: String)]) {
        var seen: Set<String> = []
        var phases: [Phase] = []
        for value in document.body["Phases"]?.array ?? [] {
            func texts(_ name: String) -> [String] { value[name]?.array?.compactMap(\.string) ?? [] }
            var phase = Phase(
                id: value["Id"]?.string ?? "", name: value["Name"]?.string ?? "",
                automatic: texts("AutomaticDeploymentTargets"), optional: texts("OptionalDeploymentTargets"),
                minimum: value["MinimumEnvironmentsBeforePromotion"]?.int ?? 0,
                isOptional: value["IsOptionalPhase"]?.bool ?? false)
            seen.formUnion(phase.environments.map { $0.lowercased() })
            if phase.environments.isEmpty {
                phase.optional = environments.map(\.id).filter { !seen.contains($0.lowercased()) }
            }
            phases.append(phase)
        }
        named = seen
        if phases.isEmpty {
            phases = environments.map {
                Phase(id: $0.id, name: $0.name, automatic: [], optional: [$0.id], minimum: 0, isOptional: false)
            }
        }
        self.phases = phases
    }

    /// A phase names the environment.
    func names(_ environment: String) -> Bool { named.contains(environment.lowercased()) }

    /// How many phases are open: those before the first that is neither complete nor optional, and that one.
    func openPhases(_ successes: Set<String>) -> Int {
        for (place, phase) in phases.enumerated() where !phase.isOptional && !phase.isComplete(successes) {
            return place + 1
        }
        return phases.count
    }
}

extension Lifecycle {
    /// The lifecycle of a release: its channel's, else its project's.
    static func of(_ db: Database, _ release: Document) throws -> Lifecycle? {
        let channel = try Document.find(db, .channel, release.text("ChannelId"))
        let project = try Document.find(db, .project, release.text("ProjectId"))
        let own = channel.map { $0.text("LifecycleId") } ?? ""
        let id = own.isEmpty ? project?.text("LifecycleId") ?? "" : own
        guard let document = try Document.find(db, .lifecycle, id) else { return nil }
        let environments = try Document.all(db, .environment, space: release.space)
            .sorted(by: EnvironmentResources.type.isBefore).map { ($0.id, $0.name) }
        return Lifecycle(document, environments: environments)
    }

    /// Ids, in lower case, of environments where a deployment of the release succeeded.
    static func successes(_ db: Database, _ release: Document, tenant: String = "") throws -> Set<String> {
        var found: Set<String> = []
        for deployment in try Document.all(db, .deployment, owner: release.text("ProjectId"))
        where deployment.text("ReleaseId").sameText(release.id) && deployment.text("TenantId").sameText(tenant) {
            guard let number = ServerTask.number(of: deployment.text("TaskId")),
                case .done(.success, _, _)? = try ServerTask.find(db, number)?.state
            else { continue }
            found.insert(deployment.text("EnvironmentId").lowercased())
        }
        return found
    }
}

/// Identifiers as .NET writes them.
enum Guid {
    /// A random one (RFC 9562 section 5.4), in lower case with hyphens.
    static func make(_ random: any RandomSource) -> String {
        var bytes = random.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(bytes.hex)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }
}
