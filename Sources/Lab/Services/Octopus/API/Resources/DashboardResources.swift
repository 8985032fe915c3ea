import Core
import Foundation
import GRDB
import Hummingbird

/// What is deployed where, and what may be deployed next.
enum DashboardResources {
    static let routes = [
        OctopusRoute(.get, "dashboard", handle: dashboard),
        OctopusRoute(.get, "progression/{id}", handle: projectProgression),
        OctopusRoute(.get, "projects/{id}/progression", handle: projectProgression),
        OctopusRoute(.get, "releases/{id}/progression", handle: releaseProgression),
        OctopusRoute(.get, "releases/{id}/deployments/template", handle: template),
        OctopusRoute(.get, "releases/{id}/deployments/preview/{environment}", handle: preview),
    ]

    // MARK: Dashboard

    @Sendable private static func dashboard(_ call: OctopusCall) async throws -> Response {
        let now = call.now
        return .json(
            try await call.read { db -> JSONValue in
                var projects = try Document.all(db, .project, space: call.space)
                if let id = call.query("projectId") { projects.removeAll { !$0.id.sameText(id) } }
                let environments = try Document.all(db, .environment, space: call.space)
                    .sorted(by: EnvironmentResources.type.isBefore)
                let groups = try Document.all(db, .projectGroup, space: call.space)
                let items = try projects.flatMap { try latest(db, $0, now) }
                return [
                    "Projects": .array(projects.map { project($0, environments) }),
                    "ProjectGroups": .array(
                        groups.map {
                            [
                                "Id": .string($0.id), "Name": .string($0.name),
                                "EnvironmentIds": JSONValue(environments.map(\.id)), "Links": .emptyObject,
                            ]
                        }),
                    "Environments": .array(
                        environments.map {
                            [
                                "Id": .string($0.id), "Name": .string($0.name),
                                "Links": ["Self": .string("\(call.base)/environments/\($0.id)")],
                            ]
                        }),
                    "Tenants": .array([]), "Items": .array(items), "PreviousItems": .array([]), "ProjectLimit": .null,
                    "IsFiltered": .bool(call.query("projectId") != nil), "Id": .null,
                    "Links": ["Self": .string("\(call.base)/dashboard")],
                ]
            })
    }

    private static func project(_ project: Document, _ environments: [Document]) -> JSONValue {
        [
            "Id": .string(project.id), "Name": .string(project.name), "Slug": project.body.at("Slug"),
            "ProjectGroupId": project.body.at("ProjectGroupId"), "IsDisabled": .bool(project.flag("IsDisabled")),
            "EnvironmentIds": JSONValue(environments.map(\.id)), "CanPerformUntenantedDeployment": .bool(true),
            "TenantedDeploymentMode": project.body.at("TenantedDeploymentMode"),
            "Links": ["Self": .string("/api/\(project.space ?? "")/projects/\(project.id)")],
        ]
    }

    /// The last deployment of a project to each environment (and tenant).
    private static func latest(_ db: Database, _ project: Document, _ now: Date) throws -> [JSONValue] {
        var seen: Set<String> = []
        var items: [JSONValue] = []
        for deployment in try Document.all(db, .deployment, owner: project.id).reversed() {
            let place = deployment.text("EnvironmentId") + "/" + deployment.text("TenantId")
            guard seen.insert(place).inserted else { continue }
            if let item = try item(db, deployment, now, isCurrent: true) { items.append(item) }
        }
        return items
    }

    static func item(_ db: Database, _ deployment: Document, _ now: Date, isCurrent: Bool) throws -> JSONValue? {
        guard let number = ServerTask.number(of: deployment.text("TaskId")),
            let task = try ServerTask.find(db, number)
        else { return nil }
        let shown = TaskDocument.show(task, now)
        let release = try Document.find(db, .release, deployment.text("ReleaseId"))
        return [
            "Id": .string(deployment.id), "ProjectId": deployment.body.at("ProjectId"),
            "EnvironmentId": deployment.body.at("EnvironmentId"), "ReleaseId": deployment.body.at("ReleaseId"),
            "DeploymentId": .string(deployment.id), "TaskId": .string(task.id),
            "TenantId": deployment.body.at("TenantId"), "ChannelId": deployment.body.at("ChannelId"),
            "ReleaseVersion": JSONValue(release?.name), "Created": deployment.body.at("Created"),
            "QueueTime": shown.at("QueueTime"), "StartTime": shown.at("StartTime"),
            "CompletedTime": shown.at("CompletedTime"), "State": .string(task.state.word),
            "HasPendingInterruptions": .bool(false), "HasWarningsOrErrors": shown.at("HasWarningsOrErrors"),
            "ErrorMessage": .string(task.state.message), "Duration": shown.at("Duration"),
            "IsCurrent": .bool(isCurrent), "IsPrevious": .bool(false), "IsCompleted": .bool(task.state.isOver),
            "Links": [
                "Self": .string("/api/\(task.space)/deployments/\(deployment.id)"),
                "Release": .string("/api/\(task.space)/releases/\(deployment.text("ReleaseId"))"),
                "Task": .string("/api/tasks/\(task.id)"),
            ],
        ]
    }

