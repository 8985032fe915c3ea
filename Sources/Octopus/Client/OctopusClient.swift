import Core
import Foundation

/// A client of one space of an Octopus Server.
///
/// API: https://octopus.com/docs/octopus-rest-api. Calls that may be repeated are, when no answer came or the
/// server was overloaded; every call has a deadline.
public struct OctopusClient: Sendable {
    /// The server.
    public let endpoint: OctopusEndpoint
    /// The space that all calls are about.
    public let space: Space
    /// Every effect.
    public let context: Context
    let retry: Retry
    let timeout: Duration
    /// Is told what is odd in an answer: members that no model knows, members that are missing.
    var observe: (@Sendable (Set<String>) -> Void)?

    /// Finds the space of an endpoint: its id, its name, or the default one where none is given.
    ///
    /// - Parameters:
    ///   - retry: how often a call that may be repeated is.
    ///   - timeout: the deadline of a call; an upload has ten times as long.
    ///   - observe: is told what is odd in answers, for reports.
    /// - Throws: `Failure` that says why the server or the space can't be used.
    public static func connect(
        _ endpoint: OctopusEndpoint, context: Context, retry: Retry = Retry(), timeout: Duration = .seconds(30),
        observe: (@Sendable (Set<String>) -> Void)? = nil
    ) async throws -> OctopusClient {
        context.mask.add(endpoint.apiKey)
        let open = OctopusClient(
            endpoint: endpoint, space: Space(), context: context, retry: retry, timeout: timeout, observe: observe)
        let spaces = try await open.models(Space.self, at: "/api/spaces/all")
        let wanted = endpoint.space.lowercased()
        let space = spaces.first { space in
            wanted.isEmpty
                ? space.isDefault : [space.id, space.name, space.slug ?? ""].map { $0.lowercased() }.contains(wanted)
        }
        guard let space else {
            throw Failure(
                .usage,
                wanted.isEmpty ? "Octopus has no default space" : "Octopus has no space \(endpoint.space)",
                where: endpoint.url, why: "it has: \(spaces.map(\.name).joined(separator: ", "))",
                next: ["export OCTOPUS_SPACE_ID=…"])
        }
        return OctopusClient(
            endpoint: endpoint, space: space, context: context, retry: retry, timeout: timeout, observe: observe)
    }

    /// The address of a collection or resource in the space; parts are percent-encoded.
    func path(_ parts: String..., query: [(String, String)] = []) -> String {
        let path = "/api/" + ([space.id] + parts).map(\.percentEncoded).joined(separator: "/")
        let pairs = query.map { "\($0.0)=\($0.1.percentEncoded)" }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    /// Sends a request and reads its JSON; an empty answer is null.
    func json(_ method: String, _ path: String, body: JSONValue? = nil) async throws -> JSONValue {
        let answer = try await answer(method, path, body: body)
        guard answer.isSuccess else { throw OctopusTrouble.failure(answer, method, endpoint.url + path) }
        return try parsed(answer, path)
    }

    func parsed(_ answer: HTTPAnswer, _ path: String) throws -> JSONValue {
        if answer.body.isEmpty { return .null }
        do { return try JSONValue.parse(answer.body) } catch {
            throw OctopusTrouble.notOctopus(answer, endpoint.url + path)
        }
    }

    /// Sends a request; the answer may have any status.
    func answer(
        _ method: String, _ path: String, body: JSONValue? = nil, headers: [(name: String, value: String)] = [],
        content: HTTPCall.Body = .none, timeout: Duration? = nil
    ) async throws -> HTTPAnswer {
        var call = HTTPCall(method, endpoint.url + path, timeout: timeout ?? self.timeout)
        call.headers = [("X-Octopus-ApiKey", endpoint.apiKey), ("Accept", "application/json")] + headers
        call.body = content
        if let body {
            call.headers.append(("Content-Type", "application/json"))
            call.body = .data(Data(body.text().utf8))
        }
        let ready = call
        return try await send(ready)
    }

    private func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        let policy = call.isIdempotent ? retry : .never
        do {
            return try await policy(context: context, mayRepeat: OctopusTrouble.mayRepeat) {
                let answer = try await context.http.send(call)
                if OctopusTrouble.isOverload(answer) { throw OctopusTrouble.Overload(answer: answer) }
                return answer
            }
        } catch let overload as OctopusTrouble.Overload {
            return overload.answer
        } catch let fault as HTTPFault {
            throw OctopusTrouble.failure(fault, call)
        }
    }
}

extension OctopusClient {
    /// Reads one object.
    func model<Model: WireModel>(_ type: Model.Type, at path: String) async throws -> Model {
        try decoded(try await json("GET", path), path)
    }

    /// Reads one object; nil where the server has none.
    func modelIfAny<Model: WireModel>(_ type: Model.Type, at path: String) async throws -> Model? {
        let answer = try await answer("GET", path)
        if answer.status == 404 {
            // A 404 that is not Octopus' own means that the address leads elsewhere.
            guard (try? JSONValue.parse(answer.body))?["ErrorMessage"] != nil else {
                throw OctopusTrouble.notOctopus(answer, endpoint.url + path)
            }
            return nil
        }
        guard answer.isSuccess else { throw OctopusTrouble.failure(answer, "GET", endpoint.url + path) }
        return try decoded(try parsed(answer, path), path)
    }

    /// Reads a collection: a bare list, or pages one after the other by their links.
    func models<Model: WireModel>(_ type: Model.Type, at path: String, limit: Int = .max) async throws -> [Model] {
        var next: String? = path
        var found: [Model] = []
        var seen: Set<String> = []
        while let path = next, found.count < limit {
            // A page that leads back to one that was read would never end.
            guard seen.insert(path).inserted else { break }
            let json = try await json("GET", path)
            for item in json.array ?? json["Items"]?.array ?? [] { found.append(try decoded(item, path)) }
            next = json["Links"]?["Page.Next"]?.string.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        return Array(found.prefix(limit))
    }

    func decoded<Model: WireModel>(_ json: JSONValue, _ path: String) throws -> Model {
        if let observe { observe(Model.shape.notes(of: json, at: "\(Model.self)")) }
        do { return try Model(json: json) } catch {
            throw Failure(
                .missing, "Octopus' answer can't be read", where: endpoint.url + path, why: error.description)
        }
    }
}
