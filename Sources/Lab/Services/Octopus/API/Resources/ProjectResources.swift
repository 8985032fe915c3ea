import Core
import Foundation
import GRDB
import Hummingbird

/// Projects; making one also makes its process, its variable set and its channel "Default".
enum ProjectResources {
    private static let package: [Field] = [
        Field("DeploymentAction", .text(nil)), Field("PackageReference", .text(nil)),
    ]

    static let type = ResourceType(
        kind: .project,
        fields: [
            Field("VariableSetId", .text(nil)), Field("DeploymentProcessId", .text(nil)),
            Field("ClonedFromProjectId", .text(nil)), Field("DiscreteChannelRelease", .flag(false)),
            Field("IncludedLibraryVariableSetIds", .texts), Field("DefaultToSkipIfAlreadyInstalled", .flag(false)),
            Field("TenantedDeploymentMode", .choice(["Untenanted", "TenantedOrUntenanted", "Tenanted"])),
            Field("DefaultGuidedFailureMode", .choice(["EnvironmentDefault", "Off", "On"])),
            Field(
                "VersioningStrategy",
                .optional([Field("Template", .text(nil)), Field("DonorPackage", .optional(package))])),
            Field(
                "ReleaseCreationStrategy",
                .object([
                    Field("ChannelId", .text(nil)), Field("ReleaseCreationPackage", .optional(package)),
                    Field("ReleaseCreationPackageStepId", .text(nil)),
                ])),
            Field("Templates", .raw([])), Field("AutoDeployReleaseOverrides", .raw([])),
            Field("ReleaseNotesTemplate", .text(nil)), Field("DeploymentChangesTemplate", .text(nil)),
            Field("ForcePackageDownload", .flag(false)), Field("Icon", .raw(.null)),
            Field("ExtensionSettings", .raw([])), Field("Name", .required), Field("Slug", .text(nil)),
            Field("Description", .text("")), Field("IsDisabled", .flag(false)),
            Field("ProjectGroupId", .text(nil)), Field("LifecycleId", .text(nil)),
            Field("AutoCreateRelease", .flag(false)), Field("IsVersionControlled", .flag(false)),
            Field("PersistenceSettings", .raw(["Type": .string("Database")])),
            Field(
                "ProjectConnectivityPolicy",
                .object([
                    Field("SkipMachineBehavior", .choice(["None", "SkipUnavailableMachines"])),
                    Field("TargetRoles", .texts), Field("AllowDeploymentsToNoTargets", .flag(false)),
                    Field("ExcludeUnhealthyTargets", .flag(false)),
                ])),
        ],
        hasSlug: true, prepare: prepare, saved: saved, links: links)

    /// The template of versions that a project has unless it says otherwise.
    static let versionTemplate =
        "#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}"

    @Sendable private static func prepare(
        _ db: Database, _ document: inout Document, _ change: ResourceType.Change
    ) throws {
        if change.previous == nil { document.id = "Projects-\(try Counter.next(db, "Projects"))" }
        document.body.set("VariableSetId", .string("variableset-\(document.id)"))
        document.body.set("DeploymentProcessId", .string("deploymentprocess-\(document.id)"))
        document.body.set("IsVersionControlled", false)
        document.body.set("PersistenceSettings", ["Type": .string("Database")])
        try refer(db, &document, "ProjectGroupId", .projectGroup)
        try refer(db, &document, "LifecycleId", .lifecycle)
        if document.body["VersioningStrategy"] == .null {
            document.body.set(
                "VersioningStrategy", ["Template": .string(versionTemplate), "DonorPackage": .null])
        }
        for id in document.texts("IncludedLibraryVariableSetIds")
        where try Document.find(db, .libraryVariableSet, id, space: document.space) == nil {
            throw OctopusFault.invalid("There is no library variable set '\(id)'.")
        }
    }

    /// Checks a reference; where it is left out, the first of its kind is taken.
    private static func refer(
        _ db: Database, _ document: inout Document, _ name: String, _ kind: DocumentKind
    ) throws {
        let id = document.text(name)
        if id.isEmpty {
            guard let first = try Document.all(db, kind, space: document.space).first else {
                throw OctopusFault.invalid("'\(name)' must not be empty.")
            }
            return document.body.set(name, .string(first.id))
        }
        guard let found = try Document.find(db, kind, id, space: document.space) else {
            throw OctopusFault.invalid("There is no \(kind.words) '\(id)'.")
        }
        document.body.set(name, .string(found.id))
    }

