import Core
import Foundation
import GRDB
import Hummingbird
import NIOCore

/// Packages of the built-in feed.
enum PackageResources {
    static let routes = [
        OctopusRoute(.get, "packages", handle: list),
        OctopusRoute(.post, "packages/raw", handle: upload),
        OctopusRoute(.get, "packages/{id}") { call in .json(show(call, try await find(call), try await feed(call))) },
        OctopusRoute(.get, "packages/{id}/raw", handle: download),
        OctopusRoute(.delete, "packages/{id}", handle: remove),
        OctopusRoute(.get, "packages/{package}/{version}/delta-signature") { _ in throw OctopusFault.notFound },
    ]

    /// The largest package in bytes.
    static let largest: Int64 = 8 << 30

    /// The built-in feed of the call's space.
    private static func feed(_ call: OctopusCall) async throws -> String {
        try await call.read { try FeedResources.builtIn($0, space: call.space) }
    }

    private static func show(
        _ call: OctopusCall, _ package: StoredPackage, _ feed: String, isWhole: Bool = true
    ) -> JSONValue {
        let path = "\(call.base)/packages/\(package.id)"
        var shown: JSONValue = [
            "Id": .string(package.id), "PackageId": .string(package.package), "Version": .string(package.version),
            "FeedId": .string(feed), "FileExtension": .string(package.fileExtension),
            "Title": .string(package.package), "Summary": .null, "Description": .null, "ReleaseNotes": .null,
            "Published": .string(package.published.octopus), "NuGetPackageId": .string(package.package),
            "NuGetFeedId": .string(feed), "PackageVersionBuildInformation": .null,
        ]
        if isWhole {
            shown.set("PackageSizeBytes", .number(Double(package.size)))
            shown.set("Hash", .string(package.sha1))
        }
        shown.set("Links", ["Self": .string(path), "Raw": .string("\(path)/raw")])
        return shown
    }

    /// The package of a call's `{id}`: "packages-" (or nothing), id, ".", version.
    private static func find(_ call: OctopusCall) async throws -> StoredPackage {
        let given = call.argument("id")
        let bare = given.lowercased().hasPrefix("packages-") ? String(given.dropFirst("packages-".count)) : given
        guard let name = PackageName(file: bare + ".zip") else { throw OctopusFault.notFound }
        let found = try await call.read { db -> StoredPackage? in
            try StoredPackage.find(db, space: call.space, package: name.package, version: name.version)
        }
        guard let found else { throw OctopusFault.notFound }
        return found
    }

    @Sendable private static func list(_ call: OctopusCall) async throws -> Response {
        let page = try Page(call)
        let exact = call.query("nuGetPackageId")
        let filter = (call.query("filter") ?? "").lowercased()
        var packages = try await call.read { try StoredPackage.all($0, space: call.space, package: exact) }
        packages.removeAll { !filter.isEmpty && !$0.package.lowercased().contains(filter) }
        if call.flag("latest") == true {
            var seen: Set<String> = []
            packages = packages.filter { seen.insert($0.package.lowercased()).inserted }
        }
        let feed = try await feed(call)
        let items = page.slice(packages).map { show(call, $0, feed, isWhole: false) }
        return .json(
            page.envelope(
                items, total: packages.count, itemType: "Package", path: "\(call.base)/packages",
                template: ["nuGetPackageId", "filter", "latest", "includeNotes"]))
    }

    @Sendable private static func download(_ call: OctopusCall) async throws -> Response {
        let package = try await find(call)
        let path = call.server.packages.path(package)
        let body = try await FileIO().loadFile(path: path, context: call.context, chunkLength: 1 << 20)
        var headers = HTTPFields()
        headers[.contentType] = "application/octet-stream"
        headers[.contentLength] = "\(package.size)"
        headers[.contentDisposition] = "attachment; filename=\"\(package.fileName)\""
        return Response(status: .ok, headers: headers, body: body)
    }

