import Core
import Foundation
import GRDB
import Hummingbird

/// Deployments.
enum DeploymentResources {
    static let type = ResourceType(
        kind: .deployment, fields: [], isNamed: false,
        filters: [
            "projects": { deployment, ids in ids.contains { $0.sameText(deployment.text("ProjectId")) } },
            "environments": { deployment, ids in ids.contains { $0.sameText(deployment.text("EnvironmentId")) } },
            "channels": { deployment, ids in ids.contains { $0.sameText(deployment.text("ChannelId")) } },
            "tenants": { deployment, ids in ids.contains { $0.sameText(deployment.text("TenantId")) } },
        ],
        isBefore: { ReleaseResources.number($0) > ReleaseResources.number($1) },
        present: { db, deployment, shown in
            guard let number = ServerTask.number(of: deployment.text("TaskId")),
                case .done(.failed, _, _)? = try ServerTask.find(db, number)?.state
            else { return shown }
            return shown.with([("FailureEncountered", true)])
        },
        links: { deployment, path in
            let base = path.components(separatedBy: "/deployments").first ?? ""
            return [
                ("Release", "\(base)/releases/\(deployment.text("ReleaseId"))"),
                ("Environment", "\(base)/environments/\(deployment.text("EnvironmentId"))"),
                ("Project", "\(base)/projects/\(deployment.text("ProjectId"))"),
                ("Task", "/api/tasks/\(deployment.text("TaskId"))"),
                ("Interruptions", "\(base)/interruptions?regarding=\(deployment.id)"),
                ("DeploymentProcess", "\(base)/deploymentprocesses/\(deployment.text("DeploymentProcessId"))"),
                ("Web", "/app#/\(deployment.space ?? "")/deployments/\(deployment.id)"),
            ]
        },
        calls: [.list, .get])

    static let routes = [
        OctopusRoute(.post, "deployments") { call in
            let given = try await call.body()
            let shown = try await call.write { db -> JSONValue in
                let request = try DeploymentRequest(db, call, classic: given)
                return try type.show(db, try DeploymentMaking.make(db, call, request).0)
            }
            call.server.queue.nudge()
            return .json(shown, status: .created)
        },
        OctopusRoute(.post, "deployments/create/untenanted/v1", handle: command),
        OctopusRoute(.get, "releases/{id}/deployments") { call in
            let release = try await call.read { try ReleaseResources.type.document($0, call, call.argument("id")) }
            let page = try Page(call)
            let (items, total) = try await call.read { db -> ([JSONValue], Int) in
                let all = try type.selected(db, call).filter { $0.text("ReleaseId").sameText(release.id) }
                return (try page.slice(all).map { try type.show(db, $0) }, all.count)
            }
            let path = "\(call.base)/releases/\(release.id)/deployments"
            return .json(page.envelope(items, total: total, itemType: "Deployment", path: path))
        },
    ]

    @Sendable private static func command(_ call: OctopusCall) async throws -> Response {
        let given = try await call.body()
        let tasks = try await call.write { db -> [JSONValue] in
            try DeploymentRequest.all(db, call, command: given).map { request in
                let (deployment, task) = try DeploymentMaking.make(db, call, request)
                return ["DeploymentId": .string(deployment.id), "ServerTaskId": .string(task.id)]
            }
        }
        call.server.queue.nudge()
        return .json(["DeploymentServerTasks": .array(tasks)], status: .created)
    }
}

/// What is to be deployed where, from either form of the call.
struct DeploymentRequest: Sendable {
    var release: Document
    var project: Document
    var environment: Document
    var tenant: Document?
    var comments: JSONValue = nil
    var forcesDownload = false
    var forcesRedeployment = false
    var guidedFailure = false
    var skipActions: [String] = []
    var specificMachines: [String] = []
    var excludedMachines: [String] = []
    var due: Date?
    var expires: Date?
    /// Values of prompted variables, by their names or ids.
    var values: [String: String] = [:]

    private static let fields: [Field] = [
        Field("ReleaseId", .required), Field("EnvironmentId", .required), Field("TenantId", .text(nil)),
        Field("Comments", .text(nil)), Field("ForcePackageDownload", .flag(false)),
        Field("ForcePackageRedeployment", .flag(false)), Field("SkipActions", .texts),
        Field("SpecificMachineIds", .texts), Field("ExcludedMachineIds", .texts),
        Field("UseGuidedFailure", .tristate), Field("QueueTime", .text(nil)), Field("QueueTimeExpiry", .text(nil)),
        Field("FormValues", .map),
    ]

