import Core
import Foundation
import Hummingbird

extension NexusService {
    /// Items a page of assets, and of components (source of the public server).
    static let assetPage = 100
    static let componentPage = 10

    func addAssetRoutes(to router: Router<LabRequestContext>) {
        router.get("/service/rest/v1/assets") { request, _ -> Response in
            try await page(request, NexusService.assetPage) { NexusBody.asset($0, base(request)) }
        }
        router.get("/service/rest/v1/components") { request, _ -> Response in
            try await page(request, NexusService.componentPage) { NexusBody.component($0, base(request)) }
        }
        router.get("/service/rest/v1/assets/{id}") { request, context -> Response in
            .json(NexusBody.asset(try await asset(context), base(request)))
        }
        router.get("/service/rest/v1/components/{id}") { request, context -> Response in
            .json(NexusBody.component(try await asset(context), base(request)))
        }
        for path: RouterPath in ["/service/rest/v1/assets/{id}", "/service/rest/v1/components/{id}"] {
            router.delete(path) { _, context -> Response in
                let asset = try await asset(context)
                try await store.delete(asset.repository, path: asset.path)
                return Response(status: .noContent)
            }
        }
    }

    private func page(
        _ request: Request, _ size: Int, _ item: (NexusAssetRow) -> JSONValue
    ) async throws -> Response {
        guard let repository = request.query("repository"), !repository.isEmpty else {
            return .text("repository is a required parameter", status: .unprocessableContent)
        }
        var after: Int64 = 0
        if let token = request.query("continuationToken") {
            guard token.utf8.count == 16, let number = Int64(token, radix: 16), number >= 0 else {
                return Response(status: .notAcceptable)
            }
            after = number
        }
        let rows: [NexusAssetRow]
        do { rows = try await store.assets(repository, after: after, limit: size + 1) } catch {
            guard case NexusStore.Refusal.noRepository = error else { throw error }
            return Response(status: .notFound)
        }
        let shown = rows.prefix(size)
        let last = rows.count > size ? shown.last.map { String($0.id, radix: 16) } : nil
        let token = last.map { String(repeating: "0", count: 16 - $0.count) + $0 }
        return .json(NexusBody.page(shown.map(item), token: token))
    }

    private func asset(_ context: LabRequestContext) async throws -> NexusAssetRow {
        switch NexusID.decode(try context.parameters.require("id")) {
        case nil: throw HTTPError(.notFound)
        case .some(nil): throw HTTPError(.unprocessableContent)
        case .some(.some(let id)):
            guard let row = try await store.asset(id.repository, number: id.number) else { throw HTTPError(.notFound) }
            return row
        }
    }
}

/// Bodies of assets and components (AssetXO, ComponentXO).
enum NexusBody {
    static func page(_ items: [JSONValue], token: String?) -> JSONValue {
        ["items": .array(items), "continuationToken": token.map { .string($0) } ?? .null]
    }

    static func asset(_ row: NexusAssetRow, _ base: String) -> JSONValue {
        let path = row.path.split(separator: "/").map { String($0).percentEncoded }.joined(separator: "/")
        return [
            "downloadUrl": .string("\(base)/repository/\(row.repository)/\(path)"), "path": .string(row.path),
            "id": .string(NexusID.encode(row.repository, row.id)), "repository": .string(row.repository),
            "format": "raw",
            "checksum": [
                "sha1": .string(row.sha1), "sha256": .string(row.sha256), "sha512": .string(row.sha512),
                "md5": .string(row.md5),
            ],
            "contentType": .string(row.contentType), "lastModified": date(row.updated),
            "lastDownloaded": row.downloaded.map(date) ?? .null, "uploader": .string(row.uploader),
            "uploaderIp": .string(row.uploaderAddress), "fileSize": .number(Double(row.size)),
            "blobCreated": date(row.created), "blobStoreName": "default", "raw": .emptyObject,
        ]
    }

    static func component(_ row: NexusAssetRow, _ base: String) -> JSONValue {
        [
            "id": .string(NexusID.encode(row.repository, row.id)), "repository": .string(row.repository),
            "format": "raw", "group": .string(row.folder), "name": .string(row.path), "version": .null,
            "assets": .array([asset(row, base)]),
        ]
    }

    /// Such as 2026-02-18T23:25:35.756+00:00.
    private static func date(_ seconds: Double) -> JSONValue {
        .string(Date(timeIntervalSince1970: seconds).iso8601.replacing("Z", with: "+00:00"))
    }
}
