import Core
import Foundation
import Octopus

/// The few calls of Octopus' REST API that targets need.
struct OctopusCalls: Sendable {
    let endpoint: OctopusEndpoint
    let context: Context

    /// All resources of a kind.
    func all<Item: WireModel>(_ kind: String) async throws -> [Item] {
        let answer = try await Retry()(context: context, mayRepeat: OctopusCalls.mayRepeat) {
            try await send("GET", "\(kind)/all", nil, what: "Octopus' \(kind) can't be read")
        }
        return try read([Item].self, answer, kind)
    }

    func create<Item: WireModel>(_ kind: String, _ item: Item, what: String) async throws -> Item {
        try read(Item.self, try await send("POST", kind, item.json, what: what), kind)
    }

    func replace<Item: WireResource>(_ kind: String, _ item: Item, what: String) async throws -> Item {
        let path = "\(kind)/\(item.id.percentEncoded)"
        return try read(Item.self, try await send("PUT", path, item.json, what: what), kind)
    }

    func delete(_ kind: String, _ id: String, what: String) async throws {
        _ = try await send("DELETE", "\(kind)/\(id.percentEncoded)", nil, what: what)
    }

    private static func mayRepeat(_ error: any Error) -> Bool { error is HTTPFault }

    private func send(_ method: String, _ path: String, _ body: JSONValue?, what: String) async throws -> HTTPAnswer {
        let space = endpoint.space.isEmpty ? "" : "/" + endpoint.space.percentEncoded
        var call = HTTPCall(method, "\(endpoint.url)/api\(space)/\(path)")
        call.headers = [("X-Octopus-ApiKey", endpoint.apiKey), ("Accept", "application/json")]
        if let body {
            call.headers.append(("Content-Type", "application/json"))
            call.body = .data(Data(body.text().utf8))
        }
        let answer: HTTPAnswer
        do { answer = try await context.http.send(call) } catch let fault as HTTPFault {
            if method == "GET" { throw fault }
            throw Failure(.missing, what, where: endpoint.url, why: fault.message)
        }
        if answer.isSuccess || (method == "DELETE" && answer.status == 404) { return answer }
        let json = try? JSONValue.parse(answer.body)
        let reasons = (json?["Errors"]?.array ?? []).compactMap(\.string)
        let why = reasons.isEmpty ? json?["ErrorMessage"]?.string : reasons.joined(separator: "; ")
        throw Failure(
            answer.status == 401 || answer.status == 403 ? .missing : .failed, what, where: endpoint.url,
            why: "HTTP \(answer.status)" + (why.map { ": \($0)" } ?? ""),
            next: answer.status == 401 ? ["check OCTOPUS_API_KEY"] : [])
    }

    private func read<Value: WireValue>(_ type: Value.Type, _ answer: HTTPAnswer, _ kind: String) throws -> Value {
        do { return try Value.read(try JSONValue.parse(answer.body), at: "") } catch {
            throw Failure(
                .missing, "Octopus' answer about \(kind) can't be read", where: endpoint.url, why: "\(error)",
                next: ["check OCTOPUS_SERVER_URL: is it the address of an Octopus Server?"])
        }
    }
}
