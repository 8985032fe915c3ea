import Values

/// A request that the server refused, or that did not reach it.
package struct ServerTrouble: Error, Sendable, CustomStringConvertible {
    /// Method and path.
    package let call: String
    /// The HTTP status; nil when there was no answer.
    package let status: Int?
    package let message: String

    package init(call: String, status: Int?, message: String) {
        self.call = call
        self.status = status
        self.message = message
    }

    /// Whether what was asked for is not there: Proxmox VE says so with 404, or 500 and these words.
    package var isMissing: Bool {
        guard let status else { return false }
        return status == 404 || status >= 400 && message.contains("does not exist")
    }

    /// Whether the same request may do next time: no answer, or a server that is busy.
    package var isTransient: Bool {
        guard let status else { return true }
        return [429, 502, 503, 504, 596, 599].contains(status) || message.contains("got timeout")
    }

    package var description: String {
        guard let status else { return "\(call): \(message)" }
        return "\(call): received an HTTP \(status) response - Reason: \(message)"
    }
}

extension Server {
    /// `data` of an answer, or the trouble that it tells of.
    static func answer(_ status: Int, _ bytes: [UInt8], _ call: String) throws -> JSON {
        let json = try? JSON(parsing: bytes)
        guard (200..<300).contains(status) else {
            throw ServerTrouble(call: call, status: status, message: message(json, bytes, status))
        }
        guard let json, case .object = json else {
            let text = bytes.isEmpty ? "an empty answer" : "an answer that is not JSON: \(excerpt(bytes))"
            throw ServerTrouble(call: call, status: status, message: "\(text). Is this the API of Proxmox VE?")
        }
        return json["data"]
    }

    private static func message(_ json: JSON?, _ bytes: [UInt8], _ status: Int) -> String {
        guard let json, case .object = json else {
            return bytes.isEmpty ? hint(status) : "\(hint(status)): \(excerpt(bytes))"
        }
        let errors = json["errors"].object.sorted { $0.key < $1.key }
            .map { "\($0.key): \(($0.value.string ?? "").trimmed)" }
        let text = ([json["message"].string?.trimmed] + errors.map { $0 }).compactMap { $0 }.filter { !$0.isEmpty }
        return text.isEmpty ? hint(status) : text.joined(separator: "; ")
    }

    private static func hint(_ status: Int) -> String {
        switch status {
        case 401: "the login was refused"
        case 403: "the login has no permission for this"
        case 404: "not found"
        case 501: "the server does not serve this"
        case 500...: "the server failed"
        default: "the server refused it"
        }
    }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(400), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
