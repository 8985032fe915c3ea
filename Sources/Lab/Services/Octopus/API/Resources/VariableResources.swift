import Core
import Foundation
import GRDB
import Hummingbird

/// Sets of variables as they are stored.
enum VariableSets {
    /// Makes the empty set of a project or library set.
    static func make(_ db: Database, owner: Document) throws {
        try Document(
            kind: .variableSet, id: "variableset-\(owner.id)", space: owner.space, name: owner.name, owner: owner.id,
            body: ["OwnerId": .string(owner.id), "Version": 0, "Variables": .array([])]
        ).insert(db)
    }

    /// Copies the variables of one project to another, secrets too.
    static func copy(_ db: Database, from: Document, to: Document) throws {
        guard let source = try Document.find(db, .variableSet, from.text("VariableSetId")),
            var target = try Document.find(db, .variableSet, to.text("VariableSetId"))
        else { return }
        target.body.set("Variables", source.body["Variables"] ?? [])
        try target.update(db)
        try Secrets.copy(db, from: source.id, to: target.id)
    }

    /// A copy of a set as it is now, for a release; one of the same version is used again.
    ///
    /// - Returns: the id of the copy.
    static func snapshot(_ db: Database, _ id: String) throws -> String? {
        guard let source = try Document.find(db, .variableSet, id) else { return nil }
        let copy = "\(source.id)-s-\(source.body["Version"]?.int ?? 0)"
        if try Document.find(db, .variableSet, copy) == nil {
            var document = source
            document.id = copy
            try document.insert(db)
            try Secrets.copy(db, from: source.id, to: copy)
        }
        return copy
    }

    /// The variables of a set, with secret values.
    static func read(_ db: Database, _ id: String, isLibrary: Bool) throws -> [ScopedVariable] {
        guard let document = try Document.find(db, .variableSet, id) else { return [] }
        return try (document.body["Variables"]?.array ?? []).map { item in
            let isSensitive = item["IsSensitive"]?.bool ?? false
            let secret = isSensitive ? try Secrets.value(db, document.id, item["Id"]?.string ?? "") : nil
            var scope: [ScopeKind: [String]] = [:]
            for kind in ScopeKind.allCases {
                scope[kind] = item["Scope"]?[kind.rawValue]?.array?.compactMap(\.string)
            }
            return ScopedVariable(
                name: item["Name"]?.string ?? "", value: secret ?? item["Value"]?.string ?? "",
                isSensitive: isSensitive, scope: scope, isLibrary: isLibrary)
        }
    }

    /// The variables of a set that are asked for at a deployment, as they are stored.
    static func prompted(_ db: Database, _ id: String) throws -> [JSONValue] {
        let document = try Document.find(db, .variableSet, id)
        return (document?.body["Variables"]?.array ?? []).filter { $0["Prompt"]?.object != nil }
    }
}

/// Variable sets as resources.
enum VariableResources {
    private static let variable: [Field] = [
        Field("Id", .text(nil)), Field("Name", .required), Field("Value", .text(nil)), Field("Description", .text(nil)),
        Field("Scope", .map), Field("IsEditable", .flag(true)),
        Field(
            "Prompt",
            .optional([
                Field("Label", .text(nil)), Field("Description", .text(nil)), Field("Required", .flag(false)),
                Field("DisplaySettings", .map),
            ])),
        Field("Type", .text("String")), Field("IsSensitive", .flag(false)),
    ]

    static let type = ResourceType(
        kind: .variableSet, fields: [], isNamed: false,
        present: present,
        calls: [.get])

    static let routes = [
        OctopusRoute(.put, "variables/{id}") { call in
            try await put(call) { (_: Database) -> Document? in nil }
        },
        OctopusRoute(.get, "projects/{id}/variables") { call in
            .json(try await call.read { try type.show($0, try ofProject($0, call)) })
        },
        OctopusRoute(.put, "projects/{id}/variables") { call in try await put(call) { try ofProject($0, call) } },
        OctopusRoute(.get, "variables/all") { call in
            let sets = try await call.read { db -> [JSONValue] in
                try Document.all(db, .variableSet, space: call.space).filter { !$0.id.contains("-s-") }
                    .map { try type.show(db, $0) }
            }
            return .json(.array(sets))
        },
        OctopusRoute(.get, "variables/names") { call in
            let names = try await call.read { db -> [String] in
                let all = try Document.all(db, .variableSet, space: call.space, owner: call.query("project"))
                return all.flatMap { $0.body["Variables"]?.array?.compactMap { $0["Name"]?.string } ?? [] }
            }
            return .json(JSONValue(Array(Set(names)).sorted()))
        },
    ]

    private static func ofProject(_ db: Database, _ call: OctopusCall) throws -> Document {
        let project = try ProjectResources.type.document(db, call, call.argument("id"))
        guard let found = try Document.find(db, .variableSet, project.text("VariableSetId")) else {
            throw OctopusFault.notFound
        }
        return found
    }

