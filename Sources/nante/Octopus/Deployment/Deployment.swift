import ArgumentParser
import Console
import Core
import Octopus

/// `nante octopus deployment`.
struct OctopusDeployment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployment", abstract: "Deployments and their logs.",
        subcommands: [
            OctopusDeploymentCreate.self, OctopusDeploymentList.self, OctopusDeploymentShow.self,
            OctopusDeploymentLogs.self, OctopusDeploymentWait.self,
        ])
}

/// Options of commands that wait for a task.
struct OctopusWaiting: ParsableArguments, Sendable {
    @Option(help: "The longest to wait, such as 90s, 10m or 1h; then the exit code is 124.")
    var timeout: Seconds = Seconds(duration: .seconds(1_800))
    @Flag(name: .shortAndLong, help: "Show also what is meant for those who look for a fault.")
    var verbose = false

    /// Follows a task, with its log's new lines on standard error; throws where it did not end well.
    func follow(_ task: String, next: [String], _ client: OctopusClient, _ context: Context) async throws -> TaskDetails
    {
        let watch = TaskWatch(client, within: timeout.duration, isVerbose: verbose)
        let details = try await watch.run(task) { lines in
            for line in lines { context.terminal.say(line.text) }
        }
        if let failure = details.failure(next: next) { throw failure }
        return details
    }
}

/// Deployments with the names behind their ids.
struct OctopusDeploymentView {
    struct Row {
        let deployment: Deployment
        let project: String
        let release: String
        let environment: String
        let task: ServerTask?
    }

    let rows: [Row]

    init(_ deployments: [Deployment], _ client: OctopusClient) async throws {
        let projects = try await client.all(Project.self)
        let environments = try await client.all(DeploymentEnvironment.self)
        var releases: [String: String] = [:]
        for id in Set(deployments.map(\.releaseId)) { releases[id] = try await client.release(id: id).version }
        var rows: [Row] = []
        for deployment in deployments {
            let task = deployment.taskId.isEmpty ? nil : try await client.task(deployment.taskId)
            rows.append(
                Row(
                    deployment: deployment,
                    project: projects.first { $0.id == deployment.projectId }?.name ?? deployment.projectId,
                    release: releases[deployment.releaseId] ?? deployment.releaseId,
                    environment: environments.first { $0.id == deployment.environmentId }?.name
                        ?? deployment.environmentId,
                    task: task))
        }
        self.rows = rows
    }

    var table: Table {
        Table(
            ["DEPLOYMENT", "PROJECT", "RELEASE", "ENVIRONMENT", "STATE", "ASKED FOR", "TOOK"],
            rows: rows.map { row in
                [
                    row.deployment.id, row.project, row.release, row.environment, row.task?.state.name ?? "",
                    OctopusShow.date(row.deployment.created), row.task?.duration ?? "",
                ]
            })
    }

    var values: [JSONValue] {
        rows.map { row in
            [
                "Deployment": row.deployment.json, "Task": row.task?.json ?? .null, "Project": .string(row.project),
                "Release": .string(row.release), "Environment": .string(row.environment),
            ]
        }
    }
}
