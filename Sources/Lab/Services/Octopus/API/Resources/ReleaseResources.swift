import Core
import Foundation
import GRDB
import Hummingbird

/// The packages that a release selects.
enum SelectedPackages {
    /// The version for a package reference of an action; nil where the release selects none.
    static func version(of release: Document, _ action: String, _ reference: String) -> String? {
        let items = release.body["SelectedPackages"]?.array ?? []
        return items.first { item in
            item["ActionName"]?.string?.sameText(action) == true
                && (item["PackageReferenceName"]?.string ?? "").sameText(reference)
        }?["Version"]?.string
    }
}

/// Releases.
enum ReleaseResources {
    static let type = ResourceType(
        kind: .release, fields: [], isNamed: false,
        isBefore: { number($0) > number($1) },
        links: { release, path in
            let base = path.components(separatedBy: "/releases").first ?? ""
            return [
                ("Project", "\(base)/projects/\(release.text("ProjectId"))"),
                ("Channel", "\(base)/channels/\(release.text("ChannelId"))"),
                ("Progression", "\(path)/progression"), ("Deployments", "\(path)/deployments{?skip,take}"),
                ("DeploymentTemplate", "\(path)/deployments/template"),
                ("SnapshotVariables", "\(path)/snapshot-variables"),
                ("Defects", "\(path)/defects"), ("ReportDefect", "\(path)/defects"),
                ("ResolveDefect", "\(path)/defects/resolve"),
                ("ProjectVariableSnapshot", "\(base)/variables/\(release.text("ProjectVariableSetSnapshotId"))"),
                (
                    "ProjectDeploymentProcessSnapshot",
                    "\(base)/deploymentprocesses/\(release.text("ProjectDeploymentProcessSnapshotId"))"
                ),
                ("Web", "/app#/\(release.space ?? "")/releases/\(release.id)"),
            ]
        },
        calls: [.list, .get, .delete])

    static let routes = [
        OctopusRoute(.post, "releases") { call in
            let given = try await call.body()
            let shown = try await call.write { db -> JSONValue in
                let request = try ReleaseRequest(db, call, classic: given)
                return try type.show(db, try ReleaseMaking.make(db, call, request))
            }
            return .json(shown, status: .created)
        },
        OctopusRoute(.post, "releases/create/v1") { call in
            let given = try await call.body()
            let release = try await call.write { db -> Document in
                let request = try ReleaseRequest(db, call, command: given)
                let known = try ReleaseMaking.known(db, request)
                if let known, given.member("ignoreIfAlreadyExists")?.bool == true { return known }
                return try ReleaseMaking.make(db, call, request)
            }
            let answer: JSONValue = [
                "ReleaseId": .string(release.id), "ReleaseVersion": .string(release.name),
                "AutomaticallyDeployedEnvironments": .array([]),
            ]
            return .json(answer, status: .created)
        },
        OctopusRoute(.put, "releases/{id}", handle: update),
        OctopusRoute(.get, "projects/{id}/releases") { call in
            let project = try await call.read { try ProjectResources.type.document($0, call, call.argument("id")) }
            let part = (call.query("searchByVersion") ?? "").lowercased()
            return try await page(call, path: "\(call.base)/projects/\(project.id)/releases") { release in
                release.owner?.sameText(project.id) == true
                    && (part.isEmpty || release.name.lowercased().contains(part))
            }
        },
        OctopusRoute(.get, "projects/{id}/releases/{version}") { call in
            .json(
                try await call.read { db -> JSONValue in
                    let project = try ProjectResources.type.document(db, call, call.argument("id"))
                    let wanted = call.argument("version")
                    let all = try Document.all(db, .release, owner: project.id)
                    guard let found = all.first(where: { $0.name.sameText(wanted) || $0.id.sameText(wanted) }) else {
                        throw OctopusFault.missing(.release, wanted)
                    }
                    return try type.show(db, found)
                })
        },
        OctopusRoute(.get, "projects/{id}/channels/{channel}/releases") { call in
            let channel = try await call.read { try ChannelResources.type.document($0, call, call.argument("channel")) }
            let path = "\(call.base)/projects/\(channel.text("ProjectId"))/channels/\(channel.id)/releases"
            return try await page(call, path: path) { $0.text("ChannelId").sameText(channel.id) }
        },
        OctopusRoute(.post, "releases/{id}/snapshot-variables") { call in
            .json(
                try await call.write { db -> JSONValue in
                    var release = try type.document(db, call, call.argument("id"))
                    try ReleaseMaking.snapshotVariables(db, &release)
                    try release.update(db)
                    return try type.show(db, release)
                })
        },
    ]

