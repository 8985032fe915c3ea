import Core
import Foundation
import Hummingbird

extension NexusService {
    func addRepositoryRoutes(to router: Router<LabRequestContext>) {
        let rest: RouterPath = "/service/rest/v1/repositories"
        let raw: RouterPath = "/service/rest/v1/repositories/raw/hosted"
        let one: RouterPath = "/service/rest/v1/repositories/raw/hosted/{name}"
        router.get(rest) { request, _ -> Response in
            .json(.array(try await store.repositories().map { summary($0, base(request)) }))
        }
        router.get("/service/rest/v1/repositories/{name}") { request, context -> Response in
            .json(summary(try await repository(context), base(request)))
        }
        router.delete("/service/rest/v1/repositories/{name}") { _, context -> Response in
            try await store.deleteRepository(try name(context))
            return Response(status: .noContent)
        }
        router.post(raw) { request, _ -> Response in
            try await store.create(try NexusRepositoryBody.read(try await body(request)))
            return Response(status: .created)
        }
        router.get(one) { request, context -> Response in
            .json(NexusRepositoryBody.full(try await repository(context), base(request)))
        }
        router.put(one) { request, context -> Response in
            let name = try name(context)
            try await store.update(name, try NexusRepositoryBody.read(try await body(request)))
            return Response(status: .noContent)
        }
    }

    private func name(_ context: LabRequestContext) throws -> String {
        try context.parameters.require("name").removingPercentEncoding ?? ""
    }

    private func repository(_ context: LabRequestContext) async throws -> NexusRepositoryRow {
        guard let row = try await store.repository(try name(context)) else { throw HTTPError(.notFound) }
        return row
    }

    private func body(_ request: Request) async throws -> JSONValue {
        let value = try await request.json(upTo: 1 << 20)
        guard value.object != nil else { throw HTTPError(.badRequest, message: "the body is no JSON object") }
        return value
    }

    private func summary(_ row: NexusRepositoryRow, _ base: String) -> JSONValue {
        [
            "name": .string(row.name), "format": "raw", "type": "hosted",
            "url": .string("\(base)/repository/\(row.name)"), "online": .bool(row.online),
            "attributes": .emptyObject,
        ]
    }
}

/// The body of a raw hosted repository, in both directions (RawHostedRepositoryApiRequest, RawHostedApiRepository).
enum NexusRepositoryBody {
    private typealias Field = NexusStore.Field

    /// Checks and reads a request.
    ///
    /// - Throws: a refusal that lists every wrong field.
    static func read(_ body: JSONValue) throws -> NexusRepositoryRow {
        var wrong: [NexusStore.Field] = []
        func need<Value>(_ value: Value?, _ field: String, _ message: String = "may not be null") -> Value? {
            if value == nil { wrong.append(.init(id: "PARAMETER \(field)", message: message)) }
            return value
        }
        let name = need(body["name"]?.string, "name", "may not be empty")
        if let name, !isName(name) {
            let rule = "Only letters, digits, underscores(_), hyphens(-), and dots(.) are allowed"
            wrong.append(.init(id: "PARAMETER name", message: "\(rule) and may not start with underscore or dot."))
        }
        let online = need(body["online"]?.bool, "online")
        let storage = body["storage"]?.object == nil ? need(nil, "storage") : body["storage"]
        let blobStore = storage.flatMap { need($0["blobStoreName"]?.string, "storage.blobStoreName") }
        if let blobStore, blobStore != "default" {
            let message = "Blob store '\(blobStore)' does not exist"
            wrong.append(.init(id: "FIELD storage.blobStoreName", message: message))
        }
        let strict = storage.flatMap {
            need($0["strictContentTypeValidation"]?.bool, "storage.strictContentTypeValidation")
        }
        let policy = storage.flatMap { need($0["writePolicy"]?.string, "storage.writePolicy") }?.lowercased()
        if let policy, !["allow", "allow_once", "deny"].contains(policy) {
            let message = "Write policy must be allow, allow_once or deny"
            wrong.append(.init(id: "FIELD storage.writePolicy", message: message))
        }
        let disposition = body["raw"]?["contentDisposition"]?.string ?? "ATTACHMENT"
        if !["INLINE", "ATTACHMENT"].contains(disposition) {
            wrong.append(.init(id: "PARAMETER raw.contentDisposition", message: "must be INLINE or ATTACHMENT"))
        }
        guard wrong.isEmpty, let name, let online, let blobStore, let strict, let policy else {
            throw NexusStore.Refusal.invalid(wrong)
        }
        return NexusRepositoryRow(
            id: nil, name: name, online: online, blobStore: blobStore, strict: strict, writePolicy: policy,
            contentDisposition: disposition, proprietary: body["component"]?["proprietaryComponents"]?.bool ?? false,
            cleanup: JSONValue.array(body["cleanup"]?["policyNames"]?.array ?? []).text())
    }

    /// The whole settings of a repository.
    static func full(_ row: NexusRepositoryRow, _ base: String) -> JSONValue {
        let policies = (try? JSONValue.parse(row.cleanup)) ?? .array([])
        return [
            "name": .string(row.name), "url": .string("\(base)/repository/\(row.name)"), "online": .bool(row.online),
            "storage": [
                "blobStoreName": .string(row.blobStore), "strictContentTypeValidation": .bool(row.strict),
                "writePolicy": .string(row.writePolicy.uppercased()),
            ],
            "cleanup": policies.array?.isEmpty == false ? ["policyNames": policies] : .null,
            "component": ["proprietaryComponents": .bool(row.proprietary)],
            "raw": ["contentDisposition": .string(row.contentDisposition)], "format": "raw", "type": "hosted",
        ]
    }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 200 && name.wholeMatch(of: #/[a-zA-Z0-9\-][a-zA-Z0-9_\-.]*/#) != nil
    }
}
