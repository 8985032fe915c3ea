import Core
import Foundation
import Octopus

/// The calls of one space that a deployment makes.
struct OctopusCalls: Sendable {
    private let endpoint: OctopusEndpoint
    private let context: Context
    /// The space.
    let spaceId: String
    private var base: String { "/api/\(spaceId)" }

    /// Finds the space of an endpoint: its id or name, or the default one.
    init(_ endpoint: OctopusEndpoint, context: Context) async throws {
        self.endpoint = endpoint
        self.context = context
        let spaces = try await OctopusCalls.send("GET", "/api/spaces/all", nil, endpoint, context)
        let all = try (spaces.array ?? []).map { try Space(json: $0) }
        let wanted = endpoint.space
        guard let space = all.first(where: { wanted.isEmpty ? $0.isDefault : [$0.id, $0.name].contains(wanted) })
        else {
            throw Failure(
                .usage, wanted.isEmpty ? "Octopus has no default space" : "Octopus has no space \(wanted)",
                why: "its spaces: \(all.map(\.name).joined(separator: ", "))", next: ["set OCTOPUS_SPACE_ID"])
        }
        spaceId = space.id
    }

    /// Reads an object.
    func get<Model: WireModel>(_ path: String, as type: Model.Type = Model.self) async throws -> Model {
        try Model(json: try await OctopusCalls.send("GET", base + path, nil, endpoint, context))
    }

    /// Reads an object; nil where the server has none.
    func find<Model: WireModel>(_ path: String, as type: Model.Type = Model.self) async throws -> Model? {
        do { return try await get(path) } catch let failure as Failure where failure.isNotFound { return nil }
    }

    /// Reads a list.
    func list<Model: WireModel>(_ path: String, as type: Model.Type = Model.self) async throws -> [Model] {
        let json = try await OctopusCalls.send("GET", base + path, nil, endpoint, context)
        return try (json.array ?? json["Items"]?.array ?? []).map { try Model(json: $0) }
    }

    /// Sends an object.
    @discardableResult
    func post(_ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await OctopusCalls.send("POST", base + path, body, endpoint, context)
    }

    private static func send(
        _ method: String, _ path: String, _ body: JSONValue?, _ endpoint: OctopusEndpoint, _ context: Context
    ) async throws -> JSONValue {
        var call = HTTPCall(method, endpoint.url + path, headers: [("X-Octopus-ApiKey", endpoint.apiKey)])
        if let body {
            call.headers.append(("Content-Type", "application/json"))
            call.body = .data(Data(body.text().utf8))
        }
        let answer: HTTPAnswer
        do {
            answer = try await context.http.send(call)
        } catch let fault as HTTPFault where fault.kind == .unreachable {
            throw Failure(.missing, "Octopus can't be reached", where: endpoint.url, why: fault.message)
        }
        guard answer.isSuccess else { throw Failure(octopus: answer, method, endpoint.url + path) }
        if answer.body.isEmpty { return .null }
        guard let json = try? JSONValue.parse(answer.body) else {
            throw Failure(
                .missing, "what answers is not Octopus", where: endpoint.url, why: "the answer is not JSON",
                evidence: [String(answer.text.prefix(120))])
        }
        return json
    }
}

extension Failure {
    fileprivate static let notFound = "Octopus does not know it"

    var isNotFound: Bool { what == Failure.notFound }

    fileprivate init(octopus answer: HTTPAnswer, _ method: String, _ url: String) {
        let json = try? JSONValue.parse(answer.body)
        let message = json?["ErrorMessage"]?.string ?? "status \(answer.status)"
        let errors = json?["Errors"]?.array?.compactMap(\.string) ?? []
        switch answer.status {
        case 401, 403:
            self.init(.missing, "Octopus refuses the API key", where: url, why: message, next: ["set OCTOPUS_API_KEY"])
        case 404: self.init(.usage, Failure.notFound, where: "\(method) \(url)", why: message)
        case 400, 409: self.init(.usage, "Octopus refuses the request", where: url, why: message, evidence: errors)
        default: self.init(.missing, "Octopus did not do it", where: "\(method) \(url)", why: message, evidence: errors)
        }
    }
}
