import Core
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import OrderedCollections

/// Why Proxmox VE does not do what it was asked.
enum ProxmoxFault: Error, Sendable, Hashable {
    /// Parameters that are wrong, with the reason of each: 400.
    case parameters(OrderedDictionary<String, String>)
    /// It can't be done: 500 with the reason.
    case refused(String)
    /// A right is missing: 403.
    case forbidden(String)
    /// Who calls is not known: 401.
    case unauthorized(String)

    /// One wrong parameter.
    static func parameter(_ name: String, _ why: String) -> ProxmoxFault { .parameters([name: why]) }

    /// A right that is missing on a path.
    static func missing(_ path: String, _ rights: [String]) -> ProxmoxFault {
        .forbidden("Permission check failed (\(path), \(rights.joined(separator: "|")))")
    }

    /// The sentence.
    var message: String {
        switch self {
        case .parameters: "Parameter verification failed."
        case .refused(let text), .forbidden(let text), .unauthorized(let text): text
        }
    }

    var status: Int {
        switch self {
        case .parameters: 400
        case .refused: 500
        case .forbidden: 403
        case .unauthorized: 401
        }
    }

    /// The answer: the sentence stands in the status line and in the body, as PVE 9 has it.
    var response: Response {
        var members: OrderedDictionary<String, JSONValue> = ["data": .null, "message": .string(message + "\n")]
        if case .parameters(let faults) = self { members["errors"] = .object(faults.mapValues { .string($0) }) }
        return ProxmoxAnswer.response(.object(members), status: status, reason: message)
    }
}

/// Answers of the API.
enum ProxmoxAnswer {
    /// The usual form: `{"data": …}`.
    static func data(_ value: JSONValue) -> Response { response(["data": value], status: 200, reason: nil) }

    static func response(_ body: JSONValue, status: Int, reason: String?) -> Response {
        var response = Response(
            status: .init(code: status),
            headers: [.contentType: "application/json;charset=UTF-8", .cacheControl: "max-age=0"],
            body: .init(byteBuffer: ByteBuffer(string: body.text())))
        if let reason, let name = HTTPField.Name(Reason.field) { response.headers[name] = Reason.phrase(reason) }
        return response
    }
}
