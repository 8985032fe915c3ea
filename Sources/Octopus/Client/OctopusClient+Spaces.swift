import Core

extension OctopusClient {
    /// Every space that the key sees.
    public func spaces() async throws -> [Space] { try await models(Space.self, at: "/api/spaces/all") }

    /// The user of the key.
    public func me() async throws -> User { try await model(User.self, at: "/api/users/me") }

    /// Makes a space.
    ///
    /// - Parameter manager: the id of the user that manages it; a space without any is refused.
    public func createSpace(_ name: String, description: String, manager: String) async throws -> Space {
        try OctopusName.check(name, "a space")
        let space = Space.make {
            $0.name = name
            $0.description = description
            $0.spaceManagersTeamMembers = [manager]
        }
        return try decoded(try await json("POST", "/api/spaces", body: space.json), "/api/spaces")
    }

    /// Removes a space with all in it: its task queue is stopped first, as the server wants it.
    public func deleteSpace(_ space: Space) async throws {
        guard !space.isDefault else { throw Failure(.refused, "the default space is never removed") }
        let path = "/api/spaces/\(space.id.percentEncoded)"
        _ = try await changeModel(at: path) { (space: inout Space) in space.taskQueueStopped = true }
        _ = try await json("DELETE", path)
    }

    /// A client of another space of the same server.
    public func inSpace(_ space: Space) -> OctopusClient {
        OctopusClient(
            endpoint: endpoint, space: space, context: context, retry: retry, timeout: timeout, observe: observe)
    }
}
