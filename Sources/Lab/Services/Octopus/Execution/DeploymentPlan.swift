import Core
import Foundation
import GRDB

/// A machine that a deployment may run on.
struct DeploymentMachine: Sendable, Hashable {
    var id: String
    var name: String
    var roles: [String]
    var health: String
    /// How it is reached, or why that is not known.
    var address: Result<TargetAddress, Failure>

    static func == (left: DeploymentMachine, right: DeploymentMachine) -> Bool { left.id == right.id }
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// All that a deployment needs to know, read at once: the release's snapshots, the machines, the packages.
struct DeploymentPlan: Sendable {
    var task: Int
    var taskDescription: String
    var space: Document
    var project: Document
    var group: Document?
    var environment: Document
    var release: Document
    var channel: Document?
    var tenant: Document?
    var deployment: Document
    var steps: [ProcessStep]
    var variables: [ScopedVariable]
    /// Enabled machines of the environment that the deployment's lists allow.
    var machines: [DeploymentMachine]
    /// Values that were asked for at the deployment, by name.
    var prompted: [String: String]
    /// Packages by action name and reference name, both in lower case.
    var packages: [String: StoredPackage]
    /// Releases that ran here and in the project before.
    var history: DeploymentHistory
    /// The address of the server for people.
    var serverUrl: String

    /// The key of a package reference.
    static func packageKey(_ action: String, _ reference: String) -> String {
        "\(action.lowercased())\n\(reference.lowercased())"
    }

    /// The machines of a step, in the order of their names.
    func machines(of step: ProcessStep) -> [DeploymentMachine] {
        machines.filter { machine in machine.roles.contains { role in step.roles.contains { $0.sameText(role) } } }
            .sorted { $0.name < $1.name }
    }

    /// The actions of a step that are meant for this environment and channel and are not left out by the deployment.
    func actions(of step: ProcessStep) -> [ProcessAction] {
        let skipped = deployment.texts("SkipActions")
        return step.actions.filter { action in
            action.applies(environment: environment.id, channel: channel?.id ?? "")
                && !skipped.contains { $0.sameText(action.id) || $0.sameText(action.name) }
        }
    }
}

/// What was deployed before.
struct DeploymentHistory: Sendable, Hashable {
    /// The release that was last deployed successfully to the environment.
    var current: Document?
    /// The last successful deployment there.
    var currentDeployment: String?
    /// The release of the project made before this one.
    var previous: Document?
}

extension DeploymentPlan {
    /// Reads the plan of a deployment's task.
    static func load(_ db: Database, _ task: ServerTask, serverUrl: String) throws -> DeploymentPlan {
        let id = task.arguments["DeploymentId"]?.string ?? ""
        guard let deployment = try Document.find(db, .deployment, id),
            let release = try Document.find(db, .release, deployment.text("ReleaseId")),
            let project = try Document.find(db, .project, deployment.text("ProjectId")),
            let environment = try Document.find(db, .environment, deployment.text("EnvironmentId")),
            let space = try Document.find(db, .space, task.space)
        else { throw Failure(.failed, "The deployment, its release, project or environment was deleted.") }
        let process = try Document.find(db, .process, release.text("ProjectDeploymentProcessSnapshotId"))
        let steps = ProcessModel.steps(process?.body ?? .emptyObject)
        return DeploymentPlan(
            task: task.number, taskDescription: task.description, space: space, project: project,
            group: try Document.find(db, .projectGroup, project.text("ProjectGroupId")), environment: environment,
            release: release, channel: try Document.find(db, .channel, deployment.text("ChannelId")),
            tenant: try Document.find(db, .tenant, deployment.text("TenantId")), deployment: deployment, steps: steps,
            variables: try variables(db, release),
            machines: try machines(db, deployment, environment),
            prompted: try prompted(db, deployment), packages: try packages(db, release, steps),
            history: try history(db, deployment, release), serverUrl: serverUrl)
    }

    /// The variables of a release's snapshots: the project's own, then those of library sets.
    static func variables(_ db: Database, _ release: Document) throws -> [ScopedVariable] {
        let own = try VariableSets.read(db, release.text("ProjectVariableSetSnapshotId"), isLibrary: false)
        let library = try release.texts("LibraryVariableSetSnapshotIds").flatMap { id in
            try VariableSets.read(db, id, isLibrary: true)
        }
        return own + library
    }

