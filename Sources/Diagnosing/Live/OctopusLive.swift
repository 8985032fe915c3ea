import Core
import Foundation
import Octopus

/// Octopus: a space of its own with all that a project has, a deployment to no target, and the space removed.
struct OctopusLive: LiveCheck {
    let endpoint: OctopusEndpoint
    let service = "Octopus"
    let makes = "a space \(LiveName.prefix)… with a project, a package, an account, a target and a release"

    private func home(_ live: LiveRun) async throws -> OctopusClient {
        var open = endpoint
        open.space = ""
        do { return try await connect(open, live) } catch {
            // A key that does not see the default space sees the one that is set.
            return try await connect(endpoint, live)
        }
    }

    private func connect(_ endpoint: OctopusEndpoint, _ live: LiveRun) async throws -> OctopusClient {
        try await OctopusClient.connect(endpoint, context: live.context, observe: { live.note($0) })
    }

    func run(_ live: LiveRun) async throws {
        let home = try await live.step("connect") { try await self.home(live) }
        try await live.step("read the root document") { live.found(version: try await home.root().version) }
        let me = try await live.step("read its own user") { try await home.me() }
        let space = try await live.step("make a space") {
            try await home.createSpace(live.name, description: "made by nante doctor --live", manager: me.id)
        }
        let client = try await live.step("find the space by its name") {
            var inside = endpoint
            inside.space = live.name
            return try await connect(inside, live)
        }
        try await live.step("make an environment, twice") {
            try live.expect(try await client.ensureEnvironment("doctor").change == .created, "it was there")
            try live.expect(try await client.ensureEnvironment("doctor").change == .unchanged, "it was changed")
        }
        try await live.step("list what the space has") {
            _ = try await client.all(DeploymentEnvironment.self)
            _ = try await client.all(MachinePolicy.self)
            _ = try await client.all(Feed.self)
            _ = try await client.all(Channel.self)
        }
        try await targets(live, client)
        try await packages(live, client)
        let project = try await project(live, client)
        let release = try await release(live, client, project)
        try await deployment(live, client, project, release)
        try await live.step("delete the space") {
            try await home.deleteSpace(space)
            try live.expect(try await !home.spaces().contains { $0.id == space.id }, "it is still there")
        }
    }

