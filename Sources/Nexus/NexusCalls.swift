import Core
import Foundation

extension NexusClient {
    func request(_ method: String, _ path: String, timeout: Duration = .seconds(30)) -> HTTPCall {
        var call = HTTPCall(method, endpoint.url + path, timeout: timeout)
        call.authorize(user: endpoint.username, password: endpoint.password)
        return call
    }

    func contentAddress(_ repository: NexusName, _ path: NexusPath) -> String {
        "/repository/\(repository)\(path.encoded)"
    }

    /// Sends a call, again where that is safe, and turns what means the same for every call into failures.
    func call(_ call: HTTPCall, doing: String) async throws -> HTTPAnswer {
        try await exchange(call, doing: doing) { try await context.http.send(call) }
    }

    func exchange(
        _ call: HTTPCall, doing: String, send: () async throws -> HTTPAnswer
    ) async throws -> HTTPAnswer {
        do {
            let answer = try await retry(
                context: context,
                mayRepeat: { error in
                    guard let fault = error as? HTTPFault else { return error is Busy }
                    return fault.kind == .unreachable || (fault.kind == .unknownOutcome && call.isIdempotent)
                },
                call: {
                    let answer = try await send()
                    if [429, 502, 503, 504].contains(answer.status), call.isIdempotent { throw Busy(answer: answer) }
                    return answer
                })
            return try checked(answer, doing: doing)
        } catch let busy as Busy {
            return try checked(busy.answer, doing: doing)
        } catch let fault as HTTPFault {
            throw failure(of: fault, doing: doing)
        }
    }

    /// An answer that asks to come again.
    private struct Busy: Error { let answer: HTTPAnswer }

    private func checked(_ answer: HTTPAnswer, doing: String) throws -> HTTPAnswer {
        switch answer.status {
        case 401:
            throw Failure(
                .missing, "Nexus does not accept the credentials", where: endpoint.url,
                why: "it answered 401 to the request to \(doing) as \(endpoint.username)",
                next: ["check NEXUS_USERNAME and NEXUS_PASSWORD"])
        case 403:
            throw Failure(
                .refused, "Nexus does not let \(endpoint.username) \(doing)", where: endpoint.url,
                why: "it answered 403", evidence: evidence(answer))
        case 429, 500...:
            throw Failure(
                .missing, "Nexus could not \(doing)", where: endpoint.url, why: "it answered \(answer.status)",
                evidence: evidence(answer))
        default: return answer
        }
    }

    private func failure(of fault: HTTPFault, doing: String) -> Failure {
        switch fault.kind {
        case .unreachable:
            Failure(
                .missing, "Nexus can't be reached", where: endpoint.url, why: "\(fault.message), trying to \(doing)",
                next: ["check NEXUS_URL, and that the server runs"])
        case .untrusted:
            Failure(
                .missing, "Nexus' certificate can't be trusted", where: endpoint.url, why: fault.message,
                next: ["add its authority to the certificates of this machine", "check NEXUS_URL"])
        case .unknownOutcome:
            Failure(
                .missing, "the connection to Nexus broke while trying to \(doing)", where: endpoint.url,
                why: fault.message, next: ["run the same command again"])
        case .badAnswer, .badRequest:
            Failure(
                .missing, "what answers at this address is not Nexus", where: endpoint.url, why: fault.message,
                next: ["check NEXUS_URL"])
        }
    }

    /// Passes an answer with one of the codes; any other becomes a failure that shows what the server said.
    func expect(_ answer: HTTPAnswer, _ codes: [Int], doing: String) throws {
        if codes.contains(answer.status) {
            if isWebPage(answer) { throw badAnswer(answer, doing: doing, why: "it answered with a web page") }
            return
        }
        if answer.status == 400, !isWebPage(answer) {
            throw Failure(
                .refused, "Nexus refused to \(doing)", where: endpoint.url, why: reason(answer) ?? "it answered 400")
        }
        throw badAnswer(answer, doing: doing, why: "it answered \(answer.status)")
    }

    func decode<Value: Decodable>(_ kind: Value.Type, _ answer: HTTPAnswer, doing: String) throws -> Value {
        try expect(answer, [200], doing: doing)
        do {
            let value = try JSONDecoder().decode(kind, from: answer.body)
            if let observe { observe(NexusNotes.unknown(value, answer.body)) }
            return value
        } catch {
            throw badAnswer(answer, doing: doing, why: "its answer is not what Nexus' API gives: \(error.brief)")
        }
    }

    func badAnswer(_ answer: HTTPAnswer, doing: String, why: String) -> Failure {
        Failure(
            .missing, "Nexus could not \(doing)", where: endpoint.url, why: why, evidence: evidence(answer),
            next: isWebPage(answer) ? ["check NEXUS_URL: a proxy or another program answers there"] : [])
    }

    func noRepository(_ name: NexusName) -> Failure {
        Failure(
            .usage, "Nexus has no repository \(name)", where: endpoint.url,
            next: ["nante nexus raw ensure \(name)"])
    }

    /// The body is HTML, as of a proxy's login page.
    func isWebPage(_ answer: HTTPAnswer) -> Bool {
        let type = (answer.header("Content-Type") ?? "").lowercased()
        guard type.hasPrefix("text/html") else { return false }
        return !answer.body.isEmpty
    }

    private func reason(_ answer: HTTPAnswer) -> String? {
        if let list = try? JSONDecoder().decode([NexusValidation].self, from: answer.body) {
            return list.map { "\($0.id): \($0.message)" }.joined(separator: "; ")
        }
        let text = answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : String(text.prefix(300))
    }

    private func evidence(_ answer: HTTPAnswer) -> [String] {
        answer.text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.prefix(3).map { String($0.prefix(160)) }
    }
}

extension Error {
    /// One line of a decoding error: what and where.
    var brief: String {
        switch self as? DecodingError {
        case .keyNotFound(let key, _): "no member \(key.stringValue)"
        case .typeMismatch(_, let place), .valueNotFound(_, let place):
            "\(place.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
        case .dataCorrupted(let place): place.debugDescription
        default: "\(self)"
        }
    }
}

/// What an answer has that no model knows.
enum NexusNotes {
    /// Members of the answer that are not there any more when what was read of it is written again.
    static func unknown(_ value: some Decodable, _ body: Data) -> Set<String> {
        guard let value = value as? any Encodable, let again = try? JSONEncoder().encode(value),
            let before = try? JSONValue.parse(body), let after = try? JSONValue.parse(again)
        else { return [] }
        return difference(before, after, "\(type(of: value))")
    }

    private static func difference(_ before: JSONValue, _ after: JSONValue, _ place: String) -> Set<String> {
        switch (before, after) {
        case (.array(let old), .array(let new)):
            return zip(old, new).reduce(into: []) { $0.formUnion(difference($1.0, $1.1, place)) }
        case (.object(let old), .object(let new)):
            return old.reduce(into: []) { found, member in
                guard member.value != .null else { return }
                if let other = new[member.key] {
                    found.formUnion(difference(member.value, other, "\(place).\(member.key)"))
                } else {
                    found.insert("\(place).\(member.key) is not known")
                }
            }
        default: return []
        }
    }
}