    @Sendable private static func remove(_ call: OctopusCall) async throws -> Response {
        let package = try await find(call)
        try await call.write { db in
            try package.delete(db)
            try EventLog.add(
                db, call, "Deleted", "package \(package.package) version \(package.version) was deleted",
                [package.id])
        }
        return .json(.emptyObject)
    }

    // MARK: Upload

    private enum Overwrite { case fail, ignore, replace }

    private static func overwrite(_ call: OctopusCall) throws -> Overwrite {
        switch call.query("overwriteMode")?.lowercased() {
        case "overwriteexisting": return .replace
        case "ignoreifexists": return .ignore
        case "failifexists": return .fail
        case nil: return call.flag("replace") == true ? .replace : .fail
        case .some(let other):
            throw OctopusFault.invalid(
                "'\(other)' is no overwriteMode; known are FailIfExists, IgnoreIfExists, OverwriteExisting.")
        }
    }

    @Sendable private static func upload(_ call: OctopusCall) async throws -> Response {
        let mode = try overwrite(call)
        let (blob, fileName) = try await receive(call)
        // Nothing is left of it where it is not kept.
        defer { blob.discard() }
        guard let name = PackageName(file: fileName) else {
            throw OctopusFault.invalid(
                "'\(fileName)' is no name of a package: it must be an id, a dot, a version and an extension, "
                    + "such as app.1.2.3.zip or app.1.2.3.tar.gz.")
        }
        let package = StoredPackage(
            space: call.space, package: name.package, version: name.version, fileExtension: name.fileExtension,
            size: Int(blob.checksums.size), sha256: blob.checksums.sha256, sha1: blob.checksums.sha1,
            published: call.now)
        let existing = try await call.write { db -> StoredPackage? in
            let known = try StoredPackage.find(
                db, space: call.space, package: package.package, version: package.version)
            if let known, mode != .replace { return known }
            try call.server.packages.blobs.keep(blob)
            try package.save(db)
            try EventLog.add(
                db, call, known == nil ? "Created" : "Modified",
                "package \(package.package) version \(package.version) was uploaded", [package.id])
            return nil
        }
        guard let existing else { return .json(show(call, package, try await feed(call)), status: .created) }
        if mode == .ignore { return .json(show(call, existing, try await feed(call))) }
        throw OctopusFault.conflict(
            "A package with the same ID and version (\(name.package) \(name.version)) already exists.")
    }

    /// Writes the one file of a multipart body to disk while it arrives.
    private static func receive(_ call: OctopusCall) async throws -> (ReceivedBlob, String) {
        guard var reader = MultipartReader(contentType: call.request.headers[.contentType] ?? "") else {
            throw OctopusFault.invalid("A package is uploaded as multipart/form-data with one file.")
        }
        var receiver = try call.server.packages.blobs.receive(limit: largest)
        var name: String?
        var isFile = false
        var isWhole = false
        do {
            for try await buffer in call.request.body {
                for event in try reader.feed(Data(buffer.readableBytesView)) {
                    switch event {
                    case .part(let part):
                        isFile = part.filename != nil
                        guard let file = part.filename else { continue }
                        if name != nil {
                            throw OctopusFault.invalid("Only one package can be uploaded in one request.")
                        }
                        name = file
                    case .bytes(let bytes): if isFile { try await receiver.write(bytes) }
                    case .end: isWhole = isWhole || isFile
                    }
                }
            }
        } catch let fault as MultipartReader.Fault {
            throw OctopusFault.invalid("The multipart body is damaged: \(fault.message).")
        } catch let error as BlobError where error.status == .contentTooLarge {
            throw OctopusFault.invalid("The package is \(error.message).")
        }
        guard let name else { throw OctopusFault.invalid("The request holds no file.") }
        guard isWhole, reader.isComplete else { throw OctopusFault.invalid("The upload of '\(name)' was cut short.") }
        let bare = String(name.split(whereSeparator: { "/\\".contains($0) }).last ?? "")
        return (try await receiver.finish(), bare)
    }
}
