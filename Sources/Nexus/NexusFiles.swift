import Core
import Foundation

/// What the server says of a file without sending it.
public struct NexusFile: Sendable, Hashable {
    /// SHA-1 in hexadecimal, out of the ETag `"{SHA1{…}}"`; nil when the server sends none of this form.
    public var sha1: String?
    /// Length in bytes; nil when unknown.
    public var size: Int64?
}

/// What a transfer did.
public struct NexusTransfer: Sendable, Hashable {
    /// What it changed.
    public var change: NexusChange
    /// The path.
    public var path: NexusPath
    /// The address of the content.
    public var url: String
    /// Length and digests.
    public var checksums: Checksums
}

extension NexusClient {
    /// What the server says of a file; nil when there is none.
    public func file(_ repository: NexusName, _ path: NexusPath) async throws -> NexusFile? {
        let doing = "look at \(path) in \(repository)"
        let answer = try await call(request("HEAD", contentAddress(repository, path)), doing: doing)
        if answer.status == 404 { return nil }
        try expect(answer, [200], doing: doing)
        return NexusFile(
            sha1: NexusClient.sha1(etag: answer.header("ETag")),
            size: answer.header("Content-Length").flatMap { Int64($0) })
    }

    /// Uploads a file and proves that the server has the same bytes.
    ///
    /// A file that is there already with the same content is left alone. Other content is replaced only when asked.
    ///
    /// - Throws: a failure with exit `refused` when other content is there, or the server's write policy says no.
    public func put(
        file source: String, _ repository: NexusName, _ path: NexusPath, replace: Bool = false
    ) async throws -> NexusTransfer {
        try await put(.file(source), try Checksums.of(file: source), repository, path, replace)
    }

    /// Uploads bytes and proves that the server has the same.
    public func put(
        _ data: Data, _ repository: NexusName, _ path: NexusPath, replace: Bool = false
    ) async throws -> NexusTransfer {
        try await put(.data(data), Checksums.of(data), repository, path, replace)
    }

    private func put(
        _ body: HTTPCall.Body, _ sums: Checksums, _ repository: NexusName, _ path: NexusPath, _ replace: Bool
    ) async throws -> NexusTransfer {
        let address = contentAddress(repository, path)
        var transfer = NexusTransfer(change: .created, path: path, url: endpoint.url + address, checksums: sums)
        let before = try await file(repository, path)
        if let before {
            if try await isSame(before, sums, repository, path) {
                transfer.change = .unchanged
                return transfer
            }
            guard replace else {
                throw Failure(
                    .refused, "\(path) is in \(repository) already, with other content", where: transfer.url,
                    why: "there \(before.described), here sha1 \(sums.sha1), \(sums.size) bytes",
                    next: ["publish under a new version", "--replace to overwrite it"])
            }
            transfer.change = .updated
        }
        var call = request("PUT", address, timeout: .seconds(60 + sums.size / (1 << 20)))
        call.headers.append(("Content-Type", "application/octet-stream"))
        call.body = body
        let doing = "upload \(path) to \(repository)"
        do {
            let answer = try await self.call(call, doing: doing)
            if answer.status == 404 { throw noRepository(repository) }
            try expect(answer, [200, 201, 204], doing: doing)
        } catch let failure as Failure {
            // A repeated upload may be refused because the first one, whose answer was lost, did arrive.
            guard [.refused, .missing].contains(failure.exit), let there = try? await file(repository, path),
                try await isSame(there, sums, repository, path)
            else { throw failure }
        }
        guard let after = try await file(repository, path), try await isSame(after, sums, repository, path) else {
            throw Failure(
                .failed, "Nexus does not have the bytes of \(path) that were sent", where: transfer.url,
                why: "its checksum is another than sha1 \(sums.sha1)", next: ["run the same command again"])
        }
        return transfer
    }

