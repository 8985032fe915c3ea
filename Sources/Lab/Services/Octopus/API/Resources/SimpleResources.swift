import Core
import Foundation
import GRDB
import Hummingbird

/// Spaces.
enum SpaceResources {
    static let type = ResourceType(
        kind: .space,
        fields: [
            Field("Name", .required), Field("Slug", .text(nil)), Field("Description", .text(nil)),
            Field("IsDefault", .flag(false)), Field("IsPrivate", .flag(false)),
            Field("TaskQueueStopped", .flag(false)), Field("SpaceManagersTeams", .texts),
            Field("SpaceManagersTeamMembers", .texts), Field("Icon", .raw(.null)), Field("ExtensionSettings", .raw([])),
        ],
        hasSlug: true,
        prepare: { _, document, change in
            document.body.set("IsDefault", .bool(change.previous?.flag("IsDefault") ?? false))
            if document.texts("SpaceManagersTeams").isEmpty, document.texts("SpaceManagersTeamMembers").isEmpty {
                throw OctopusFault.invalid("A space must have at least one space manager: a team or a user.")
            }
        },
        saved: { db, document, change in
            if change.previous == nil { try Seeds.furnish(db, space: document.id, now: change.call.now) }
        },
        removing: { db, document in
            if document.flag("IsDefault") { throw OctopusFault.invalid("The default space can't be deleted.") }
            guard document.flag("TaskQueueStopped") else {
                throw OctopusFault.invalid("Stop the task queue of the space before it is deleted.")
            }
            try db.execute(sql: "DELETE FROM octopus_document WHERE space = ?", arguments: [document.id])
        },
        links: { space, _ in
            [("SpaceHome", "/api/\(space.id)"), ("Web", "/app#/spaces/\(space.id)")]
        })
}

/// Environments.
enum EnvironmentResources {
    static let type = ResourceType(
        kind: .environment,
        fields: [
            Field("Name", .required), Field("Slug", .text(nil)), Field("Description", .text("")),
            Field("SortOrder", .integer(-1)), Field("UseGuidedFailure", .flag(false)),
            Field("AllowDynamicInfrastructure", .flag(false)), Field("EnvironmentTags", .texts),
            Field("ExtensionSettings", .raw([])),
        ],
        hasSlug: true,
        isBefore: { ($0.body["SortOrder"]?.int ?? 0, $0.name) < ($1.body["SortOrder"]?.int ?? 0, $1.name) },
        prepare: { db, document, change in
            guard change.given.member("SortOrder")?.int == nil || document.body["SortOrder"]?.int == -1 else { return }
            let all = try Document.all(db, .environment, space: document.space)
            let next = (all.compactMap { $0.body["SortOrder"]?.int }.max() ?? -1) + 1
            document.body.set("SortOrder", change.previous?.body["SortOrder"] ?? .number(Double(next)))
        },
        removing: { db, document in
            let machines = try Document.all(db, .machine, space: document.space)
            if machines.contains(where: { $0.texts("EnvironmentIds").contains { $0.sameText(document.id) } }) {
                throw OctopusFault.invalid(
                    "The environment '\(document.name)' has deployment targets. Remove them from it first.")
            }
            for lifecycle in try Document.all(db, .lifecycle, space: document.space)
            where Lifecycle(lifecycle, environments: []).names(document.id) {
                throw OctopusFault.invalid(
                    "The environment '\(document.name)' is part of the lifecycle '\(lifecycle.name)'.")
            }
        },
        links: { _, path in
            [("Machines", "\(path)/machines{?skip,take,partialName,roles,isDisabled,healthStatuses,commStyles}")]
        })

    static let routes = [
        OctopusRoute(.get, "environments/v2", handle: { try await type.list($0) }),
        OctopusRoute(.get, "environments/{id}/machines") { call in
            let id = try await call.read { try type.document($0, call, call.argument("id")).id }
            return try await MachineResources.page(call, path: "\(call.base)/environments/\(id)/machines") { machine in
                machine.texts("EnvironmentIds").contains { $0.sameText(id) }
            }
        },
    ]
}

/// Project groups.
enum ProjectGroupResources {
    static let type = ResourceType(
        kind: .projectGroup,
        fields: [
            Field("Name", .required), Field("Slug", .text(nil)), Field("Description", .text(nil)),
            Field("EnvironmentIds", .texts), Field("RetentionPolicyId", .text(nil)),
        ],
        hasSlug: true,
        removing: { db, document in
            let projects = try Document.all(db, .project, space: document.space)
            if projects.contains(where: { $0.text("ProjectGroupId").sameText(document.id) }) {
                throw OctopusFault.invalid("The project group '\(document.name)' has projects.")
            }
        },
        links: { _, path in [("Projects", "\(path)/projects")] })