    /// The number in a release's id.
    @Sendable static func number(_ release: Document) -> Int { Int(release.id.split(separator: "-").last ?? "") ?? 0 }

    /// A page of the releases that a condition selects, newest first.
    static func page(
        _ call: OctopusCall, path: String, _ keep: @escaping @Sendable (Document) -> Bool
    ) async throws -> Response {
        let page = try Page(call)
        let (items, total) = try await call.read { db -> ([JSONValue], Int) in
            let all = try type.selected(db, call).filter(keep)
            return (try page.slice(all).map { try type.show(db, $0) }, all.count)
        }
        return .json(page.envelope(items, total: total, itemType: "Release", path: path))
    }

    @Sendable private static func update(_ call: OctopusCall) async throws -> Response {
        let given = try await call.body()
        return .json(
            try await call.write { db -> JSONValue in
                var release = try type.document(db, call, call.argument("id"))
                if let notes = given.member("ReleaseNotes") { release.body.set("ReleaseNotes", notes) }
                if let version = given.member("Version")?.string, !version.sameText(release.name) {
                    throw OctopusFault.invalid("The version of a release can't be changed.")
                }
                try release.update(db)
                return try type.show(db, release)
            })
    }
}

/// What a release is to be made of, from either form of the call.
struct ReleaseRequest: Sendable {
    var project: Document
    var channel: Document
    var version: String
    var notes: JSONValue
    /// Versions by ``DeploymentPlan/packageKey(_:_:)``.
    var versions: [String: String] = [:]
    /// "Step:PackageId:Version", "PackageId:Version", "*:Version".
    var rules: [String] = []
    /// The version of packages that nothing else says.
    var standard: String?
    /// Packages without a version get their newest one.
    var takesNewest = false
    var ignoresRules: Bool

