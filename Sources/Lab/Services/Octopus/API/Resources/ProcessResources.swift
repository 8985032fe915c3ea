import Core
import Foundation
import GRDB
import Hummingbird

/// Deployment processes.
enum ProcessResources {
    private static let action: [Field] = [
        Field("Id", .text(nil)), Field("Name", .required), Field("Slug", .text(nil)), Field("ActionType", .required),
        Field("Notes", .text(nil)), Field("IsDisabled", .flag(false)),
        Field("CanBeUsedForProjectVersioning", .flag(false)), Field("IsRequired", .flag(false)),
        Field("WorkerPoolId", .text(nil)), Field("WorkerPoolVariable", .text(nil)),
        Field("Container", .object([Field("Image", .text(nil)), Field("FeedId", .text(nil))])),
        Field("Environments", .texts), Field("ExcludedEnvironments", .texts), Field("Channels", .texts),
        Field("TenantTags", .texts),
        Field(
            "Packages",
            .list([
                Field("Id", .text(nil)), Field("Name", .text("")), Field("PackageId", .required),
                Field("FeedId", .text("")), Field("AcquisitionLocation", .text("Server")),
                Field("Properties", .map),
            ])),
        Field("Condition", .choice(["Success", "Variable"])), Field("Properties", .map),
    ]
    private static let step: [Field] = [
        Field("Id", .text(nil)), Field("Name", .required),
        Field(
            "PackageRequirement", .choice(["LetOctopusDecide", "BeforePackageAcquisition", "AfterPackageAcquisition"])),
        Field("Properties", .map), Field("Condition", .choice(["Success", "Failure", "Always", "Variable"])),
        Field("StartTrigger", .choice(["StartAfterPrevious", "StartWithPrevious"])), Field("Actions", .list(action)),
    ]

    static let type = ResourceType(
        kind: .process, fields: [], isNamed: false,
        links: { process, path in
            let base = path.components(separatedBy: "/deploymentprocesses").first ?? ""
            return [
                ("Project", "\(base)/projects/\(process.text("ProjectId"))"),
                ("Template", "\(path)/template{?channel,releaseId}"),
            ]
        },
        calls: [.list, .get])

    static let routes = [
        OctopusRoute(.put, "deploymentprocesses/{id}") { call in
            try await put(call) { try type.document($0, call, call.argument("id")) }
        },
        OctopusRoute(.get, "projects/{id}/deploymentprocesses") { call in
            .json(try await call.read { try type.show($0, try ofProject($0, call)) })
        },
        OctopusRoute(.put, "projects/{id}/deploymentprocesses") { call in
            try await put(call) { try ofProject($0, call) }
        },
        OctopusRoute(.get, "deploymentprocesses/{id}/template") { call in
            .json(
                try await call.read { db -> JSONValue in
                    try ReleaseTemplate.show(db, call, try type.document(db, call, call.argument("id")))
                })
        },
        OctopusRoute(.get, "projects/{id}/deploymentprocesses/template") { call in
            .json(try await call.read { db in try ReleaseTemplate.show(db, call, try ofProject(db, call)) })
        },
    ]

    /// Makes the process of a new project, empty or as that of another.
    static func make(_ db: Database, project: Document, from clone: Document?) throws {
        let source = try clone.flatMap { try Document.find(db, .process, $0.text("DeploymentProcessId")) }
        try Document(
            kind: .process, id: "deploymentprocess-\(project.id)", space: project.space, name: project.name,
            owner: project.id,
            body: [
                "ProjectId": .string(project.id), "Steps": source?.body["Steps"] ?? [], "Version": 0,
                "LastSnapshotId": .null,
            ]
        ).insert(db)
    }

    /// A copy of a process as it is now, for a release; one of the same version is used again.
    static func snapshot(_ db: Database, _ project: Document) throws -> String {
        guard var source = try Document.find(db, .process, project.text("DeploymentProcessId")) else {
            throw OctopusFault.notFound
        }
        let copy = "\(source.id)-s-\(source.body["Version"]?.int ?? 0)"
        if try Document.find(db, .process, copy) == nil {
            var document = source
            document.id = copy
            try document.insert(db)
            try Secrets.copy(db, from: source.id, to: copy)
            source.body.set("LastSnapshotId", .string(copy))
            try source.update(db)
        }
        return copy
    }

    private static func ofProject(_ db: Database, _ call: OctopusCall) throws -> Document {
        let project = try ProjectResources.type.document(db, call, call.argument("id"))
        guard let found = try Document.find(db, .process, project.text("DeploymentProcessId")) else {
            throw OctopusFault.notFound
        }
        return found
    }

    private static func put(
        _ call: OctopusCall, _ find: @escaping @Sendable (Database) throws -> Document
    ) async throws -> Response {
        let given = try await call.body()
        let shown = try await call.write { db -> JSONValue in
            try type.show(db, try save(db, call, try find(db), given))
        }
        return .json(shown)
    }