    static let routes = [
        OctopusRoute(.get, "projectgroups/{id}/projects") { call in
            let group = try await call.read { try type.document($0, call, call.argument("id")) }
            let page = try Page(call)
            let (items, total) = try await call.read { db -> ([JSONValue], Int) in
                let all = try ProjectResources.type.selected(db, call).filter {
                    $0.text("ProjectGroupId").sameText(group.id)
                }
                return (try page.slice(all).map { try ProjectResources.type.show(db, $0) }, all.count)
            }
            let path = "\(call.base)/projectgroups/\(group.id)/projects"
            return .json(page.envelope(items, total: total, itemType: "Project", path: path))
        }
    ]
}

/// Tenants.
enum TenantResources {
    static let type = ResourceType(
        kind: .tenant,
        fields: [
            Field("Name", .required), Field("Description", .text(nil)), Field("TenantTags", .texts),
            Field("ProjectEnvironments", .map), Field("ClonedFromTenantId", .text(nil)),
            Field("IsDisabled", .flag(false)),
        ])
}

/// Library variable sets.
enum LibraryVariableSetResources {
    static let type = ResourceType(
        kind: .libraryVariableSet,
        fields: [
            Field("Name", .required), Field("Description", .text(nil)),
            Field("ContentType", .choice(["Variables", "ScriptModule"])), Field("Templates", .raw([])),
            Field("VariableSetId", .text(nil)),
        ],
        prepare: { db, document, change in
            if change.previous == nil {
                document.id = "LibraryVariableSets-\(try Counter.next(db, "LibraryVariableSets"))"
            }
            document.body.set("VariableSetId", .string("variableset-\(document.id)"))
        },
        saved: { db, document, change in
            if change.previous == nil { try VariableSets.make(db, owner: document) }
        },
        links: { set, path in
            let base = path.components(separatedBy: "/libraryvariablesets").first ?? ""
            return [("Variables", "\(base)/variables/\(set.text("VariableSetId"))")]
        })
}

/// Accounts: SSH key pairs that the lab logs in with; those of other kinds are only kept.
enum AccountResources {
    static let types = [
        "SshKeyPair", "UsernamePassword", "Token", "None", "AmazonWebServicesAccount", "AzureServicePrincipal",
        "GoogleCloudAccount",
    ]
    static let type = ResourceType(
        kind: .account,
        fields: [
            Field("AccountType", .choice(types)), Field("Name", .required), Field("Slug", .text(nil)),
            Field("Description", .text("")), Field("EnvironmentIds", .texts),
            Field("TenantedDeploymentParticipation", .choice(["Untenanted", "TenantedOrUntenanted", "Tenanted"])),
            Field("TenantIds", .texts), Field("TenantTags", .texts), Field("Username", .text(nil)),
            Field("PrivateKeyFile", .secret), Field("PrivateKeyPassphrase", .secret), Field("Password", .secret),
            Field("Token", .secret),
        ],
        hasSlug: true,
        filters: ["accountType": { account, types in types.contains { $0.sameText(account.text("AccountType")) } }],
        prepare: { _, document, change in
            guard change.given.member("AccountType")?.string != nil else {
                throw OctopusFault.invalid("'AccountType' must be one of \(types.joined(separator: ", ")).")
            }
            if document.text("AccountType") == "SshKeyPair" { try checkKey(document, change) }
        },
        removing: { db, document in
            let users = try Document.all(db, .machine, space: document.space).filter {
                $0.body["Endpoint"]?["AccountId"]?.string?.sameText(document.id) == true
            }
            if let first = users.first {
                throw OctopusFault.invalid("The account '\(document.name)' is used by '\(first.name)'.")
            }
        },
        present: { _, account, shown in trimmed(shown, account.text("AccountType")) })

    private static func checkKey(_ document: Document, _ change: ResourceType.Change) throws {
        if document.text("Username").isEmpty { throw OctopusFault.invalid("'Username' must not be empty.") }
        let given = change.secrets.first { $0.field == "PrivateKeyFile" }
        if let text = given?.value {
            let key = Data(base64Encoded: text, options: .ignoreUnknownCharacters)
            guard let key, String(decoding: key, as: UTF8.self).contains("PRIVATE KEY-----") else {
                throw OctopusFault.invalid("'PrivateKeyFile' must be the base64 of a private key file.")
            }
        } else if document.body["PrivateKeyFile"]?["HasValue"]?.bool != true {
            throw OctopusFault.invalid("'PrivateKeyFile' must not be empty.")
        }
        if let phrase = change.secrets.first(where: { $0.field == "PrivateKeyPassphrase" })?.value, !phrase.isEmpty {
            throw OctopusFault.invalid("The lab can't use a private key with a passphrase.")
        }
    }

    /// Only the members that accounts of the type have.
    private static func trimmed(_ shown: JSONValue, _ type: String) -> JSONValue {
        let own: Set<String> =
            switch type {
            case "SshKeyPair": ["Username", "PrivateKeyFile", "PrivateKeyPassphrase"]
            case "UsernamePassword": ["Username", "Password"]
            case "Token": ["Token"]
            default: []
            }
        let special: Set<String> = ["Username", "PrivateKeyFile", "PrivateKeyPassphrase", "Password", "Token"]
        var out = JSONValue.emptyObject
        for (name, value) in shown.object ?? [:] where !special.contains(name) || own.contains(name) {
            out.set(name, value)
        }
        return out
    }
}

