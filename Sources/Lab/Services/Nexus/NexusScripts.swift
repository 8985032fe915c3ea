import Core
import Foundation
import Hummingbird

/// The scripts by which nexus3-cli manages repositories, known by their names; the Groovy in them is not run.
///
/// Source: nexus3-cli 4.2.1, which sends them to every server before any command.
extension NexusService {
    private static let prefix = "nexus3-cli-"
    private static let known: Set<String> = [
        "repository-get", "repository-create", "repository-delete", "cleanup-policy",
    ]

    func addScriptRoutes(to router: Router<LabRequestContext>) {
        router.head("/service/rest/v1/script/{name}") { _, context -> Response in
            Response(status: NexusService.script(try name(context)) == nil ? .notFound : .ok)
        }
        router.post("/service/rest/v1/script") { request, _ -> Response in
            let name = try await request.json()["name"]?.string ?? ""
            guard NexusService.script(name) != nil else { throw NotServed("POST /service/rest/v1/script for \(name)") }
            return Response(status: .noContent)
        }
        router.post("/service/rest/v1/script/{name}/run") { request, context -> Response in
            let name = try name(context)
            let body = String(decoding: try await request.data(upTo: 1 << 20), as: UTF8.self)
            guard let script = NexusService.script(name), let result = try await run(script, body) else {
                throw NotServed("POST /service/rest/v1/script/\(name)/run")
            }
            return .json(["name": .string(name), "result": .string(result)])
        }
    }

    private func name(_ context: LabRequestContext) throws -> String {
        try context.parameters.require("name").removingPercentEncoding ?? ""
    }

    /// The script of a name, whose last part may be the server version that it is for.
    static func script(_ name: String) -> String? {
        guard name.hasPrefix(prefix) else { return nil }
        let plain = name.dropFirst(prefix.count).prefix { $0 != "_" }
        return known.contains(String(plain)) ? String(plain) : nil
    }

    /// The result of a script as text; nil for what is not served.
    private func run(_ script: String, _ body: String) async throws -> String? {
        switch script {
        case "repository-get":
            guard let row = try await store.repository(body) else { return "null" }
            return NexusService.description(of: row).text()
        case "repository-delete":
            try await store.deleteRepository(body)
            return "null"
        case "repository-create":
            guard let value = try? JSONValue.parse(body), value["recipeName"]?.string == "raw-hosted" else {
                return nil
            }
            let storage = value["attributes"]?["storage"]
            let settings: JSONValue = [
                "name": value["name"] ?? .null, "online": value["online"] ?? true,
                "storage": [
                    "blobStoreName": storage?["blobStoreName"] ?? "default",
                    "strictContentTypeValidation": storage?["strictContentTypeValidation"] ?? true,
                    "writePolicy": storage?["writePolicy"] ?? "ALLOW",
                ],
            ]
            do { try await store.create(try NexusRepositoryBody.read(settings)) } catch {
                guard case NexusStore.Refusal.invalid(let fields) = error else { throw error }
                return fields.map(\.message).joined(separator: "; ")
            }
            return "null"
        default:
            // Without a policy in the body it lists them, and there are none.
            let value = try? JSONValue.parse(body)
            return value?.object?.isEmpty == false ? nil : "[ ]"
        }
    }

    private static func description(of row: NexusRepositoryRow) -> JSONValue {
        [
            "repositoryName": .string(row.name), "recipeName": "raw-hosted", "online": .bool(row.online),
            "attributes": [
                "storage": [
                    "blobStoreName": .string(row.blobStore), "writePolicy": .string(row.writePolicy.uppercased()),
                    "strictContentTypeValidation": .bool(row.strict),
                ],
                "cleanup": ["policyName": (try? JSONValue.parse(row.cleanup)) ?? .array([])],
            ],
        ]
    }
}
