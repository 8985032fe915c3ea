import Core
import Foundation
import GRDB
import Hummingbird

/// One call of the API: the request, the space that it is about, and what its path says.
struct OctopusCall: Sendable {
    let server: OctopusServer
    let request: Request
    let context: LabRequestContext
    /// The id of the space; that of the default space where the path names none.
    let space: String
    /// Values of the path's variable segments by name.
    let arguments: [String: String]

    /// The path of the space's resources: "/api/Spaces-1".
    var base: String { "/api/\(space)" }

    /// A variable segment of the path.
    func argument(_ name: String) -> String { arguments[name] ?? "" }

    /// A query parameter by its name in any case of letters; nil where it is absent or empty.
    func query(_ name: String) -> String? {
        let wanted = name.lowercased()
        for parameter in request.uri.queryParameters where parameter.key.lowercased() == wanted {
            return parameter.value.isEmpty ? nil : String(parameter.value)
        }
        return nil
    }

    /// The items of a query parameter that holds several with commas between them; nil where it is absent.
    func list(_ name: String) -> [String]? {
        query(name)?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A query parameter that is "true" or "false".
    func flag(_ name: String) -> Bool? { query(name).flatMap { Bool($0.lowercased()) } }

    /// The body as a JSON object; an absent one is empty.
    func body() async throws -> JSONValue {
        let data = try await request.data()
        if data.isEmpty { return .emptyObject }
        do {
            let value = try JSONValue.parse(data)
            guard value.object != nil else { throw OctopusFault.invalid("The body must be a JSON object.") }
            return value
        } catch let error as JSONSyntaxError {
            throw OctopusFault.invalid("The body is not JSON: \(error).")
        }
    }

    /// Reads the database.
    func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await server.database.read(work)
    }

    /// Writes the database in one transaction.
    func write<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await server.database.write(work)
    }

    /// The time of the call.
    var now: Date { server.context.time.now() }
}

extension Date {
    /// ISO 8601 with milliseconds and an offset, as the API writes times.
    var octopus: String {
        let text = iso8601
        return text.hasSuffix("Z") ? String(text.dropLast()) + "+00:00" : text
    }
}

extension JSONValue {
    /// A time in the API's form, or null.
    init(_ date: Date?) { self = date.map { .string($0.octopus) } ?? .null }
}
