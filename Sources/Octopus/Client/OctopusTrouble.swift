import Core
import Foundation

/// What can go wrong between the client and the server, told apart.
enum OctopusTrouble {
    /// An answer that says to come back later.
    struct Overload: Error { let answer: HTTPAnswer }

    /// Statuses that a repetition may mend: too many requests, bad gateway, unavailable, gateway time-out.
    static func isOverload(_ answer: HTTPAnswer) -> Bool { [429, 500, 502, 503, 504].contains(answer.status) }

    static func mayRepeat(_ error: any Error) -> Bool {
        if error is Overload { return true }
        guard let fault = error as? HTTPFault else { return false }
        return fault.kind == .unreachable || fault.kind == .unknownOutcome
    }

    /// A call without an answer.
    static func failure(_ fault: HTTPFault, _ call: HTTPCall) -> Failure {
        let place = "\(call.method) \(call.url)"
        switch fault.kind {
        case .unreachable:
            return Failure(
                .missing, "Octopus can't be reached", where: place, why: fault.message,
                next: ["check OCTOPUS_SERVER_URL", "nante lab status"])
        case .untrusted:
            return Failure(
                .missing, "Octopus' certificate can't be trusted", where: place, why: fault.message,
                next: ["add its authority to the certificates of this machine", "check OCTOPUS_SERVER_URL"])
        case .unknownOutcome:
            return Failure(
                .missing, "the answer of Octopus did not come",
                where: place,
                why: call.isIdempotent
                    ? fault.message : fault.message + "; whether the server did it is not known, look before repeating")
        case .badAnswer:
            return Failure(
                .missing, "what answers is not Octopus", where: place, why: fault.message,
                next: ["check OCTOPUS_SERVER_URL"])
        case .badRequest:
            return Failure(.usage, "the request can't be sent", where: place, why: fault.message)
        }
    }

    /// An answer that refuses.
    static func failure(_ answer: HTTPAnswer, _ method: String, _ url: String) -> Failure {
        let place = "\(method) \(url)"
        guard let json = try? JSONValue.parse(answer.body), let body = try? ErrorBody(json: json),
            !body.errorMessage.isEmpty || !body.errors.isEmpty
        else {
            if (200..<300).contains(answer.status) || answer.text.looksLikeHTML { return notOctopus(answer, url) }
            return plain(answer, place, why: "status \(answer.status)", evidence: [])
        }
        let errors = body.errors.filter { $0 != body.errorMessage }
        let why = body.errorMessage.isEmpty ? "status \(answer.status)" : body.errorMessage
        return plain(
            answer, place, why: why, evidence: errors + [body.helpText].compactMap { $0 }.filter { !$0.isEmpty })
    }

    private static func plain(_ answer: HTTPAnswer, _ place: String, why: String, evidence: [String]) -> Failure {
        switch answer.status {
        case 401:
            return Failure(
                .missing, "Octopus does not accept the API key", where: place, why: why, evidence: evidence,
                next: ["export OCTOPUS_API_KEY=… (Octopus: your profile, My API Keys)"])
        case 403:
            return Failure(
                .refused, "the API key may not do that", where: place, why: why, evidence: evidence,
                next: ["give its user the permission, or use the key of another"])
        case 404: return Failure(.usage, "Octopus does not know it", where: place, why: why, evidence: evidence)
        case 400, 409, 422:
            return Failure(.usage, "Octopus refuses the request", where: place, why: why, evidence: evidence)
        case 501:
            return Failure(.missing, "this server does not serve that", where: place, why: why, evidence: evidence)
        default:
            return Failure(
                .missing, "Octopus could not do it", where: place, why: why, evidence: evidence,
                next: ["try again, or look at the server's log"])
        }
    }

    /// An answer that is not Octopus' JSON.
    static func notOctopus(_ answer: HTTPAnswer, _ url: String) -> Failure {
        let text = answer.text
        let title = text.firstMatch(of: #/(?is)<title>\s*(.*?)\s*</title>/#).map { String($0.1) }
        let why =
            text.looksLikeHTML
            ? "it is an HTML page" + (title.map { ", \"\($0.prefix(80))\"" } ?? "") : "it is not the JSON of its API"
        return Failure(
            .missing, "what answers is not Octopus", where: url, why: "\(why) (status \(answer.status))",
            next: ["check OCTOPUS_SERVER_URL: the address before /api"])
    }
}

extension String {
    fileprivate var looksLikeHTML: Bool {
        let start = trimmed.prefix(200).lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.contains("<head")
    }
}