/// Machine policies.
enum MachinePolicyResources {
    private static let script: [Field] = [
        Field("RunType", .choice(["InheritFromDefault", "Inline", "OnlyConnectivity"])),
        Field("ScriptBody", .text(nil)),
    ]
    static let type = ResourceType(
        kind: .machinePolicy,
        fields: [
            Field("Name", .required), Field("Description", .text("")), Field("IsDefault", .flag(false)),
            Field(
                "MachineHealthCheckPolicy",
                .object([
                    Field("HealthCheckType", .choice(["RunScript", "OnlyConnectivity"])),
                    Field("HealthCheckInterval", .text(nil)), Field("HealthCheckCron", .text(nil)),
                    Field("HealthCheckCronTimezone", .text(nil)),
                    Field("BashHealthCheckPolicy", .object(script)),
                    Field("PowerShellHealthCheckPolicy", .object(script)),
                ])),
            Field(
                "MachineConnectivityPolicy",
                .object([
                    Field(
                        "MachineConnectivityBehavior",
                        .choice(["ExpectedToBeOnline", "MayBeOfflineAndCanBeSkipped"]))
                ])),
            Field(
                "MachineCleanupPolicy",
                .object([
                    Field("DeleteMachinesBehavior", .choice(["DoNotDelete", "DeleteUnavailableMachines"])),
                    Field("DeleteMachinesElapsedTimeSpan", .text("00:00:00")),
                ])),
            Field(
                "MachineUpdatePolicy",
                .object([
                    Field(
                        "CalamariUpdateBehavior",
                        .choice(["UpdateOnDeployment", "UpdateOnNewMachine", "UpdateAlways"])),
                    Field("TentacleUpdateBehavior", .choice(["NeverUpdate", "Update"])),
                    Field("TentacleUpdateAccountId", .text(nil)),
                ])),
            Field("ConnectionConnectTimeout", .text("00:01:00")), Field("ConnectionRetryCountLimit", .integer(5)),
            Field("ConnectionRetrySleepInterval", .text("00:00:01")),
            Field("ConnectionRetryTimeLimit", .text("00:05:00")),
            Field("PollingRequestQueueTimeout", .text("00:02:00")),
            Field("PollingRequestMaximumMessageProcessingTimeout", .text("00:10:00")),
        ],
        prepare: { _, document, change in
            document.body.set("IsDefault", .bool(change.previous?.flag("IsDefault") ?? false))
        },
        removing: { db, document in
            if document.flag("IsDefault") { throw OctopusFault.invalid("The default policy can't be deleted.") }
            let machines = try Document.all(db, .machine, space: document.space)
            if machines.contains(where: { $0.text("MachinePolicyId").sameText(document.id) }) {
                throw OctopusFault.invalid("The machine policy '\(document.name)' is in use.")
            }
        })
}

/// What is known of a build of a package.
enum BuildInformationResources {
    static let type = ResourceType(
        kind: .buildInformation, fields: [], isNamed: false,
        filters: ["packageId": { item, ids in ids.contains { $0.sameText(item.text("PackageId")) } }],
        calls: [.list, .get, .delete])

    static let routes = [
        OctopusRoute(.post, "build-information") { call in
            let given = try await call.body()
            let shown = try await call.write { try save($0, call, given) }
            return .json(shown)
        }
    ]

    private static let details: [Field] = [
        Field("BuildEnvironment", .text(nil)), Field("BuildNumber", .text(nil)), Field("BuildUrl", .text(nil)),
        Field("Branch", .text(nil)), Field("VcsType", .text(nil)), Field("VcsRoot", .text(nil)),
        Field("VcsCommitNumber", .text(nil)),
        Field("Commits", .list([Field("Id", .text(nil)), Field("Comment", .text(nil))])),
    ]

    private static func save(_ db: Database, _ call: OctopusCall, _ given: JSONValue) throws -> JSONValue {
        var reader = ShapeReader()
        let head = reader.read([Field("PackageId", .required), Field("Version", .required)], given)
        var body = reader.read(details, given.member("OctopusBuildInformation") ?? given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        let package = head["PackageId"]?.string ?? ""
        let version = head["Version"]?.string ?? ""
        let name = "\(package) \(version)"
        let known = try Document.named(db, .buildInformation, name, space: call.space)
        let mode = call.query("overwriteMode")?.lowercased() ?? "failifexists"
        if let known, mode != "overwriteexisting" {
            if mode == "ignoreifexists" { return try type.show(db, known) }
            throw OctopusFault.conflict("There is build information of \(name) already.")
        }
        body = head.with(body.object.map { $0.map { ($0.key, $0.value) } } ?? [])
            .with([("Created", .string(call.now.octopus))])
        let id = try known?.id ?? "BuildInformation-\(Counter.next(db, "BuildInformation"))"
        let document = Document(
            kind: .buildInformation, id: id, space: call.space, name: name, owner: nil, body: body)
        if known == nil { try document.insert(db) } else { try document.update(db) }
        return try type.show(db, document)
    }
}
