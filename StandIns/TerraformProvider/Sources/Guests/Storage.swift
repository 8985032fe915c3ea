import Planning
import Values

/// A storage of a node.
struct Storage: Sendable {
    let server: Server
    let node: String
    let name: String

    /// The storage that a resource names.
    init(_ value: Value, on server: Server) {
        self.server = server
        node = value["node_name"].string ?? ""
        name = value["datastore_id"].string ?? ""
    }

    var path: String { "nodes/\(Server.segment(node))/storage/\(Server.segment(name))" }

    /// The files of a kind, such as `vztmpl`.
    func files(_ kind: String) async throws -> [JSON] {
        try await server.get("\(path)/content", ["content": kind]).array
    }

    /// One file by its identifier `STORAGE:KIND/NAME`; nil when it is not there.
    func file(_ id: String, _ kind: String) async throws -> JSON? {
        try await files(kind).first { $0["volid"].string == id }
    }

    /// Removes a file; one that is gone already is no failure.
    func remove(_ id: String) async throws {
        do {
            let answer = try await server.delete("\(path)/content/\(Server.segment(id))")
            try await server.follow(answer, "Removal of \(id)", within: .seconds(600))
        } catch let trouble as ServerTrouble where trouble.isMissing {}
    }
}