    @Sendable private static func saved(_ db: Database, _ document: Document, _ change: ResourceType.Change) throws {
        guard change.previous == nil else { return }
        try VariableSets.make(db, owner: document)
        let clone = try change.call.query("clone").flatMap { try Document.find(db, .project, $0) }
        try ProcessResources.make(db, project: document, from: clone)
        if let clone { try VariableSets.copy(db, from: clone, to: document) }
        var channel = JSONValue.emptyObject
        channel.set("Name", "Default")
        channel.set("ProjectId", .string(document.id))
        channel.set("IsDefault", true)
        _ = try ChannelResources.type.store(db, change.call, channel, previous: nil)
    }

    @Sendable private static func links(_ project: Document, _ path: String) -> [(String, String)] {
        let base = path.components(separatedBy: "/projects").first ?? ""
        return [
            ("Variables", "\(base)/variables/\(project.text("VariableSetId"))"),
            ("Releases", "\(path)/releases{/version}{?skip,take,searchByVersion}"),
            ("Channels", "\(path)/channels{?skip,take,partialName}"), ("Progression", "\(path)/progression"),
            ("DeploymentProcess", "\(path)/deploymentprocesses"),
            ("Web", "/app#/\(project.space ?? "")/projects/\(project.id)"),
        ]
    }

    /// Finds a project by id, name or slug, as the newer calls take it.
    static func find(_ db: Database, _ call: OctopusCall, _ text: String) throws -> Document {
        if let found = try Document.named(db, .project, text, space: call.space) { return found }
        do { return try type.document(db, call, text) } catch {
            throw OctopusFault.invalid("There is no project '\(text)'.")
        }
    }
}

/// Channels.
enum ChannelResources {
    static let type = ResourceType(
        kind: .channel,
        fields: [
            Field("Name", .required), Field("Description", .text(nil)), Field("ProjectId", .required),
            Field("LifecycleId", .text(nil)), Field("IsDefault", .flag(false)),
            Field(
                "Rules",
                .list([
                    Field("Id", .text(nil)), Field("VersionRange", .text(nil)), Field("Tag", .text(nil)),
                    Field(
                        "ActionPackages",
                        .list([Field("DeploymentAction", .text(nil)), Field("PackageReference", .text(nil))])),
                ])),
            Field("TenantTags", .texts),
        ],
        isNamed: false,
        prepare: { db, document, _ in
            let id = document.text("ProjectId")
            guard let project = try Document.find(db, .project, id, space: document.space) else {
                throw OctopusFault.invalid("There is no project '\(id)'.")
            }
            document.owner = project.id
            document.body.set("ProjectId", .string(project.id))
            let others = try Document.all(db, .channel, owner: project.id).filter { $0.id != document.id }
            if others.contains(where: { $0.name.sameText(document.name) }) {
                throw OctopusFault.invalid("The project has a channel with the name '\(document.name)' already.")
            }
            if !document.flag("IsDefault"), !others.contains(where: { $0.flag("IsDefault") }) {
                document.body.set("IsDefault", true)
            }
            for var other in others where document.flag("IsDefault") && other.flag("IsDefault") {
                other.body.set("IsDefault", false)
                try other.update(db)
            }
        },
        removing: { db, document in
            if document.flag("IsDefault") { throw OctopusFault.invalid("The default channel can't be deleted.") }
            let releases = try Document.all(db, .release, owner: document.owner)
            if releases.contains(where: { $0.text("ChannelId").sameText(document.id) }) {
                throw OctopusFault.invalid("The channel '\(document.name)' has releases.")
            }
        },
        links: { channel, path in
            let base = path.components(separatedBy: "/channels").first ?? ""
            return [
                ("Project", "\(base)/projects/\(channel.text("ProjectId"))"), ("Releases", "\(path)/releases"),
            ]
        })

    static let routes = [
        OctopusRoute(.get, "projects/{id}/channels") { call in
            let project = try await call.read { try ProjectResources.type.document($0, call, call.argument("id")) }
            return try await type.page(
                call, owner: project.id, path: "\(call.base)/projects/\(project.id)/channels")
        },
        OctopusRoute(.get, "channels/{id}/releases") { call in
            let channel = try await call.read { try type.document($0, call, call.argument("id")) }
            return try await ReleaseResources.page(call, path: "\(call.base)/channels/\(channel.id)/releases") {
                $0.text("ChannelId").sameText(channel.id)
            }
        },
    ]
}