    private static func save(
        _ db: Database, _ call: OctopusCall, _ stored: Document, _ given: JSONValue
    ) throws -> Document {
        if stored.id.contains("-s-") { throw OctopusFault.invalid("The process of a release can't be changed.") }
        let version = stored.body["Version"]?.int ?? 0
        guard given.member("Version")?.int == version else {
            throw OctopusFault.conflict(
                "The deployment process was changed by someone else: its version is \(version), not "
                    + "\(given.member("Version")?.int.map(String.init) ?? "given"). "
                    + "Read it again and repeat the change."
            )
        }
        var reader = ShapeReader()
        let body = reader.read([Field("Steps", .list(step))], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        var steps = body["Steps"]?.array ?? []
        let feed = try FeedResources.builtIn(db, space: call.space)
        for place in steps.indices { try complete(&steps[place], call, feed: feed) }
        try check(steps)
        var document = stored
        document.body.set("Steps", .array(steps))
        document.body.set("Version", .number(Double(version + 1)))
        try document.update(db)
        try EventLog.add(
            db, call, "Modified", "deployment process of \(document.name) was changed",
            [document.id, document.owner].compactMap { $0 })
        return document
    }

    /// Gives a step what a request may leave out: ids, slugs, and the built-in feed for a package without one.
    private static func complete(_ step: inout JSONValue, _ call: OctopusCall, feed builtIn: String) throws {
        let random = call.server.context.random
        if (step["Id"]?.string ?? "").isEmpty { step.set("Id", .string(Guid.make(random))) }
        step.set("Properties", try plain(step["Properties"] ?? .emptyObject, of: step["Name"]?.string ?? ""))
        var actions = step["Actions"]?.array ?? []
        for place in actions.indices {
            var action = actions[place]
            let name = action["Name"]?.string ?? ""
            if (action["Id"]?.string ?? "").isEmpty { action.set("Id", .string(Guid.make(random))) }
            if (action["Slug"]?.string ?? "").isEmpty { action.set("Slug", .string(Slug.make(name))) }
            let properties = try plain(action["Properties"] ?? .emptyObject, of: name)
            action.set("Properties", properties)
            if action["Packages"]?.array?.isEmpty != false,
                let package = properties["Octopus.Action.Package.PackageId"]?.string, !package.isEmpty
            {
                let feed = properties["Octopus.Action.Package.FeedId"]?.string ?? builtIn
                action.set(
                    "Packages",
                    [
                        [
                            "Id": .string(Guid.make(random)), "Name": .string(""), "PackageId": .string(package),
                            "FeedId": .string(feed), "AcquisitionLocation": .string("Server"),
                            "Properties": .emptyObject,
                        ]
                    ])
            }
            let packages = (action["Packages"]?.array ?? []).map { package in
                (package["FeedId"]?.string ?? "").isEmpty ? package.with([("FeedId", .string(builtIn))]) : package
            }
            action.set("Packages", .array(packages))
            actions[place] = action
        }
        step.set("Actions", .array(actions))
    }

    /// Property values are texts or objects with a `Value`; secret ones are refused, since the lab would have to keep
    /// them apart from the process.
    private static func plain(_ properties: JSONValue, of name: String) throws -> JSONValue {
        var out = JSONValue.emptyObject
        for (key, value) in properties.object ?? [:] {
            if value == .null { continue }
            if value["IsSensitive"]?.bool == true {
                throw OctopusFault.invalid(
                    "The property '\(key)' of '\(name)' is sensitive; use a sensitive variable instead.")
            }
            let flag = value.bool.map { $0 ? "True" : "False" }
            let number = value.number.map { JSONValue.text(of: $0) }
            guard let text = value.string ?? value.member("Value")?.string ?? flag ?? number else {
                throw OctopusFault.invalid("The property '\(key)' of '\(name)' must be a text.")
            }
            out.set(key, .string(text))
        }
        return out
    }

    private static func check(_ steps: [JSONValue]) throws {
        var names: Set<String> = []
        for step in ProcessModel.steps(["Steps": .array(steps)]) {
            if step.actions.isEmpty { throw OctopusFault.invalid("The step '\(step.name)' has no action.") }
            if case .variable("") = step.condition {
                throw OctopusFault.invalid(
                    "The step '\(step.name)' runs on a condition, "
                        + "but 'Octopus.Step.ConditionVariableExpression' is empty."
                )
            }
            for action in step.actions where !names.insert(action.name.lowercased()).inserted {
                throw OctopusFault.invalid("Two actions have the name '\(action.name)'.")
            }
            for action in step.actions where action.type == "Octopus.TentaclePackage" && action.packages.isEmpty {
                throw OctopusFault.invalid("The action '\(action.name)' deploys a package but names none.")
            }
        }
    }
}
