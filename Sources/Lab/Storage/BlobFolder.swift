import Core
import Foundation

/// Files kept by their SHA-256: written under a temporary name, forced to disk, then renamed.
public struct BlobFolder: Sendable {
    /// The folder.
    public let path: String

    /// A folder of blobs; nothing is made yet.
    public init(path: String) { self.path = path }

    private var incoming: String { path.appending(path: "incoming") }

    /// Where the blob of a digest is, or would be.
    public func path(sha256: String) -> String { path.appending(path: "\(sha256.prefix(2))/\(sha256)") }

    /// Makes the folder and takes away what an interrupted upload left behind; called before the first request.
    public func sweep() throws {
        let files = DiskFileSystem()
        try files.remove(incoming)
        try files.makeDirectory(incoming)
        chmod(path, 0o700)
    }

    /// Starts a new blob.
    ///
    /// - Parameter limit: the most bytes it may get.
    public func receive(limit: Int64) throws -> BlobReceiver {
        let name = SystemRandom().hex(bytes: 12)
        return try BlobReceiver(path: incoming.appending(path: name), limit: limit)
    }

    /// Puts a received blob in its place, also where one of the same content is: they are the same bytes.
    ///
    /// To be called inside the transaction that writes the blob's row, so that the sweep of unused blobs, which holds
    /// the same lock, does not come in between.
    public func keep(_ blob: ReceivedBlob) throws {
        let target = path(sha256: blob.checksums.sha256)
        try DiskFileSystem().makeDirectory(target.parentPath)
        guard rename(blob.path, target) == 0 else {
            throw Failure(.missing, "can't keep \(target)", why: String(cString: strerror(errno)))
        }
        let folder = open(target.parentPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// The digests of all blobs that are there.
    public func all() throws -> [String] {
        let files = DiskFileSystem()
        guard files.isDirectory(path) else { return [] }
        return try files.list(path).filter { $0.count == 2 }
            .flatMap { try files.list(path.appending(path: $0)) }.filter { $0.count == 64 }
    }

    /// Removes a blob.
    public func remove(sha256: String) { unlink(path(sha256: sha256)) }
}

/// A blob that is on disk whole, still under its temporary name.
public struct ReceivedBlob: Sendable {
    /// The temporary file.
    public let path: String
    /// Length and digests.
    public let checksums: Checksums

    /// Throws it away; nothing happens after it was kept.
    public func discard() { unlink(path) }
}

/// Writes one blob: bytes are gathered to pieces of 1 MiB, then hashed and written away from the handlers' threads.
public struct BlobReceiver: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String
    private let limit: Int64
    private var gathered: [UInt8] = []
    private var calculator = ChecksumCalculator()
    private var size: Int64 = 0

    static let piece = 1 << 20

    init(path: String, limit: Int64) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.missing, "can't write \(path)", why: String(cString: strerror(errno)))
        }
        self.path = path
        self.limit = limit
    }

    /// Without `finish` nothing stays.
    deinit {
        close(descriptor)
        if !finished { unlink(path) }
    }

    private var finished = false

    /// Takes the next bytes.
    ///
    /// - Throws: `BlobError.tooLarge`, `BlobError.noSpace`, or a failure.
    public mutating func write(_ bytes: some Collection<UInt8>) async throws {
        size += Int64(bytes.count)
        guard size <= limit else { throw BlobError.tooLarge(limit: limit) }
        gathered.append(contentsOf: bytes)
        if gathered.count >= BlobReceiver.piece { try await flush(sync: false) }
    }

    /// Ends the blob; its bytes are on disk when this returns.
    public mutating func finish() async throws -> ReceivedBlob {
        try await flush(sync: true)
        finished = true
        return ReceivedBlob(path: path, checksums: calculator.finish())
    }

    private mutating func flush(sync: Bool) async throws {
        let (bytes, before, descriptor) = (gathered, calculator, descriptor)
        gathered.removeAll(keepingCapacity: true)
        calculator = try await Offload.run {
            var after = before
            try bytes.withUnsafeBytes { buffer in
                after.update(buffer)
                try BlobReceiver.put(buffer, descriptor)
            }
            if sync, fsync(descriptor) != 0 { throw BlobError.of(errno) }
            return after
        }
    }

    private static func put(_ buffer: UnsafeRawBufferPointer, _ descriptor: Int32) throws {
        var start = 0
        while start < buffer.count {
            let count = Foundation.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw BlobError.of(errno) }
            start += count
        }
    }
}

/// Why a blob was not taken.
public enum BlobError: Error, Sendable, Hashable {
    /// It is larger than allowed.
    case tooLarge(limit: Int64)
    /// The disk is full.
    case noSpace
    /// The sender stopped before the announced length.
    case cut(expected: Int64, received: Int64)
    /// The disk failed; what the system said.
    case disk(String)

    static func of(_ number: Int32) -> BlobError {
        number == ENOSPC || number == EDQUOT ? .noSpace : .disk(String(cString: strerror(number)))
    }
}