    private static func put(
        _ call: OctopusCall, _ find: @escaping @Sendable (Database) throws -> Document?
    ) async throws -> Response {
        let given = try await call.body()
        let shown = try await call.write { db -> JSONValue in
            let document = try find(db) ?? type.document(db, call, call.argument("id"))
            return try type.show(db, try save(db, call, document, given))
        }
        return .json(shown)
    }

    private static func save(
        _ db: Database, _ call: OctopusCall, _ stored: Document, _ given: JSONValue
    ) throws -> Document {
        if stored.id.contains("-s-") { throw OctopusFault.invalid("The variables of a release can't be changed.") }
        let version = stored.body["Version"]?.int ?? 0
        guard given.member("Version")?.int == version else {
            throw OctopusFault.conflict(
                "The variables were changed by someone else: their version is \(version), not "
                    + "\(given.member("Version")?.int.map(String.init) ?? "given"). "
                    + "Read them again and repeat the change."
            )
        }
        var reader = ShapeReader()
        let body = reader.read([Field("Variables", .list(variable))], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        var variables: [JSONValue] = []
        var secrets: Set<String> = []
        for item in body["Variables"]?.array ?? [] {
            variables.append(try keep(db, call, stored, item, &secrets))
        }
        let old = try String.fetchAll(
            db, sql: "SELECT field FROM octopus_secret WHERE owner = ?", arguments: [stored.id])
        for field in old where !secrets.contains(field) { try Secrets.set(db, stored.id, field, nil) }
        var document = stored
        document.body.set("Variables", .array(variables))
        document.body.set("Version", .number(Double(version + 1)))
        try document.update(db)
        try EventLog.add(
            db, call, "Modified", "variables of \(document.name) were changed",
            [document.id, document.owner].compactMap { $0 })
        return document
    }

    /// Checks a variable and puts a secret value aside.
    private static func keep(
        _ db: Database, _ call: OctopusCall, _ stored: Document, _ item: JSONValue, _ secrets: inout Set<String>
    ) throws -> JSONValue {
        var item = item
        let name = item["Name"]?.string ?? ""
        var id = item["Id"]?.string ?? ""
        if id.isEmpty {
            id = Guid.make(call.server.context.random)
            item.set("Id", .string(id))
        }
        item.set("Scope", try scope(item["Scope"] ?? .emptyObject, name))
        let isSensitive = item["IsSensitive"]?.bool == true || item["Type"]?.string == "Sensitive"
        item.set("IsSensitive", .bool(isSensitive))
        if isSensitive { item.set("Type", "Sensitive") }
        guard isSensitive else { return item }
        secrets.insert(id)
        if let value = item["Value"]?.string {
            call.server.context.mask.add(value)
            try Secrets.set(db, stored.id, id, value)
        } else if try Secrets.value(db, stored.id, id) == nil {
            try Secrets.set(db, stored.id, id, "")
        }
        item.set("Value", nil)
        return item
    }

    private static func scope(_ given: JSONValue, _ name: String) throws -> JSONValue {
        var out = JSONValue.emptyObject
        for (key, value) in given.object ?? [:] {
            let words = ScopeKind.allCases.map(\.rawValue)
            guard let kind = words.first(where: { $0.sameText(key) }) else {
                throw OctopusFault.invalid(
                    "The variable '\(name)' has a scope '\(key)'; known are \(words.joined(separator: ", ")).")
            }
            let items = value.array?.compactMap(\.string) ?? []
            if !items.isEmpty { out.set(kind, JSONValue(items)) }
        }
        return out
    }

    @Sendable private static func present(_ db: Database, _ set: Document, _ shown: JSONValue) throws -> JSONValue {
        func items(_ kind: DocumentKind, _ owner: String? = nil) throws -> JSONValue {
            .array(
                try Document.all(db, kind, space: set.space, owner: owner).map {
                    ["Id": .string($0.id), "Name": .string($0.name)]
                })
        }
        let owner = set.text("OwnerId")
        let isProject = owner.hasPrefix("Projects-")
        let process = isProject ? try Document.find(db, .process, "deploymentprocess-\(owner)") : nil
        let actions = ProcessModel.steps(process?.body ?? .emptyObject).flatMap(\.actions).map { action -> JSONValue in
            ["Id": .string(action.id), "Name": .string(action.name)]
        }
        let roles = try MachineResources.roles(db, space: set.space)
        let project = try Document.find(db, .project, owner)
        return shown.with([
            (
                "ScopeValues",
                [
                    "Environments": try items(.environment), "Machines": try items(.machine),
                    "Roles": .array(roles.map { ["Id": .string($0), "Name": .string($0)] }),
                    "Actions": .array(actions),
                    "Channels": isProject ? try items(.channel, owner) : [], "TenantTags": .array([]),
                    "Processes": project.map {
                        [["Id": .string($0.id), "Name": .string($0.name), "ProcessType": .string("Deployment")]]
                    } ?? [],
                ]
            )
        ])
    }
}
