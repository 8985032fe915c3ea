import Core
import Hummingbird

/// A refused call in the API's own form: a status, a message, and one sentence for each thing that is wrong.
struct OctopusFault: Error, Sendable {
    let status: HTTPResponse.Status
    let message: String
    let errors: [String]

    private init(_ status: HTTPResponse.Status, _ message: String, _ errors: [String]) {
        self.status = status
        self.message = message
        self.errors = errors
    }

    /// Something of the request is not valid; each sentence says what.
    static func invalid(_ errors: [String]) -> OctopusFault {
        OctopusFault(.badRequest, "There was a problem with your request.", errors)
    }

    /// Something of the request is not valid.
    static func invalid(_ error: String) -> OctopusFault { invalid([error]) }

    /// The text that clients know for a missing resource.
    static let notFound = OctopusFault(.notFound, "The resource you requested was not found.", [])

    /// A missing resource that is named in the message.
    static func missing(_ kind: DocumentKind, _ id: String) -> OctopusFault {
        OctopusFault(.notFound, "The resource you requested was not found.", ["There is no \(kind.words) '\(id)'."])
    }

    /// The stored state forbids it, such as a package that is there already or a version that someone else saved.
    static func conflict(_ error: String) -> OctopusFault {
        OctopusFault(.conflict, "There was a problem with your request.", [error])
    }

    /// No key, or a wrong one.
    static let unauthorized = OctopusFault(
        .unauthorized, "You must be logged in to request this resource. Please provide a valid API key or log in.", [])

    /// The path is known, the method is not.
    static func method(_ method: String) -> OctopusFault {
        OctopusFault(.methodNotAllowed, "The method \(method) is not allowed for this resource.", [])
    }

    /// The body of the answer: no `FullException`, since there is none.
    var response: Response {
        .json(["ErrorMessage": .string(message), "Errors": JSONValue(errors)], status: status)
    }
}
