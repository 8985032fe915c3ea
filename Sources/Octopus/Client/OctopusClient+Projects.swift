import Core

extension OctopusClient {
    /// The server's root document.
    public func root() async throws -> RootDocument { try await model(RootDocument.self, at: "/api") }

    /// The steps of a project.
    public func process(of project: Project) async throws -> DeploymentProcess {
        try await model(DeploymentProcess.self, at: processPath(project))
    }

    /// Changes the steps of a project; the version that was read is sent along, so that nobody's change is lost.
    public func changeProcess(
        of project: Project, _ change: (inout DeploymentProcess) throws -> Void
    ) async throws -> (item: DeploymentProcess, isChanged: Bool) {
        try await changeModel(at: processPath(project), change)
    }

    private func processPath(_ project: Project) -> String {
        path("deploymentprocesses", project.deploymentProcessId ?? "deploymentprocess-\(project.id)")
    }

    /// The variables of a project.
    public func variables(of project: Project) async throws -> VariableSet {
        try await model(VariableSet.self, at: variablesPath(project))
    }

    /// Changes the variables of a project.
    public func changeVariables(
        of project: Project, _ change: (inout VariableSet) throws -> Void
    ) async throws -> (item: VariableSet, isChanged: Bool) {
        try await changeModel(at: variablesPath(project), change)
    }

    private func variablesPath(_ project: Project) -> String {
        path("variables", project.variableSetId ?? "variableset-\(project.id)")
    }

    /// The channels of a project.
    public func channels(of project: Project) async throws -> [Channel] {
        try await models(Channel.self, at: path("projects", project.id, "channels"))
    }

    /// What a new release of a project needs.
    public func releaseTemplate(of project: Project, channel: Channel) async throws -> ReleaseTemplate {
        let process = project.deploymentProcessId ?? "deploymentprocess-\(project.id)"
        return try await model(
            ReleaseTemplate.self,
            at: path("deploymentprocesses", process, "template", query: [("channel", channel.id)]))
    }

    /// The releases of a project, newest first.
    public func releases(of project: Project, limit: Int = .max) async throws -> [Release] {
        try await models(Release.self, at: path("projects", project.id, "releases"), limit: limit)
    }

    /// The release of a version; nil where there is none.
    public func release(_ version: String, of project: Project) async throws -> Release? {
        try await modelIfAny(Release.self, at: path("projects", project.id, "releases", version))
    }

    /// The release of an id.
    public func release(id: String) async throws -> Release {
        try await model(Release.self, at: path("releases", id))
    }

    /// Makes a release.
    public func create(_ release: Release) async throws -> Release {
        let path = path("releases")
        return try decoded(try await json("POST", path, body: release.json), path)
    }

    /// Where the releases of a project are deployed.
    public func progression(of project: Project) async throws -> Progression {
        try await model(Progression.self, at: path("progression", project.id))
    }

    /// What is deployed where.
    public func dashboard() async throws -> Dashboard {
        try await model(Dashboard.self, at: path("dashboard"))
    }
}
