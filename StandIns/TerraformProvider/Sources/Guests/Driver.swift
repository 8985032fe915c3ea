import Planning
import Values

/// Makes, reads, changes and removes one kind of resource on a server.
package protocol Driver: Sendable {
    /// Makes the resource and returns its state.
    ///
    /// A resource that exists only in part throws ``Unfinished`` with the state as far as it came.
    func create(_ planned: Value, on server: Server) async throws -> Value

    /// The state as it is now, or nil when the resource is gone.
    ///
    /// The note is the driver's own, kept with the state.
    func read(_ state: Value, note: inout [UInt8], on server: Server) async throws -> Value?

    /// Changes the resource in place and returns its state.
    func update(_ prior: Value, to planned: Value, on server: Server) async throws -> Value

    /// Removes the resource; one that is gone already is no failure.
    func delete(_ state: Value, on server: Server) async throws

    /// What is known of a resource from the identifier that the user gave.
    func imported(_ id: String) throws -> [String: Value]

    /// Attributes that need a new resource because of what the last reading noted.
    func replaced(note: [UInt8]) -> [Path]
}

extension Driver {
    package func replaced(note: [UInt8]) -> [Path] { [] }

    package func read(_ state: Value, on server: Server) async throws -> Value? {
        var note: [UInt8] = []
        return try await read(state, note: &note, on: server)
    }

    /// The state right after a change; one that is gone again is a failure.
    func reread(_ state: Value, on server: Server) async throws -> Value {
        guard let now = try await read(state.withoutUnknowns, on: server) else {
            throw Problem("The resource is gone right after the change")
        }
        return now
    }
}

/// A resource that was made only in part: its state is saved and marked for replacement.
package struct Unfinished: Error, Sendable {
    package let state: Value
    package let problem: Problem
}

/// Answers one data source.
package protocol Reader: Sendable {
    /// The data source's value for a configuration.
    func read(_ config: Value, on server: Server) async throws -> Value
}