    // MARK: Progression

    @Sendable private static func projectProgression(_ call: OctopusCall) async throws -> Response {
        let now = call.now
        return .json(
            try await call.read { db -> JSONValue in
                let project = try ProjectResources.type.document(db, call, call.argument("id"))
                let environments = try Document.all(db, .environment, space: call.space)
                    .sorted(by: EnvironmentResources.type.isBefore)
                let deployments = try Document.all(db, .deployment, owner: project.id)
                let references = JSONValue.array(
                    environments.map { ["Id": .string($0.id), "Name": .string($0.name)] })
                let releases = try Document.all(db, .release, owner: project.id).reversed().prefix(30)
                let rows = try releases.map { release -> JSONValue in
                    var places = JSONValue.emptyObject
                    for environment in environments {
                        let here = deployments.reversed().filter {
                            $0.text("ReleaseId").sameText(release.id)
                                && $0.text("EnvironmentId").sameText(environment.id)
                        }
                        if here.isEmpty { continue }
                        places.set(
                            environment.id,
                            .array(try here.compactMap { try item(db, $0, now, isCurrent: false) }))
                    }
                    let channel = try Document.find(db, .channel, release.text("ChannelId"))
                    return [
                        "Release": try ReleaseResources.type.show(db, release),
                        "Channel": try channel.map { try ChannelResources.type.show(db, $0) } ?? .null,
                        "Deployments": places, "NextDeployments": JSONValue(try next(db, release)),
                        "HasUnresolvedDefect": .bool(try DefectResources.open(db, release) != nil),
                        "ReleaseRetentionPeriod": .null, "TentacleRetentionPeriod": .null,
                    ]
                }
                var channels = JSONValue.emptyObject
                for channel in try Document.all(db, .channel, owner: project.id) {
                    channels.set(channel.id, references)
                }
                return [
                    "Environments": references, "ChannelEnvironments": channels, "Releases": .array(rows), "Id": .null,
                    "Links": .emptyObject,
                ]
            })
    }

    /// Ids of environments where a release may be deployed and was not yet with success.
    private static func next(_ db: Database, _ release: Document) throws -> [String] {
        guard let lifecycle = try Lifecycle.of(db, release) else { return [] }
        let successes = try Lifecycle.successes(db, release)
        return lifecycle.phases.prefix(lifecycle.openPhases(successes)).flatMap(\.environments).filter {
            !successes.contains($0.lowercased())
        }
    }

    @Sendable private static func releaseProgression(_ call: OctopusCall) async throws -> Response {
        let now = call.now
        return .json(
            try await call.read { db -> JSONValue in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                let lifecycle = try Lifecycle.of(db, release)
                let successes = try Lifecycle.successes(db, release)
                let open = lifecycle?.openPhases(successes) ?? 0
                let deployments = try Document.all(db, .deployment, owner: release.owner).filter {
                    $0.text("ReleaseId").sameText(release.id)
                }
                let phases = try (lifecycle?.phases ?? []).enumerated().map { place, phase -> JSONValue in
                    let here = try deployments.filter { deployment in
                        phase.environments.contains { $0.sameText(deployment.text("EnvironmentId")) }
                    }.map { deployment -> JSONValue in
                        let number = ServerTask.number(of: deployment.text("TaskId")) ?? 0
                        return [
                            "Task": try ServerTask.find(db, number).map { TaskDocument.show($0, now) } ?? .null,
                            "Deployment": try DeploymentResources.type.show(db, deployment),
                        ]
                    }
                    let progress = phase.isComplete(successes) ? "Complete" : place < open ? "Current" : "Pending"
                    return [
                        "Id": .string(phase.id), "Name": .string(phase.name), "Blocked": .bool(false),
                        "Progress": .string(progress), "Deployments": .array(here),
                        "AutomaticDeploymentTargets": JSONValue(phase.automatic),
                        "OptionalDeploymentTargets": JSONValue(phase.optional),
                        "MinimumEnvironmentsBeforePromotion": .number(Double(phase.minimum)),
                        "IsOptionalPhase": .bool(phase.isOptional),
                    ]
                }
                return [
                    "Phases": .array(phases), "NextDeployments": JSONValue(try next(db, release)),
                    "NextDeploymentsMinimumRequired": 0, "Id": .null, "Links": .emptyObject,
                ]
            })
    }

    // MARK: Before a deployment

