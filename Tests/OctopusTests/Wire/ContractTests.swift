import Core
import Foundation
import Testing

@testable import Octopus

/// The models against what others recorded and published.
@Suite struct ContractTests {
    @Test(.enabled(if: Evidence.isThere)) func `every recorded answer is read, and what is written of it fits`() throws
    {
        var exchanges: [JSONValue] = []
        for example in try Evidence.examples() {
            let path = example["path"]?.string ?? ""
            let answer = try #require(example["response"])
            guard let written = try ContractTests.roundTrip(path, answer) else {
                Issue.record("nothing reads \(path)")
                continue
            }
            exchanges.append(["method": "GET", "path": .string(path), "status": 200, "response": written])
        }
        #expect(exchanges.count == 16)
        guard Evidence.hasChecker else { return }
        let found = try Evidence.violations(exchanges)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(.enabled(if: Evidence.hasChecker)) func `every model of the API fits in both directions`() throws {
        var exchanges: [JSONValue] = []
        func add<Model: WireModel>(_ path: String, _ model: Model, id: String? = nil) {
            let json = model.json
            if let id {
                exchanges.append([
                    "method": "GET", "path": .string("\(path)/\(id)"), "status": 200, "response": json,
                ])
                exchanges.append([
                    "method": "PUT", "path": .string("\(path)/\(id)"), "request": json,
                    "status": .number(path == "/api/spaces" ? 201 : 200), "response": json,
                ])
            }
            exchanges.append([
                "method": "POST", "path": .string(path), "request": json, "status": 201, "response": json,
            ])
        }
        let space = "/api/Spaces-1"
        add("/api/spaces", Space.make { $0.name = "Default" }, id: "Spaces-1")
        add("\(space)/environments", DeploymentEnvironment.make { $0.name = "dev" }, id: "Environments-1")
        add("\(space)/lifecycles", Lifecycle.make { $0.phases = [Phase.make { $0.name = "dev" }] }, id: "Lifecycles-1")
        add("\(space)/projectgroups", ProjectGroup.make { $0.name = "g" }, id: "ProjectGroups-1")
        add("\(space)/projects", Project.make { $0.versioningStrategy = .init() }, id: "Projects-1")
        add("\(space)/channels", Channel.make { $0.rules = [ChannelRule()] }, id: "Channels-1")
        add("\(space)/machinepolicies", MachinePolicy.make { $0.name = "Default" }, id: "MachinePolicies-1")
        for style in [Endpoint.cloudRegion, .ssh(host: "h", fingerprint: "f", account: "a")] {
            add("\(space)/machines", Machine.make { $0.endpoint = style }, id: "Machines-1")
        }
        let key = Account.make {
            $0.accountType = "SshKeyPair"
            $0.privateKeyFile = SensitiveValue(newValue: "aGk=")
        }
        add("\(space)/accounts", key, id: "Accounts-1")
        add("\(space)/accounts", Account.make { $0.token = SensitiveValue(newValue: "t") })
        add("\(space)/accounts", Account.make { $0.password = SensitiveValue(newValue: "t") })
        add("\(space)/feeds", Feed.make { $0.feedType = "BuiltIn" }, id: "feeds-builtin")
        add("\(space)/releases", Release.make { $0.selectedPackages = [SelectedPackage()] })
        add("\(space)/deployments", Deployment.make { $0.releaseId = "Releases-1" })
        exchanges += try ContractTests.others(space)
        let found = try Evidence.violations(exchanges)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    private static func others(_ space: String) throws -> [JSONValue] {
        let set = VariableSet.make {
            $0.variables = [
                .make { $0.prompt = VariablePrompt() }, .make { $0.scope.environment = ["Environments-1"] },
            ]
            $0.scopeValues = ScopeValues.make { $0.roles = [NamedReference()] }
        }
        let process = DeploymentProcess.make {
            $0.steps = [
                .make {
                    $0.properties = ["Octopus.Action.TargetRoles": "web", "s": .sensitive(SensitiveValue())]
                    $0.actions = [.make { $0.packages = [PackageReference()] }]
                }
            ]
        }
        func get(_ path: String, _ model: any WireModel) -> JSONValue {
            ["method": "GET", "path": .string(path), "status": 200, "response": model.json]
        }
        func send(_ method: String, _ path: String, _ model: any WireModel, _ status: Int, _ answer: any WireModel)
            -> JSONValue
        {
            [
                "method": .string(method), "path": .string(path), "request": model.json,
                "status": .number(Double(status)), "response": answer.json,
            ]
        }
        let failure = ErrorBody.make { $0.errorMessage = "no" }
        let details = TaskDetails.make {
            $0.activityLogs = [ActivityLog.make { $0.logElements = [ActivityLogElement()] }]
        }
        let progression = Progression.make {
            $0.releases = [.make { $0.deployments = ["Environments-1": [DashboardItem()]] }]
        }
        let root = RootDocument.make { $0.installationId = "6a2c4d9e-0d5b-4d6e-9f4b-2c1d3e4f5a6b" }
        let check = CreateTaskCommand.make { $0.name = "Health" }
        return [
            get("/api", root), get("/api/users/me", User()),
            get("\(space)/variables/variableset-Projects-1", set),
            send("PUT", "\(space)/variables/variableset-Projects-1", set, 200, set),
            get("\(space)/deploymentprocesses/deploymentprocess-Projects-1", process),
            send("PUT", "\(space)/deploymentprocesses/deploymentprocess-Projects-1", process, 200, process),
            get("\(space)/deploymentprocesses/p/template", ReleaseTemplate.make { $0.packages = [.init()] }),
            send("POST", "\(space)/releases/create/v1", CreateReleaseCommand(), 201, CreateReleaseAnswer()),
            send(
                "POST", "\(space)/deployments/create/untenanted/v1", CreateDeploymentCommand(), 201,
                CreateDeploymentAnswer.make { $0.deploymentServerTasks = [DeploymentServerTask()] }),
            send("POST", "\(space)/tasks", check, 201, ServerTask()),
            get("\(space)/tasks", ServerTaskPage.make { $0.items = [ServerTask()] }),
            get("/api/tasks/ServerTasks-1/details", details), get("/api/tasks/ServerTasks-1", ServerTask()),
            get("\(space)/dashboard", Dashboard.make { $0.items = [DashboardItem()] }),
            get("\(space)/progression/Projects-1", progression),
            get("\(space)/releases/Releases-1/progression", ReleaseLifecycleProgress.make { $0.phases = [.init()] }),
            get("\(space)/packages/packages-a.1", FeedPackage()),
            get("\(space)/packages", Page("Package", of: [FeedPackage()], path: "\(space)/packages")),
            get(
                "\(space)/feeds/feeds-builtin/packages/versions?packageId=a",
                Page("Package", of: [PackageVersion()], path: "x")),
            get("\(space)/feeds/feeds-builtin/packages/search", Page("P", of: [PackageDescription()], path: "x")),
            get("\(space)/machines/Machines-1/connection", MachineConnection.make { $0.logs = [.init()] }),
            get("\(space)/interruptions/Interruptions-1", Interruption()),
            ["method": "GET", "path": "/api/Spaces-1/projects/x", "status": 404, "response": failure.json],
        ]
    }

    /// Reads an answer by the model that the client has for the path, and writes it again.
    private static func roundTrip(_ path: String, _ answer: JSONValue) throws -> JSONValue? {
        func through<Model: WireModel>(_ type: Model.Type) throws -> JSONValue { try type.init(json: answer).json }
        let parts = path.split(separator: "/").map(String.init)
        switch parts.last {
        case "api": return try through(RootDocument.self)
        case "tasks": return try through(ServerTaskPage.self)
        case "details": return try through(TaskDetails.self)
        case "dashboard": return try through(Dashboard.self)
        case "machines": return try through(Page<Machine>.self)
        case "environments": return try through(Page<DeploymentEnvironment>.self)
        case "spaces": return try through(Page<Space>.self)
        case "projectgroups": return try through(Page<ProjectGroup>.self)
        case "projects": return try through(Page<Project>.self)
        case "events": return try through(Page<Event>.self)
        case let last? where last.hasPrefix("Deployments-"): return try through(Deployment.self)
        case let last? where last.hasPrefix("Releases-"): return try through(Release.self)
        default: return nil
        }
    }
}
