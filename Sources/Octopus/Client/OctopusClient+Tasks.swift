import Core

extension OctopusClient {
    /// Deploys a release to environments; each gives a deployment with its task.
    public func deploy(_ command: CreateDeploymentCommand) async throws -> [DeploymentServerTask] {
        let path = path("deployments", "create", "untenanted", "v1")
        let full = command.with {
            $0.spaceId = space.id
            $0.spaceIdOrName = space.id
        }
        let answer: CreateDeploymentAnswer = try decoded(try await json("POST", path, body: full.json), path)
        return answer.deploymentServerTasks
    }

    /// A deployment.
    public func deployment(_ id: String) async throws -> Deployment {
        try await model(Deployment.self, at: path("deployments", id))
    }

    /// Deployments, newest first.
    public func deployments(
        project: Project? = nil, environment: DeploymentEnvironment? = nil, limit: Int = .max
    ) async throws -> [Deployment] {
        var query: [(String, String)] = []
        if let project { query.append(("projects", project.id)) }
        if let environment { query.append(("environments", environment.id)) }
        if limit < 1000 { query.append(("take", String(limit))) }
        return try await models(Deployment.self, at: path("deployments", query: query), limit: limit)
    }

    /// A task.
    public func task(_ id: String) async throws -> ServerTask {
        try await model(ServerTask.self, at: "/api/tasks/\(id.percentEncoded)")
    }

    /// A task with its log.
    public func taskDetails(_ id: String) async throws -> TaskDetails {
        try await model(TaskDetails.self, at: "/api/tasks/\(id.percentEncoded)/details?verbose=true")
    }

    /// The tasks that a queued task waits for; empty where the server does not tell.
    public func tasksAhead(of id: String) async throws -> [ServerTask] {
        let path = "/api/tasks/\(id.percentEncoded)/queued-behind"
        let answer = try await answer("GET", path)
        guard answer.isSuccess, let json = try? JSONValue.parse(answer.body) else { return [] }
        return try (json["Items"]?.array ?? []).map { try decoded($0, path) }
    }

    /// The log of a task as text.
    public func rawLog(_ id: String) async throws -> String {
        let path = "/api/tasks/\(id.percentEncoded)/raw"
        let answer = try await answer("GET", path)
        guard answer.isSuccess else { throw OctopusTrouble.failure(answer, "GET", endpoint.url + path) }
        return answer.text
    }

    /// Asks the server to stop a task.
    public func cancel(_ id: String) async throws -> ServerTask {
        let path = "/api/tasks/\(id.percentEncoded)/cancel"
        return try decoded(try await json("POST", path), path)
    }

    /// Tasks, newest first.
    public func tasks(states: [TaskState] = [], limit: Int = 30) async throws -> [ServerTask] {
        let query = states.isEmpty ? [] : [("states", states.map(\.name).joined(separator: ","))]
        return try await models(ServerTask.self, at: path("tasks", query: query + [("take", "\(limit)")]), limit: limit)
    }

    /// Starts a task, such as Health.
    public func start(_ command: CreateTaskCommand) async throws -> ServerTask {
        let path = path("tasks")
        let full = command.with { $0.spaceId = space.id }
        return try decoded(try await json("POST", path, body: full.json), path)
    }
}