    private func targets(_ live: LiveRun, _ client: OctopusClient) async throws {
        let context = live.context
        let folder = "/tmp/\(live.name)-key"
        try context.files.makeDirectory(folder)
        defer { try? context.files.remove(folder) }
        try await live.step("make an SSH account, twice") {
            let path = folder.appending(path: "key")
            _ = try await context.processes.check(
                Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path], deadline: .seconds(20)),
                what: "a key for the account can't be made")
            let key = try context.files.read(path)
            let made = try await client.ensureSSHAccount("doctor", username: "deploy", key: key)
            try live.expect(made.change == .created, "it was there")
            let again = try await client.ensureSSHAccount("doctor", username: "deploy", key: key)
            try live.expect(again.change == .unchanged, "it was changed")
            try await client.delete(again.account)
        }
        try await live.step("register a target, change it, remove it") {
            var request = TargetRequest(
                name: "doctor", endpoint: .cloudRegion, environments: ["doctor"], roles: ["nobody"])
            try live.expect(try await client.ensureTarget(request).change == .created, "it was there")
            try live.expect(try await client.ensureTarget(request).change == .unchanged, "it was changed")
            request.isDisabled = true
            let (machine, change) = try await client.ensureTarget(request)
            try live.expect(change == .changed && machine.isDisabled, "it is not disabled")
            try await client.delete(machine)
            try live.expect(try await client.find(Machine.self, "doctor") == nil, "it is still there")
        }
    }

    private func packages(_ live: LiveRun, _ client: OctopusClient) async throws {
        let context = live.context
        let folder = "/tmp/\(live.name)-package"
        try context.files.makeDirectory(folder)
        defer { try? context.files.remove(folder) }
        let file = folder.appending(path: "\(live.name).1.0.0.tar.gz")
        try await live.step("upload a package") {
            try context.files.write(Data("echo doctor\n".utf8), to: folder.appending(path: "a.txt"), mode: 0o644)
            _ = try await context.processes.check(
                Command("tar", ["-czf", file, "-C", folder, "a.txt"], deadline: .seconds(20)),
                what: "the package can't be made")
            _ = try await client.upload(package: file)
        }
        try await live.step("upload it again") {
            do {
                _ = try await client.upload(package: file)
                try live.expect(false, "a package was replaced unasked")
            } catch let failure as Failure where failure.exit == .refused {}
            try live.expect(try await client.upload(package: file, mode: .ignore) == .kept, "it was replaced")
        }
        try await live.step("find the package") {
            try live.expect(try await client.package(live.name, version: "1.0.0") != nil, "it is not there")
            try live.expect(try await !client.packages(id: live.name).isEmpty, "it is not in the list")
            let feed = try await client.builtInFeed()
            try live.expect(try await !client.versions(of: live.name, feed: feed).isEmpty, "it has no versions")
            _ = try await client.search(live.name, feed: feed)
        }
    }

    private func project(_ live: LiveRun, _ client: OctopusClient) async throws -> Project {
        try await live.step("make a project with a step and a variable") {
            let lifecycle = try await client.all(Lifecycle.self).first
            let group = try await client.all(ProjectGroup.self).first
            let project = try await client.create(
                Project.make {
                    $0.name = "doctor"
                    $0.lifecycleId = lifecycle?.id ?? ""
                    $0.projectGroupId = group?.id ?? ""
                })
            _ = try await client.changeProcess(of: project) { process in
                process.steps = [
                    .make { step in
                        step.name = "say"
                        step.properties = ["Octopus.Action.TargetRoles": "nobody"]
                        step.actions = [
                            .make { action in
                                action.name = "say"
                                action.actionType = "Octopus.Script"
                                action.properties = [
                                    "Octopus.Action.RunOnServer": "false",
                                    "Octopus.Action.Script.ScriptSource": "Inline",
                                    "Octopus.Action.Script.Syntax": "Bash",
                                    "Octopus.Action.Script.ScriptBody": "echo doctor",
                                ]
                            }
                        ]
                    }
                ]
            }
            _ = try await client.changeVariables(of: project) { set in
                set.variables = [
                    .make {
                        $0.name = "Doctor"
                        $0.value = "1"
                    }
                ]
            }
            try live.expect(try await client.process(of: project).steps.count == 1, "its step is not there")
            let variables = try await client.variables(of: project).variables
            try live.expect(variables.map(\.name) == ["Doctor"], "its variable is not there")
            return project
        }
    }

    private func release(_ live: LiveRun, _ client: OctopusClient, _ project: Project) async throws -> Release {
        try await live.step("make a release, twice") {
            let request = ReleaseRequest(project: project.id, version: "1.0.0")
            let made = try await client.ensureRelease(request)
            try live.expect(made.change == .created, "it was there")
            try live.expect(try await client.ensureRelease(request).change == .unchanged, "it was changed")
            _ = try await client.releases(of: project)
            _ = try await client.release(id: made.release.id)
            _ = try await client.channels(of: project)
            return made.release
        }
    }

    private func deployment(
        _ live: LiveRun, _ client: OctopusClient, _ project: Project, _ release: Release
    ) async throws {
        let task = try await live.step("deploy the release to no target") {
            let started = try await client.deploy(
                CreateDeploymentCommand.make {
                    $0.projectName = project.name
                    $0.releaseVersion = release.version
                    $0.environmentNames = ["doctor"]
                })
            let task = try started.first ?? { throw Failure(.failed, "no deployment was started") }()
            _ = try await client.deployment(task.deploymentId)
            return task.serverTaskId
        }
        try await live.step("follow its task to the end") {
            _ = try await Wait.until("the deployment to end", within: .seconds(120), context: live.context) {
                try await client.task(task).isCompleted ? true : nil
            }
            _ = try await client.taskDetails(task)
            _ = try await client.rawLog(task)
            _ = try await client.tasksAhead(of: task)
            _ = try await client.tasks(ids: [task])
            _ = try await client.tasks(limit: 5)
        }
        try await live.step("look where it is deployed") {
            _ = try await client.deployments(project: project, limit: 5)
            _ = try await client.progression(of: project)
            _ = try await client.dashboard()
        }
        try await live.step("mark the release, and take the mark away") {
            try await client.addDefect(toRelease: release.id, "nante doctor")
            try live.expect(try await !client.defects(ofRelease: release.id).isEmpty, "it has no mark")
            try await client.resolveDefect(ofRelease: release.id)
        }
    }

    func sweep(_ live: LiveRun) async throws -> [String] {
        let home = try await home(live)
        let spaces = try await home.spaces().filter { LiveName.isOurs($0.name) && !$0.isDefault }
        for space in spaces { try await home.deleteSpace(space) }
        return spaces.map(\.name)
    }
}
