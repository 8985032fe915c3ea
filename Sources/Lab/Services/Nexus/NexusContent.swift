import Core
import Foundation
import Hummingbird

extension NexusService {
    func addContentRoutes(to router: Router<LabRequestContext>) {
        for path: RouterPath in ["/repository/{repository}", "/repository/{repository}/**"] {
            router.get(path) { request, _ in try await read(request, body: true) }
            router.head(path) { request, _ in try await read(request, body: false) }
            router.put(path) { request, context in try await write(request, context) }
            router.delete(path) { request, _ -> Response in
                let place = try NexusContentPath(rawPath: request.uri.path)
                guard place.isFile else { throw HTTPError(.notFound) }
                try await store.delete(place.repository, path: place.path)
                return Response(status: .noContent)
            }
            for method in [HTTPRequest.Method.post, .patch, .options] {
                router.on(path, method: method) { _, _ -> Response in
                    Response(status: .methodNotAllowed, headers: [.allow: "GET,HEAD,PUT,DELETE"])
                }
            }
        }
    }

    private func write(_ request: Request, _ context: LabRequestContext) async throws -> Response {
        let place = try NexusContentPath(rawPath: request.uri.path)
        guard let repository = try await store.repository(place.repository) else { throw HTTPError(.notFound) }
        guard place.isFile else { throw HTTPError(.badRequest, message: "the path names no file") }
        // Before the body is read: what is refused anyway needs no transfer. The store looks again.
        let exists = try await store.asset(place.repository, path: place.path) != nil
        try NexusStore.mayWrite(repository, exists: exists)
        let blob = try await request.receive(into: store.blobs, limit: NexusService.largest)
        defer { blob.discard() }
        let type = NexusMediaType.of(place.path, told: request.headers[.contentType])
        try await store.store(
            [.init(path: place.path, contentType: type, blob: blob)], in: place.repository,
            user: context.user ?? "anonymous", address: context.remoteAddress ?? "127.0.0.1")
        return Response(status: .created)
    }

    private func read(_ request: Request, body: Bool) async throws -> Response {
        let place = try NexusContentPath(rawPath: request.uri.path)
        guard let repository = try await store.repository(place.repository) else { throw HTTPError(.notFound) }
        guard repository.online else { throw NexusStore.Refusal.offline("Repository offline") }
        guard place.isFile, let asset = try await store.asset(place.repository, path: place.path) else {
            throw HTTPError(.notFound)
        }
        var headers = NexusService.headers(of: asset, repository)
        if NexusService.isFresh(asset, request.headers) {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        switch ByteRange.parse(request.headers[.range], size: asset.size) {
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(asset.size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        case .whole:
            headers[.contentLength] = "\(asset.size)"
            guard body else { return Response(status: .ok, headers: headers) }
            try await store.downloaded(asset)
            return try content(asset, 0, asset.size, .ok, headers)
        case .part(let range):
            let length = range.upperBound - range.lowerBound
            headers[.contentLength] = "\(length)"
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(asset.size)"
            guard body else { return Response(status: .partialContent, headers: headers) }
            return try content(asset, range.lowerBound, length, .partialContent, headers)
        }
    }

    private func content(
        _ asset: NexusAssetRow, _ start: Int64, _ length: Int64, _ status: HTTPResponse.Status, _ headers: HTTPFields
    ) throws -> Response {
        // Opened now: a file that is deleted while it is sent is sent to its end.
        let file = try BlobReader(path: store.blobs.path(sha256: asset.sha256))
        let body = ResponseBody(contentLength: Int(length)) { writer in
            var place = start
            while place < start + length {
                let bytes = try await file.read(at: place, count: Int(min(1 << 20, start + length - place)))
                place += Int64(bytes.count)
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }

    private static func headers(of asset: NexusAssetRow, _ repository: NexusRepositoryRow) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: asset.contentType, .eTag: asset.etag, .acceptRanges: "bytes",
            .lastModified: HTTPDate.text(asset.updated),
            .contentSecurityPolicy: "sandbox allow-forms allow-modals allow-popups allow-presentation allow-scripts",
        ]
        if repository.contentDisposition == "ATTACHMENT" { headers[.contentDisposition] = "attachment" }
        return headers
    }

    private static func isFresh(_ asset: NexusAssetRow, _ headers: HTTPFields) -> Bool {
        if let tags = headers[.ifNoneMatch] {
            return tags.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .contains { $0 == "*" || $0.replacing("W/", with: "", maxReplacements: 1) == asset.etag }
        }
        guard let since = headers[.ifModifiedSince].flatMap(HTTPDate.parse) else { return false }
        return asset.updated.rounded(.down) <= since
    }
}

/// A file that is read from several places, off the handlers' threads.
final class BlobReader: Sendable {
    private let descriptor: Int32

    /// Opens it; 404 when it is gone.
    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw errno == ENOENT ? HTTPError(.notFound) : HTTPError(.internalServerError) }
    }

    deinit { close(descriptor) }

    /// At least one byte from a place.
    func read(at place: Int64, count: Int) async throws -> [UInt8] {
        try await Offload.run { [descriptor] in
            var failed = false
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                let got = pread(descriptor, buffer.baseAddress, count, off_t(place))
                failed = got <= 0
                filled = max(0, got)
            }
            if failed { throw BlobError.disk("a file is shorter than its row says") }
            return bytes
        }
    }
}