    @Sendable private static func template(_ call: OctopusCall) async throws -> Response {
        .json(
            try await call.read { db -> JSONValue in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                let lifecycle = try Lifecycle.of(db, release)
                let open = lifecycle?.openPhases(try Lifecycle.successes(db, release)) ?? 0
                let ids = (lifecycle?.phases ?? []).prefix(open).flatMap(\.environments)
                let targets = try ids.compactMap { id -> JSONValue? in
                    guard let environment = try Document.find(db, .environment, id) else { return nil }
                    let path = "\(call.base)/releases/\(release.id)/deployments/preview/\(environment.id)"
                    return [
                        "Id": .string(environment.id), "Name": .string(environment.name),
                        "Links": ["Preview": .string(path)],
                    ]
                }
                let project = try Document.find(db, .project, release.owner ?? "")
                let process = try Document.find(db, .process, project?.text("DeploymentProcessId") ?? "")
                let variables = try Document.find(db, .variableSet, project?.text("VariableSetId") ?? "")
                func isChanged(_ live: Document?, _ name: String) -> Bool {
                    live.map { "\($0.id)-s-\($0.body["Version"]?.int ?? 0)" != release.text(name) } ?? false
                }
                return [
                    "PromoteTo": .array(targets), "TenantPromotions": .array([]),
                    "IsDeploymentProcessModified": .bool(isChanged(process, "ProjectDeploymentProcessSnapshotId")),
                    "IsVariableSetModified": .bool(isChanged(variables, "ProjectVariableSetSnapshotId")),
                    "IsLibraryVariableSetModified": .bool(false), "DeploymentNotes": .null, "Id": .null,
                    "Links": ["Self": .string("\(call.base)/releases/\(release.id)/deployments/template")],
                ]
            })
    }

    @Sendable private static func preview(_ call: OctopusCall) async throws -> Response {
        .json(
            try await call.read { db -> JSONValue in
                let release = try ReleaseResources.type.document(db, call, call.argument("id"))
                let environment = try EnvironmentResources.type.document(db, call, call.argument("environment"))
                let process = try Document.find(db, .process, release.text("ProjectDeploymentProcessSnapshotId"))
                let machines = try Document.all(db, .machine, space: call.space).filter { machine in
                    machine.texts("EnvironmentIds").contains { $0.sameText(environment.id) }
                }
                let steps = ProcessModel.steps(process?.body ?? .emptyObject).flatMap { step in
                    step.actions.map { self.step($0, step, environment, machines, release) }
                }
                let prompts = try VariableSets.prompted(db, release.text("ProjectVariableSetSnapshotId"))
                return [
                    "StepsToExecute": .array(steps), "Form": form(prompts),
                    "UseGuidedFailureModeByDefault": .bool(false),
                    "Changes": .array([]), "ChangesMarkdown": .string(""), "Id": .null, "Links": .emptyObject,
                ]
            })
    }

    private static func step(
        _ action: ProcessAction, _ step: ProcessStep, _ environment: Document, _ machines: [Document],
        _ release: Document
    ) -> JSONValue {
        let here = machines.filter { machine in
            !machine.flag("IsDisabled")
                && machine.texts("Roles").contains { role in step.roles.contains { $0.sameText(role) } }
        }
        let shown = here.map { machine -> JSONValue in
            let health = machine.text("HealthStatus")
            return [
                "Id": .string(machine.id), "Name": .string(machine.name), "HasLatestCalamari": .bool(true),
                "HealthStatus": health == "Unknown" ? .null : .string(health),
            ]
        }
        return [
            "ActionId": .string(action.id), "ActionName": .string(action.name), "ActionNumber": .string(action.number),
            "Roles": JSONValue(step.roles), "MachineNames": JSONValue(here.map(\.name)), "Machines": .array(shown),
            "UnavailableMachines": .array([]), "ExcludedMachines": .array([]), "CanBeSkipped": .bool(true),
            "IsDisabled": .bool(
                !action.applies(environment: environment.id, channel: release.text("ChannelId"))),
            "HasNoApplicableMachines": .bool(here.isEmpty && !step.roles.isEmpty),
        ]
    }

    private static func form(_ prompts: [JSONValue]) -> JSONValue {
        var values = JSONValue.emptyObject
        var elements: [JSONValue] = []
        for variable in prompts {
            let id = variable["Id"]?.string ?? ""
            let prompt = variable["Prompt"] ?? .emptyObject
            values.set(id, variable.at("Value"))
            elements.append([
                "Name": .string(id), "IsValueRequired": .bool(prompt["Required"]?.bool ?? false),
                "Control": [
                    "Type": .string("VariableValue"), "Name": variable.at("Name"), "Label": prompt.at("Label"),
                    "Description": prompt.at("Description"), "Required": prompt["Required"] ?? false,
                    "IsSecure": .bool(variable["IsSensitive"]?.bool ?? false),
                ],
            ])
        }
        return ["Values": values, "Elements": .array(elements)]
    }
}
