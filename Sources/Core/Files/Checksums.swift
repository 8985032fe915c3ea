import Crypto
import Foundation

/// The length and the digests of some bytes, in lower-case hexadecimal.
public struct Checksums: Sendable, Hashable, Codable {
    /// Length in bytes.
    public var size: Int64
    /// MD5, 32 digits; for servers that know nothing better.
    public var md5: String
    /// SHA-1, 40 digits; for servers that know nothing better.
    public var sha1: String
    /// SHA-256, 64 digits.
    public var sha256: String
    /// SHA-512, 128 digits.
    public var sha512: String

    /// The checksums of bytes in memory.
    public static func of(_ data: Data) -> Checksums {
        var calculator = ChecksumCalculator()
        data.withUnsafeBytes { calculator.update($0) }
        return calculator.finish()
    }

    /// The checksums of a file, read in pieces.
    ///
    /// - Throws: a failure with exit `usage` when the file can't be read.
    public static func of(file path: String) throws -> Checksums {
        var calculator = ChecksumCalculator()
        guard let handle = FileHandle(forReadingAtPath: path), !DiskFileSystem().isDirectory(path) else {
            throw Failure(.usage, DiskFileSystem().exists(path) ? "can't read \(path)" : "\(path) does not exist")
        }
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            piece.withUnsafeBytes { calculator.update($0) }
        }
        return calculator.finish()
    }
}

/// Computes checksums of bytes that come in pieces.
public struct ChecksumCalculator: Sendable {
    private var size: Int64 = 0
    private var md5 = Insecure.MD5()
    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()
    private var sha512 = SHA512()

    /// No bytes yet.
    public init() {}

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        size += Int64(bytes.count)
        md5.update(bufferPointer: bytes)
        sha1.update(bufferPointer: bytes)
        sha256.update(bufferPointer: bytes)
        sha512.update(bufferPointer: bytes)
    }

    /// The checksums of all bytes taken.
    public func finish() -> Checksums {
        Checksums(
            size: size, md5: md5.finalize().hex, sha1: sha1.finalize().hex, sha256: sha256.finalize().hex,
            sha512: sha512.finalize().hex)
    }
}