    /// Downloads a file and proves that the bytes are those that the server says it has.
    ///
    /// - Parameter sha256: the digest that the caller expects; nil when it knows none.
    /// - Returns: nil when there is no such file.
    public func get(
        _ repository: NexusName, _ path: NexusPath, to target: String, sha256: String? = nil
    ) async throws -> NexusTransfer? {
        let doing = "download \(path) from \(repository)"
        let call = request("GET", contentAddress(repository, path), timeout: .seconds(600))
        let temporary = target + ".part.\(context.random.hex(bytes: 4))"
        defer { try? context.files.remove(temporary) }
        let answer = try await exchange(call, doing: doing) { try await context.http.download(call, to: temporary) }
        if answer.status == 404 { return nil }
        try expect(answer, [200], doing: doing)
        let sums = try Checksums.of(file: temporary)
        try verify(answer, sums, sha256, path, call.url)
        try context.files.move(temporary, to: target)
        return NexusTransfer(change: .created, path: path, url: call.url, checksums: sums)
    }

    /// The bytes of a small file, at most 64 MiB, checked as in `get`; nil when there is none.
    public func read(_ repository: NexusName, _ path: NexusPath) async throws -> Data? {
        let doing = "read \(path) in \(repository)"
        let call = request("GET", contentAddress(repository, path))
        let answer = try await self.call(call, doing: doing)
        if answer.status == 404 { return nil }
        guard answer.status == 200 else { throw badAnswer(answer, doing: doing, why: "it answered \(answer.status)") }
        try verify(answer, Checksums.of(answer.body), nil, path, call.url)
        return answer.body
    }

    /// Deletes a file.
    public func delete(_ repository: NexusName, _ path: NexusPath) async throws -> NexusChange {
        let doing = "delete \(path) in \(repository)"
        let answer = try await call(request("DELETE", contentAddress(repository, path)), doing: doing)
        if answer.status == 404 { return .absent }
        try expect(answer, [204, 200], doing: doing)
        return .deleted
    }

    private func verify(
        _ answer: HTTPAnswer, _ sums: Checksums, _ sha256: String?, _ path: NexusPath, _ url: String
    ) throws {
        let claimed = NexusClient.sha1(etag: answer.header("ETag"))
        if claimed == nil, (answer.header("Content-Type") ?? "").hasPrefix("text/html"), !"\(path)".hasSuffix(".html") {
            throw Failure(
                .missing, "what answers at this address is not Nexus", where: url,
                why: "it sent a web page instead of \(path)", next: ["check NEXUS_URL"])
        }
        let length = answer.header("Content-Length").flatMap { Int64($0) }
        let wrong: (String, String, String)? =
            if let claimed, claimed != sums.sha1 {
                ("sha1", claimed, sums.sha1)
            } else if let sha256, sha256.lowercased() != sums.sha256 {
                ("sha256", sha256, sums.sha256)
            } else if let length, length != sums.size, answer.header("Content-Encoding") == nil {
                ("length", "\(length)", "\(sums.size)")
            } else {
                nil
            }
        guard let (kind, expected, found) = wrong else { return }
        throw Failure(
            .failed, "\(path) did not arrive as it should", where: url,
            why: "its \(kind) is \(found), expected \(expected)", next: ["run the same command again"])
    }

    /// The server's file has these bytes; without a digest from it the file is fetched and compared.
    private func isSame(
        _ file: NexusFile, _ sums: Checksums, _ repository: NexusName, _ path: NexusPath
    ) async throws -> Bool {
        if let size = file.size, size != sums.size { return false }
        if let sha1 = file.sha1 { return sha1 == sums.sha1 }
        let name = "nante-compare-\(context.random.hex(bytes: 8))"
        let temporary = (context.environment["TMPDIR"] ?? "/tmp").appending(path: name)
        defer { try? context.files.remove(temporary) }
        return try await get(repository, path, to: temporary)?.checksums == sums
    }

    /// The digest in an entity tag of the form `"{SHA1{…}}"`.
    static func sha1(etag: String?) -> String? {
        guard let etag, let start = etag.range(of: "{SHA1{")?.upperBound else { return nil }
        let digits = etag[start...].prefix { $0.isHexDigit }
        return digits.count == 40 ? digits.lowercased() : nil
    }
}

extension NexusFile {
    /// The file in words.
    var described: String {
        [sha1.map { "sha1 \($0)" }, size.map { "\($0) bytes" }].compactMap { $0 }.joined(separator: ", ")
    }
}
