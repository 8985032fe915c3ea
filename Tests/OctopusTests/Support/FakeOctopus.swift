import Core
import Foundation
import Synchronization

@testable import Octopus

/// A server in memory: collections of one space, with the documents that a new project brings.
final class FakeOctopus: HTTPSender {
    private struct State {
        var collections: [String: [JSONValue]] = [:]
        var documents: [String: JSONValue] = [:]
        var exchanges: [JSONValue] = []
        var counts: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// - Parameter feed: the id of the built-in feed, which is another one outside of the default space.
    init(feed: String = "feeds-builtin") {
        state.withLock { state in
            state.collections["feeds"] = [
                Feed.make {
                    $0.id = feed
                    $0.name = "Octopus Server (built-in)"
                    $0.feedType = "BuiltIn"
                }.json
            ]
        }
    }

    /// Every exchange, as the checker takes them.
    var exchanges: [JSONValue] { state.withLock { $0.exchanges } }
    /// The requests that change something.
    var changes: [String] {
        exchanges.filter { $0["method"] != "GET" }
            .map { "\($0["method"]?.string ?? "") \($0["path"]?.string ?? "")" }
    }

    func document(_ path: String) -> JSONValue? { state.withLock { $0.documents[path] } }

    func send(_ call: HTTPCall) async throws -> HTTPAnswer {
        state.withLock { state in
            let path = String(call.pathAndQuery.split(separator: "?")[0])
            let body = call.json
            let answer = FakeOctopus.answer(call.method, path, body, &state)
            var exchange: JSONValue = [
                "method": .string(call.method), "path": .string(call.pathAndQuery),
                "status": .number(Double(answer.status)), "response": (try? JSONValue.parse(answer.body)) ?? .null,
            ]
            if let body, var members = exchange.object {
                members["request"] = body
                exchange = .object(members)
            }
            state.exchanges.append(exchange)
            return answer
        }
    }

    func download(_ call: HTTPCall, to path: String) async throws -> HTTPAnswer { try await send(call) }

    private static let prefixes = [
        "environments": "Environments", "lifecycles": "Lifecycles", "projectgroups": "ProjectGroups",
        "projects": "Projects", "channels": "Channels", "machines": "Machines", "accounts": "Accounts",
    ]

    private static func answer(
        _ method: String, _ path: String, _ body: JSONValue?, _ state: inout State
    ) -> HTTPAnswer {
        let parts = path.split(separator: "/").dropFirst(2).map(String.init)
        guard let collection = parts.first else { return .error(404, "The resource you requested was not found.") }
        if parts.count == 3, collection == "projects", parts[2] == "channels" {
            let items = (state.collections["channels"] ?? []).filter { $0["ProjectId"]?.string == parts[1] }
            let page = Page("Channel", of: items.compactMap { try? Channel(json: $0) }, path: path)
            return .json(page.json)
        }
        switch (method, parts.count) {
        case ("GET", 2) where parts[1] == "all": return .json(.array(state.collections[collection] ?? []))
        case ("GET", 2): return found(collection, parts[1], state).map { .json($0) } ?? .error(404, "not found")
        case ("PUT", 2):
            guard let body, found(collection, parts[1], state) != nil else { return .error(404, "not found") }
            return .json(store(collection, body, &state))
        case ("POST", 1):
            guard let body else { return .error(400, "no body") }
            return .json(create(collection, body, &state), status: 201)
        case ("DELETE", 2):
            state.collections[collection]?.removeAll { $0["Id"]?.string == parts[1] }
            return .json(.null)
        default: return .error(501, "\(method) \(path) is not served")
        }
    }

    private static func found(_ collection: String, _ id: String, _ state: State) -> JSONValue? {
        state.documents["\(collection)/\(id)"]
            ?? state.collections[collection]?.first { $0["Id"]?.string == id }
    }

    private static func store(_ collection: String, _ body: JSONValue, _ state: inout State) -> JSONValue {
        var stored = body.object ?? [:]
        let id = body["Id"]?.string ?? ""
        if state.documents["\(collection)/\(id)"] != nil {
            stored["Version"] = .number(Double((body["Version"]?.int ?? 0) + 1))
            let value = identified(.object(stored), &state)
            state.documents["\(collection)/\(id)"] = value
            return value
        }
        let value = JSONValue.object(stored)
        state.collections[collection] = (state.collections[collection] ?? []).map {
            $0["Id"] == body["Id"] ? value : $0
        }
        return value
    }

    private static func create(_ collection: String, _ body: JSONValue, _ state: inout State) -> JSONValue {
        var made = body.object ?? [:]
        let number = (state.counts[collection] ?? 0) + 1
        state.counts[collection] = number
        let id = "\(prefixes[collection] ?? collection)-\(number)"
        made["Id"] = .string(id)
        made["FutureMember"] = nil
        if collection == "projects" {
            made["DeploymentProcessId"] = .string("deploymentprocess-\(id)")
            made["VariableSetId"] = .string("variableset-\(id)")
            state.documents["deploymentprocesses/deploymentprocess-\(id)"] =
                DeploymentProcess.make {
                    $0.id = "deploymentprocess-\(id)"
                    $0.projectId = id
                }.json
            state.documents["variables/variableset-\(id)"] =
                VariableSet.make {
                    $0.id = "variableset-\(id)"
                    $0.ownerId = id
                }.json
            let channel = Channel.make {
                $0.name = "Default"
                $0.projectId = id
                $0.isDefault = true
            }
            _ = create("channels", channel.json, &state)
        }
        state.collections[collection, default: []].append(.object(made))
        return .object(made)
    }

    /// Gives an id to every step, action, package and variable that has none, and hides secrets, as a server does.
    private static func identified(_ value: JSONValue, _ state: inout State) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map { identified($0, &state) })
        case .object(var members):
            for (name, member) in members where ["Steps", "Actions", "Packages", "Variables"].contains(name) {
                members[name] = identified(
                    .array(
                        (member.array ?? []).map { item in
                            guard var fields = item.object, fields["Id"] == nil else { return item }
                            state.counts["parts", default: 0] += 1
                            fields["Id"] = .string("part-\(state.counts["parts"] ?? 0)")
                            return .object(fields)
                        }), &state)
            }
            if members["IsSensitive"] == true { members["Value"] = .null }
            return .object(members)
        default: return value
        }
    }
}