    /// The resource form.
    init(_ db: Database, _ call: OctopusCall, classic given: JSONValue) throws {
        var reader = ShapeReader()
        let body = reader.read(DeploymentRequest.fields, given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        func find(_ kind: DocumentKind, _ id: String) throws -> Document {
            guard let found = try Document.find(db, kind, id, space: call.space) else {
                throw OctopusFault.invalid("There is no \(kind.words) '\(id)'.")
            }
            return found
        }
        release = try find(.release, body["ReleaseId"]?.string ?? "")
        project = try find(.project, release.owner ?? "")
        environment = try find(.environment, body["EnvironmentId"]?.string ?? "")
        let tenant = body["TenantId"]?.string ?? ""
        self.tenant = tenant.isEmpty ? nil : try find(.tenant, tenant)
        comments = body.at("Comments")
        forcesDownload = body["ForcePackageDownload"]?.bool ?? false
        forcesRedeployment = body["ForcePackageRedeployment"]?.bool ?? false
        guidedFailure = body["UseGuidedFailure"]?.bool ?? false
        skipActions = body["SkipActions"]?.array?.compactMap(\.string) ?? []
        specificMachines = body["SpecificMachineIds"]?.array?.compactMap(\.string) ?? []
        excludedMachines = body["ExcludedMachineIds"]?.array?.compactMap(\.string) ?? []
        for id in specificMachines + excludedMachines { _ = try find(.machine, id) }
        due = try DeploymentRequest.date(body, "QueueTime")
        expires = try DeploymentRequest.date(body, "QueueTimeExpiry")
        values = ProcessModel.texts(body["FormValues"])
    }

    private static func date(_ body: JSONValue, _ name: String) throws -> Date? {
        guard let text = body[name]?.string, !text.isEmpty else { return nil }
        guard let date = Date(iso8601: text) else { throw OctopusFault.invalid("'\(name)' is no time: '\(text)'.") }
        return date
    }

    /// The requests of the command form (create/untenanted/v1): one for each environment.
    static func all(_ db: Database, _ call: OctopusCall, command given: JSONValue) throws -> [DeploymentRequest] {
        var reader = ShapeReader()
        let body = reader.read(
            [
                Field("projectName", .required), Field("releaseVersion", .required), Field("environmentNames", .texts),
                Field("specificMachineNames", .texts), Field("excludedMachineNames", .texts),
                Field("skipStepNames", .texts), Field("forcePackageDownload", .flag(false)),
                Field("forcePackageRedeployment", .flag(false)), Field("updateVariableSnapshot", .flag(false)),
                Field("useGuidedFailure", .tristate), Field("runAt", .text(nil)), Field("noRunAfter", .text(nil)),
                Field("variables", .map), Field("comments", .text(nil)),
            ], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        func texts(_ name: String) -> [String] { body[name]?.array?.compactMap(\.string) ?? [] }
        let project = try ProjectResources.find(db, call, body["projectName"]?.string ?? "")
        let version = body["releaseVersion"]?.string ?? ""
        let releases = try Document.all(db, .release, owner: project.id)
        guard var release = releases.first(where: { $0.name.sameText(version) || $0.id.sameText(version) }) else {
            throw OctopusFault.invalid("The project '\(project.name)' has no release '\(version)'.")
        }
        if body["updateVariableSnapshot"]?.bool == true {
            try ReleaseMaking.snapshotVariables(db, &release)
            try release.update(db)
        }
        func find(_ kind: DocumentKind, _ text: String) throws -> Document {
            let named = try Document.named(db, kind, text, space: call.space)
            guard let found = try named ?? Document.find(db, kind, text, space: call.space) else {
                throw OctopusFault.invalid("There is no \(kind.words) '\(text)'.")
            }
            return found
        }
        let environments = try texts("environmentNames").map { try find(.environment, $0) }
        if environments.isEmpty { throw OctopusFault.invalid("Name at least one environment to deploy to.") }
        let steps = try skipped(db, release, texts("skipStepNames"))
        var request = try DeploymentRequest(
            release: release, project: project, environment: environments[0], comments: body.at("comments"))
        request.forcesDownload = body["forcePackageDownload"]?.bool ?? false
        request.forcesRedeployment = body["forcePackageRedeployment"]?.bool ?? false
        request.guidedFailure = body["useGuidedFailure"]?.bool ?? false
        request.skipActions = steps
        request.specificMachines = try texts("specificMachineNames").map { try find(.machine, $0).id }
        request.excludedMachines = try texts("excludedMachineNames").map { try find(.machine, $0).id }
        request.due = try date(body, "runAt")
        request.expires = try date(body, "noRunAfter")
        request.values = ProcessModel.texts(body["variables"])
        return environments.map { environment in
            var copy = request
            copy.environment = environment
            return copy
        }
    }

    private init(release: Document, project: Document, environment: Document, comments: JSONValue) throws {
        self.release = release
        self.project = project
        self.environment = environment
        self.comments = comments
    }

    /// Ids of the actions of steps or actions with these names.
    private static func skipped(_ db: Database, _ release: Document, _ names: [String]) throws -> [String] {
        if names.isEmpty { return [] }
        let process = try Document.find(db, .process, release.text("ProjectDeploymentProcessSnapshotId"))
        let steps = ProcessModel.steps(process?.body ?? .emptyObject)
        return try names.flatMap { name -> [String] in
            let whole = steps.filter { $0.name.sameText(name) }.flatMap(\.actions)
            let single = steps.flatMap(\.actions).filter { $0.name.sameText(name) }
            let found = whole.isEmpty ? single : whole
            if found.isEmpty { throw OctopusFault.invalid("The release has no step '\(name)'.") }
            return found.map(\.id)
        }
    }
}

/// Makes deployments and their tasks.
enum DeploymentMaking {
    /// Makes a deployment; its task starts at once or waits for others of the same project and environment.
    static func make(
        _ db: Database, _ call: OctopusCall, _ request: DeploymentRequest
    ) throws -> (Document, ServerTask) {
        try check(db, request)
        let id = "Deployments-\(try Counter.next(db, "Deployments"))"
        let prompts = try Prompts.read(db, request)
        let (release, project, environment) = (request.release, request.project, request.environment)
        var deployment = Document(
            kind: .deployment, id: id, space: call.space, name: "Deploy to \(environment.name)", owner: project.id,
            body: body(call, request))
        deployment.body.set("FormValues", prompts.shown)
        deployment.body.set("_Prompted", prompts.plain)
        for (name, value) in prompts.secret {
            call.server.context.mask.add(value)
            try Secrets.set(db, id, "prompt:\(name)", value)
        }
        let process = try Document.find(db, .process, release.text("ProjectDeploymentProcessSnapshotId"))
        let machines = try machines(db, request, ProcessModel.steps(process?.body ?? .emptyObject))
        deployment.body.set("DeployedToMachineIds", JSONValue(machines.map(\.id)))
        let tag = [request.tenant?.id, project.id, environment.id].compactMap { $0 }.joined(separator: "/")
        var task = ServerTask(
            number: 0, space: call.space, name: "Deploy",
            description: "Deploy \(project.name) release \(release.name) to \(environment.name)",
            arguments: ["DeploymentId": .string(id)], tag: tag, project: project.id, environment: environment.id,
            queued: call.now, due: request.due, expires: request.expires, updated: call.now, state: .queued)
        task = try TaskQueue.add(db, task, now: call.now)
        deployment.body.set("TaskId", .string(task.id))
        try deployment.insert(db)
        try EventLog.add(
            db, call, "DeploymentQueued", "\(task.description): queued",
            [id, project.id, release.id, environment.id, task.id, release.text("ChannelId")])
        return (deployment, task)
    }

    private static func body(_ call: OctopusCall, _ request: DeploymentRequest) -> JSONValue {
        [
            "ReleaseId": .string(request.release.id), "ProjectId": .string(request.project.id),
            "ChannelId": request.release.body.at("ChannelId"),
            "DeploymentProcessId": request.release.body.at("ProjectDeploymentProcessSnapshotId"),
            "EnvironmentId": .string(request.environment.id), "TenantId": JSONValue(request.tenant?.id),
            "Name": .string("Deploy to \(request.environment.name)"), "Comments": request.comments,
            "Created": .string(call.now.octopus), "DeployedBy": .string(OctopusServer.userName),
            "DeployedById": .string(OctopusServer.userId), "FailureEncountered": .bool(false), "Changes": .array([]),
            "ChangesMarkdown": .string(""), "ForcePackageDownload": .bool(request.forcesDownload),
            "ForcePackageRedeployment": .bool(request.forcesRedeployment),
            "UseGuidedFailure": .bool(request.guidedFailure), "SkipActions": JSONValue(request.skipActions),
            "SpecificMachineIds": JSONValue(request.specificMachines),
            "ExcludedMachineIds": JSONValue(request.excludedMachines), "ManifestVariableSetId": .null,
            "QueueTime": JSONValue(request.due), "QueueTimeExpiry": JSONValue(request.expires),
        ]
    }

    private static func check(_ db: Database, _ request: DeploymentRequest) throws {
        let (release, project, environment) = (request.release, request.project, request.environment)
        if project.flag("IsDisabled") { throw OctopusFault.invalid("The project '\(project.name)' is disabled.") }
        if request.guidedFailure {
            throw OctopusFault.invalid("The lab does not serve guided failure; deploy without it.")
        }
        guard let lifecycle = try Lifecycle.of(db, release) else { return }
        let successes = try Lifecycle.successes(db, release, tenant: request.tenant?.id ?? "")
        let open = lifecycle.openPhases(successes)
        guard
            let phase = lifecycle.phases.firstIndex(where: { phase in
                phase.environments.contains { $0.sameText(environment.id) }
            })
        else {
            throw OctopusFault.invalid(
                "The lifecycle of '\(project.name)' does not allow a deployment to '\(environment.name)'.")
        }
        if phase >= open {
            let missing = lifecycle.phases[open - 1].name
            throw OctopusFault.invalid(
                "Release \(release.name) can't be deployed to '\(environment.name)' yet: the phase '\(missing)' of "
                    + "the lifecycle is not complete.")
        }
    }

    /// The machines that the steps of a release would run on.
    static func machines(
        _ db: Database, _ request: DeploymentRequest, _ steps: [ProcessStep]
    ) throws -> [Document] {
        let roles = steps.flatMap(\.roles)
        return try Document.all(db, .machine, space: request.environment.space).filter { machine in
            !machine.flag("IsDisabled")
                && machine.texts("EnvironmentIds").contains { $0.sameText(request.environment.id) }
                && machine.texts("Roles").contains { role in roles.contains { $0.sameText(role) } }
                && (request.specificMachines.isEmpty || request.specificMachines.contains { $0.sameText(machine.id) })
                && !request.excludedMachines.contains { $0.sameText(machine.id) }
        }
    }
}

/// Values that are asked for at a deployment.
struct Prompts: Sendable {
    /// Values by name, without secret ones.
    var plain = JSONValue.emptyObject
    /// Secret values by name.
    var secret: [String: String] = [:]
    /// What the deployment shows: by the ids of the variables, secret ones as null.
    var shown = JSONValue.emptyObject

    /// Takes the values that a request gives for the prompted variables of its release.
    ///
    /// Values for other names are ignored: an older release may not ask for what a newer one does.
    ///
    /// - Throws: a fault where one that is required is blank.
    static func read(_ db: Database, _ request: DeploymentRequest) throws -> Prompts {
        var prompts = Prompts()
        var faults: [String] = []
        var left = request.values
        for variable in try VariableSets.prompted(db, request.release.text("ProjectVariableSetSnapshotId")) {
            let name = variable["Name"]?.string ?? ""
            let id = variable["Id"]?.string ?? ""
            let key = left.keys.first { $0.sameText(id) || $0.sameText(name) }
            let value = key.flatMap { left.removeValue(forKey: $0) }
            let isRequired = variable["Prompt"]?["Required"]?.bool == true
            if isRequired, (value ?? variable["Value"]?.string ?? "").trimmingSpace.isEmpty {
                faults.append("The variable '\(variable["Prompt"]?["Label"]?.string ?? name)' needs a value.")
            }
            guard let value else { continue }
            if variable["IsSensitive"]?.bool == true {
                prompts.secret[name] = value
                prompts.shown.set(id, nil)
            } else {
                prompts.plain.set(name, .string(value))
                prompts.shown.set(id, .string(value))
            }
        }
        guard faults.isEmpty else { throw OctopusFault.invalid(faults) }
        return prompts
    }
}
