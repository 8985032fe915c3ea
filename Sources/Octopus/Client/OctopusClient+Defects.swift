import Core

extension OctopusClient {
    /// Marks of a release that keep it from being promoted, resolved ones too.
    public func defects(ofRelease id: String) async throws -> [Defect] {
        try await models(Defect.self, at: path("releases", id, "defects"))
    }

    /// Marks a release; one that has an open mark keeps it.
    public func addDefect(toRelease id: String, _ description: String) async throws {
        let path = path("releases", id, "defects")
        let answer = try await answer("POST", path, body: .object(["Description": .string(description)]))
        // While a mark is open a second is refused.
        guard answer.isSuccess || answer.status == 400 else {
            throw OctopusTrouble.failure(answer, "POST", endpoint.url + path)
        }
    }

    /// Takes the open mark of a release away.
    public func resolveDefect(ofRelease id: String) async throws {
        _ = try await json("POST", path("releases", id, "defects", "resolve"))
    }

    /// The variables of an id: those of a project, or a release's snapshot.
    public func variableSet(_ id: String) async throws -> VariableSet {
        try await model(VariableSet.self, at: path("variables", id))
    }

    /// The tasks of ids.
    public func tasks(ids: [String]) async throws -> [ServerTask] {
        guard !ids.isEmpty else { return [] }
        let query = [("ids", ids.joined(separator: ",")), ("take", String(ids.count))]
        return try await models(ServerTask.self, at: path("tasks", query: query), limit: ids.count)
    }

    /// The release of an id; nil where retention took it away.
    public func releaseIfAny(id: String) async throws -> Release? {
        try await modelIfAny(Release.self, at: path("releases", id))
    }
}