    private static func prompted(_ db: Database, _ deployment: Document) throws -> [String: String] {
        var values = ProcessModel.texts(deployment.body["_Prompted"])
        let sql = "SELECT field, value FROM octopus_secret WHERE owner = ? AND field LIKE 'prompt:%'"
        for row in try Row.fetchAll(db, sql: sql, arguments: [deployment.id]) {
            let field: String = row["field"]
            values[String(field.dropFirst("prompt:".count))] = row["value"]
        }
        return values
    }

    private static func machines(
        _ db: Database, _ deployment: Document, _ environment: Document
    ) throws -> [DeploymentMachine] {
        let wanted = deployment.texts("SpecificMachineIds").map { $0.lowercased() }
        let unwanted = deployment.texts("ExcludedMachineIds").map { $0.lowercased() }
        return try Document.all(db, .machine, space: environment.space).filter { machine in
            let id = machine.id.lowercased()
            return !machine.flag("IsDisabled")
                && machine.texts("EnvironmentIds").contains { $0.sameText(environment.id) }
                && (wanted.isEmpty || wanted.contains(id)) && !unwanted.contains(id)
        }.map { try DeploymentMachine(db, $0) }
    }

    private static func packages(
        _ db: Database, _ release: Document, _ steps: [ProcessStep]
    ) throws -> [String: StoredPackage] {
        var found: [String: StoredPackage] = [:]
        for action in steps.flatMap(\.actions) {
            for use in action.packages {
                guard let version = SelectedPackages.version(of: release, action.name, use.name),
                    let package = try StoredPackage.find(
                        db, space: release.space ?? "", package: use.package, version: version)
                else { continue }
                found[packageKey(action.name, use.name)] = package
            }
        }
        return found
    }

    private static func history(
        _ db: Database, _ deployment: Document, _ release: Document
    ) throws -> DeploymentHistory {
        var history = DeploymentHistory()
        let project = deployment.text("ProjectId")
        for other in try Document.all(db, .deployment, owner: project).reversed() where other.id != deployment.id {
            guard other.text("EnvironmentId").sameText(deployment.text("EnvironmentId")),
                other.text("TenantId").sameText(deployment.text("TenantId")),
                let number = ServerTask.number(of: other.text("TaskId")),
                case .done(.success, _, _)? = try ServerTask.find(db, number)?.state
            else { continue }
            history.current = try Document.find(db, .release, other.text("ReleaseId"))
            history.currentDeployment = other.id
            break
        }
        let releases = try Document.all(db, .release, owner: project)
        if let place = releases.firstIndex(where: { $0.id == release.id }), place > 0 {
            history.previous = releases[place - 1]
        }
        return history
    }
}

extension DeploymentMachine {
    /// A machine from its document, with the login of its account.
    init(_ db: Database, _ document: Document) throws {
        self.init(
            id: document.id, name: document.name, roles: document.texts("Roles"),
            health: document.text("HealthStatus"), address: try DeploymentMachine.address(db, document))
    }

    private static func address(_ db: Database, _ document: Document) throws -> Result<TargetAddress, Failure> {
        let endpoint = document.body["Endpoint"] ?? .emptyObject
        let style = endpoint["CommunicationStyle"]?.string ?? ""
        guard style == "Ssh" else {
            return .failure(
                Failure(.refused, "\(document.name) is a \(style) target; the lab deploys to SSH targets only"))
        }
        let id = endpoint["AccountId"]?.string ?? ""
        guard let account = try Document.find(db, .account, id) else {
            return .failure(Failure(.refused, "\(document.name) has no account '\(id)' to log in with"))
        }
        guard let encoded = try Secrets.value(db, account.id, "PrivateKeyFile"),
            let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters)
        else { return .failure(Failure(.refused, "the account \(account.name) holds no private key")) }
        return .success(
            TargetAddress(
                machine: document.id, name: document.name, host: endpoint["Host"]?.string ?? "",
                port: endpoint["Port"]?.int ?? 22, fingerprint: endpoint["Fingerprint"]?.string ?? "",
                user: account.text("Username"), key: String(decoding: data, as: UTF8.self)))
    }
}
