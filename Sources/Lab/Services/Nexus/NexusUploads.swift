import Core
import Foundation
import Hummingbird

extension NexusService {
    func addUploadRoutes(to router: Router<LabRequestContext>) {
        router.post("/service/rest/v1/components") { request, context -> Response in
            guard let name = request.query("repository"), let row = try await store.repository(name) else {
                return Response(status: .unprocessableContent)
            }
            guard let reader = MultipartReader(contentType: request.headers[.contentType] ?? "") else {
                return .text("Expected multipart/form-data", status: .badRequest)
            }
            try NexusStore.mayWrite(row, exists: false)
            let form = try await NexusForm.read(request, reader, store.blobs)
            defer { form.files.values.forEach { $0.blob.discard() } }
            try await store.store(
                try form.incoming(), in: name, user: context.user ?? "anonymous",
                address: context.remoteAddress ?? "127.0.0.1")
            return Response(status: .noContent)
        }
    }
}

/// The fields of an upload to a raw repository: `raw.directory`, `raw.assetN`, `raw.assetN.filename`.
struct NexusForm: Sendable {
    /// A file that was sent, on disk under a temporary name.
    struct File: Sendable {
        var blob: ReceivedBlob
        var contentType: String?
        var filename: String?
    }

    /// Texts by the name of their field.
    var texts: [String: String] = [:]
    /// Files by the name of their field.
    var files: [String: File] = [:]

    private static let longestText = 64 << 10
    private static let mostParts = 100

    /// Streams a form; on any fault the files received so far are thrown away.
    static func read(_ request: Request, _ start: MultipartReader, _ folder: BlobFolder) async throws -> NexusForm {
        var form = NexusForm()
        do {
            try await form.fill(request, start, folder)
            return form
        } catch {
            form.files.values.forEach { $0.blob.discard() }
            throw error
        }
    }

    private mutating func fill(_ request: Request, _ start: MultipartReader, _ folder: BlobFolder) async throws {
        var reader = start
        var part: MultipartReader.Part?
        var text = Data()
        var parts = 0
        var receiver = try folder.receive(limit: NexusService.largest)
        for try await buffer in request.body {
            for event in try reader.feed(Data(buffer.readableBytesView)) {
                switch event {
                case .part(let next):
                    parts += 1
                    if parts > NexusForm.mostParts { throw MultipartReader.Fault(message: "too many parts") }
                    part = next
                    text = Data()
                case .bytes(let bytes) where part?.filename != nil: try await receiver.write(bytes)
                case .bytes(let bytes):
                    text.append(bytes)
                    guard text.count <= NexusForm.longestText else {
                        throw MultipartReader.Fault(message: "a field is too long")
                    }
                case .end:
                    guard let ended = part else { continue }
                    if let filename = ended.filename {
                        let blob = try await receiver.finish()
                        files.updateValue(
                            File(blob: blob, contentType: ended.contentType, filename: filename), forKey: ended.name
                        )?.blob.discard()
                        receiver = try folder.receive(limit: NexusService.largest)
                    } else {
                        texts[ended.name] = String(decoding: text, as: UTF8.self)
                    }
                    part = nil
                }
            }
        }
        guard reader.isComplete else { throw MultipartReader.Fault(message: "the form ended in the middle") }
    }

    /// The files with their paths.
    ///
    /// - Throws: a refusal that names the field that is missing.
    func incoming() throws -> [NexusStore.Incoming] {
        func refusal(_ message: String) -> NexusStore.Refusal { .invalid([.init(id: "*", message: message)]) }
        guard let directory = texts["raw.directory"] else {
            throw refusal("Missing required component field 'Directory'")
        }
        let assets = files.filter { $0.key.wholeMatch(of: #/raw\.asset\d*/#) != nil }.sorted { $0.key < $1.key }
        guard !assets.isEmpty else { throw refusal("Missing required asset field 'Asset'") }
        var paths: Set<String> = []
        return try assets.map { field, file in
            let name = texts["\(field).filename"] ?? file.filename ?? ""
            guard !name.isEmpty else { throw refusal("Missing required asset field 'Filename' on '\(field)'") }
            let segments = "\(directory)/\(name)".split(separator: "/", omittingEmptySubsequences: true)
            let path = "/" + segments.joined(separator: "/")
            try NexusContentPath.check(path)
            guard segments.count > 0, paths.insert(path).inserted else {
                throw refusal("The assets must have different paths")
            }
            return .init(path: path, contentType: NexusMediaType.of(path, told: file.contentType), blob: file.blob)
        }
    }
}