    /// The resource form.
    init(_ db: Database, _ call: OctopusCall, classic given: JSONValue) throws {
        var reader = ShapeReader()
        let body = reader.read(
            [
                Field("ProjectId", .required), Field("ChannelId", .text(nil)), Field("Version", .required),
                Field("ReleaseNotes", .text(nil)), Field("IgnoreChannelRules", .flag(false)),
                Field(
                    "SelectedPackages",
                    .list([
                        Field("ActionName", .text(nil)), Field("StepName", .text(nil)),
                        Field("PackageReferenceName", .text("")), Field("Version", .required),
                    ])),
            ], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        project = try ReleaseRequest.project(db, call, body["ProjectId"]?.string ?? "")
        channel = try ReleaseRequest.channel(db, project, id: body["ChannelId"]?.string)
        version = body["Version"]?.string ?? ""
        notes = body["ReleaseNotes"] ?? .null
        ignoresRules = body["IgnoreChannelRules"]?.bool ?? false
        for item in body["SelectedPackages"]?.array ?? [] {
            let action = item["ActionName"]?.string ?? item["StepName"]?.string ?? ""
            let reference = item["PackageReferenceName"]?.string ?? ""
            versions[DeploymentPlan.packageKey(action, reference)] = item["Version"]?.string
        }
    }

    /// The command form (create/v1).
    init(_ db: Database, _ call: OctopusCall, command given: JSONValue) throws {
        var reader = ShapeReader()
        let body = reader.read(
            [
                Field("projectName", .required), Field("packageVersion", .text(nil)),
                Field("releaseVersion", .text(nil)), Field("channelName", .text(nil)), Field("packages", .texts),
                Field("releaseNotes", .text(nil)), Field("ignoreChannelRules", .flag(false)),
            ], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        project = try ProjectResources.find(db, call, body["projectName"]?.string ?? "")
        channel = try ReleaseRequest.channel(db, project, name: body["channelName"]?.string)
        notes = body["releaseNotes"] ?? .null
        rules = body["packages"]?.array?.compactMap(\.string) ?? []
        standard = body["packageVersion"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        takesNewest = true
        ignoresRules = body["ignoreChannelRules"]?.bool ?? false
        let wanted = body["releaseVersion"]?.string ?? ""
        version = wanted.isEmpty ? try ReleaseTemplate.nextVersion(db, project) ?? standard ?? "" : wanted
        if version.isEmpty { throw OctopusFault.invalid("The release needs a version.") }
    }

    private static func project(_ db: Database, _ call: OctopusCall, _ id: String) throws -> Document {
        guard let project = try Document.find(db, .project, id, space: call.space) else {
            throw OctopusFault.invalid("There is no project '\(id)'.")
        }
        return project
    }

    private static func channel(
        _ db: Database, _ project: Document, id: String? = nil, name: String? = nil
    ) throws -> Document {
        let channels = try Document.all(db, .channel, owner: project.id)
        let found: Document?
        if let id, !id.isEmpty {
            found = channels.first { $0.id.sameText(id) }
        } else if let name, !name.isEmpty {
            found = channels.first { $0.name.sameText(name) }
        } else {
            found = channels.first { $0.flag("IsDefault") } ?? channels.first
        }
        guard let found else {
            throw OctopusFault.invalid("The project '\(project.name)' has no channel '\(id ?? name ?? "")'.")
        }
        return found
    }
}

/// Makes releases.
enum ReleaseMaking {
    /// The release that has the version already.
    static func known(_ db: Database, _ request: ReleaseRequest) throws -> Document? {
        try Document.all(db, .release, owner: request.project.id).first { $0.name.sameText(request.version) }
    }

    /// Makes a release: checks its version and packages, and keeps process and variables as they are now.
    static func make(_ db: Database, _ call: OctopusCall, _ request: ReleaseRequest) throws -> Document {
        guard PackageName.isVersion(request.version) else {
            throw OctopusFault.invalid("'\(request.version)' is no version, such as 1.2.3 or 1.2.3-beta.1.")
        }
        if request.project.flag("IsDisabled") {
            throw OctopusFault.invalid("The project '\(request.project.name)' is disabled.")
        }
        guard try known(db, request) == nil else {
            throw OctopusFault.invalid(
                "Release version '\(request.version)' already exists for the project '\(request.project.name)'. "
                    + "Please choose a different version.")
        }
        let selected = try select(db, call, request)
        let id = "Releases-\(try Counter.next(db, "Releases"))"
        var release = Document(
            kind: .release, id: id, space: call.space, name: request.version, owner: request.project.id,
            body: [
                "ProjectId": .string(request.project.id), "ChannelId": .string(request.channel.id),
                "Version": .string(request.version), "ReleaseNotes": request.notes,
                "ProjectDeploymentProcessSnapshotId": .string(try ProcessResources.snapshot(db, request.project)),
                "IgnoreChannelRules": .bool(request.ignoresRules), "BuildInformation": .array([]),
                "Assembled": .string(call.now.octopus), "SelectedPackages": .array(selected),
                "SelectedGitResources": .array([]), "VersionControlReference": .null,
            ])
        try snapshotVariables(db, &release)
        try release.insert(db)
        try EventLog.add(
            db, call, "Created", "release \(request.version) of \(request.project.name) was created",
            [release.id, request.project.id, request.channel.id])
        return release
    }

    /// Takes the variables of the project and its library sets as they are now.
    static func snapshotVariables(_ db: Database, _ release: inout Document) throws {
        guard let project = try Document.find(db, .project, release.owner ?? "") else { throw OctopusFault.notFound }
        let own = try VariableSets.snapshot(db, project.text("VariableSetId"))
        release.body.set("ProjectVariableSetSnapshotId", JSONValue(own))
        let library = try project.texts("IncludedLibraryVariableSetIds").compactMap {
            try VariableSets.snapshot(db, "variableset-\($0)")
        }
        release.body.set("LibraryVariableSetSnapshotIds", JSONValue(library))
    }

    private static func select(
        _ db: Database, _ call: OctopusCall, _ request: ReleaseRequest
    ) throws -> [JSONValue] {
        let process = try Document.find(db, .process, request.project.text("DeploymentProcessId"))
        let feeds = try Document.all(db, .feed, space: call.space)
        var selected: [JSONValue] = []
        var faults: [String] = []
        for action in ProcessModel.steps(process?.body ?? .emptyObject).flatMap(\.actions) where !action.isDisabled {
            for use in action.packages {
                guard let version = try version(db, call, request, action, use) else {
                    faults.append("The action '\(action.name)' needs a version of the package '\(use.package)'.")
                    continue
                }
                let feed = feeds.first { $0.id.sameText(use.feed) }
                if feed == nil, !use.feed.contains("#{") {
                    faults.append(
                        "The feed '\(use.feed)' of the package '\(use.package)', which the action '\(action.name)' "
                            + "needs, is not in this space.")
                }
                if feed?.text("FeedType") == "BuiltIn",
                    try StoredPackage.find(db, space: call.space, package: use.package, version: version) == nil
                {
                    faults.append(
                        "The package '\(use.package)' version \(version), which the action '\(action.name)' needs, "
                            + "is not in the built-in feed.")
                }
                selected.append([
                    "ActionName": .string(action.name), "Version": .string(version),
                    "PackageReferenceName": .string(use.name),
                ])
            }
        }
        guard faults.isEmpty else { throw OctopusFault.invalid(faults) }
        return selected
    }

    private static func version(
        _ db: Database, _ call: OctopusCall, _ request: ReleaseRequest, _ action: ProcessAction, _ use: PackageUse
    ) throws -> String? {
        if let exact = request.versions[DeploymentPlan.packageKey(action.name, use.name)] { return exact }
        // The most exact rule wins: step and package, package (or step), all.
        var best: (rank: Int, version: String)?
        for rule in request.rules {
            let parts = rule.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 || parts.count == 3, let version = parts.last else {
                throw OctopusFault.invalid("'\(rule)' is no package version, such as 'Package:1.0.0'.")
            }
            let rank: Int?
            if parts.count == 3 {
                let isStep = parts[0] == "*" || parts[0].sameText(action.name)
                let isPackage = parts[1] == "*" || parts[1].sameText(use.package) || parts[1].sameText(use.name)
                rank = isStep && isPackage ? 3 : nil
            } else if parts[0] == "*" {
                rank = 1
            } else {
                rank = parts[0].sameText(use.package) || parts[0].sameText(action.name) ? 2 : nil
            }
            if let rank, rank >= best?.rank ?? 0 { best = (rank, version) }
        }
        if let best { return best.version }
        if let standard = request.standard { return standard }
        guard request.takesNewest else { return nil }
        return try StoredPackage.all(db, space: call.space, package: use.package).first?.version
    }
}

/// What a client asks before it makes a release.
enum ReleaseTemplate {
    /// The template of a process.
    static func show(_ db: Database, _ call: OctopusCall, _ process: Document) throws -> JSONValue {
        guard let project = try Document.find(db, .project, process.text("ProjectId")) else {
            throw OctopusFault.notFound
        }
        let releases = try Document.all(db, .release, owner: project.id)
        let last = releases.last
        let feeds = try Document.all(db, .feed, space: call.space)
        var packages: [JSONValue] = []
        for step in ProcessModel.steps(process.body) {
            for action in step.actions where !action.isDisabled {
                for use in action.packages {
                    let feed = feeds.first { $0.id.sameText(use.feed) }
                    let old = last.flatMap { SelectedPackages.version(of: $0, action.name, use.name) }
                    packages.append([
                        "ActionName": .string(action.name), "StepName": .string(step.name),
                        "PackageReferenceName": .string(use.name), "PackageId": .string(use.package),
                        "FeedId": .string(use.feed), "FeedName": JSONValue(feed?.name),
                        "NuGetPackageId": .string(use.package), "NuGetFeedId": .string(use.feed),
                        "NuGetFeedName": JSONValue(feed?.name), "ProjectName": .null,
                        "IsResolvable": .bool(!use.package.contains("#{")),
                        "VersionSelectedLastRelease": JSONValue(old),
                    ])
                }
            }
        }
        let donor = project.body["VersioningStrategy"]?["DonorPackage"]
        return [
            "DeploymentProcessId": .string(process.id), "LastReleaseVersion": JSONValue(last?.name),
            "NextVersionIncrement": JSONValue(try nextVersion(db, project)),
            "VersioningPackageStepName": JSONValue(donor?["DeploymentAction"]?.string),
            "VersioningPackageReferenceName": JSONValue(donor?["PackageReference"]?.string),
            "Packages": .array(packages), "Id": .null, "Links": .emptyObject,
        ]
    }

    /// The version that the project's template gives next; nil where a package donates it.
    static func nextVersion(_ db: Database, _ project: Document) throws -> String? {
        let strategy = project.body["VersioningStrategy"] ?? .emptyObject
        if strategy["DonorPackage"]?.object != nil { return nil }
        let template = strategy["Template"]?.string ?? ProjectResources.versionTemplate
        let releases = try Document.all(db, .release, owner: project.id)
        let last = releases.max { PackageVersion($0.name) < PackageVersion($1.name) }?.name
        let core = (last ?? "0.0.0").split(whereSeparator: { "-+".contains($0) }).first ?? "0"
        let numbers = core.split(separator: ".").map { Int($0) ?? 0 }
        var variables = VariableTable()
        for (place, part) in ["Major", "Minor", "Patch", "Build"].enumerated() {
            let number = place < numbers.count ? numbers[place] : 0
            variables.set("Octopus.Version.Last\(part)", "\(number)")
            variables.set("Octopus.Version.Next\(part)", "\(number + 1)")
        }
        let text = template.replacing(".i", with: ".#{Octopus.Version.NextPatch}")
        return variables.expand(text).text
    }
}
