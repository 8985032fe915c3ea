import Core
import Crypto
import Foundation

/// The digests of a body that its sender may have told.
struct S3Digests: Sendable {
    private var md5 = Insecure.MD5()
    private var sha256: SHA256?
    private var sha1: Insecure.SHA1?
    private var cyclic: CyclicCheck?
    private let algorithm: String?

    /// The algorithms whose checksums are taken, as in `x-amz-checksum-`.
    static let algorithms = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"]

    /// Digests of no bytes yet.
    ///
    /// - Parameters:
    ///   - algorithm: the one of `algorithms` that is wanted beside MD5.
    ///   - hash: the SHA-256 is wanted.
    init(_ algorithm: String?, hash: Bool) {
        self.algorithm = algorithm
        if hash || algorithm == "sha256" { sha256 = SHA256() }
        switch algorithm {
        case "sha1": sha1 = Insecure.SHA1()
        case "crc32": cyclic = CyclicCheck(.crc32)
        case "crc32c": cyclic = CyclicCheck(.crc32c)
        case "crc64nvme": cyclic = CyclicCheck(.crc64nvme)
        default: break
        }
    }

    /// Takes the next bytes.
    mutating func update(_ bytes: [UInt8]) {
        md5.update(data: bytes)
        sha256?.update(data: bytes)
        sha1?.update(data: bytes)
        cyclic?.update(bytes)
    }

    /// All digests.
    func finish() -> (md5: [UInt8], sha256: String?, checksum: String?) {
        let sha = sha256?.finalize()
        let value: [UInt8]? =
            switch algorithm {
            case "sha256": sha.map { Array($0) }
            case "sha1": sha1.map { Array($0.finalize()) }
            case nil: nil
            default: cyclic?.bytes
            }
        return (Array(md5.finalize()), sha?.hex, value.map { Data($0).base64EncodedString() })
    }
}

/// A cyclic redundancy check, reflected, with all bits set before and inverted behind.
struct CyclicCheck: Sendable {
    /// A kind: its reflected polynomial and its width in bits.
    struct Kind: Sendable {
        let table: [UInt64]
        let width: Int

        init(polynomial: UInt64, width: Int) {
            table = (0..<256).map { byte in
                (0..<8).reduce(UInt64(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            }
            self.width = width
        }

        /// ISO 3309, as in Ethernet.
        static let crc32 = Kind(polynomial: 0xEDB8_8320, width: 32)
        /// Castagnoli, RFC 3720 section 12.1.
        static let crc32c = Kind(polynomial: 0x82F6_3B78, width: 32)
        /// NVM Express NVM Command Set Specification 1.0, section 5.2.1.3.4.
        static let crc64nvme = Kind(polynomial: 0x9A6C_9329_AC4B_C9B5, width: 64)
    }

    private let kind: Kind
    private var value: UInt64

    init(_ kind: Kind) {
        self.kind = kind
        value = kind.width == 32 ? 0xFFFF_FFFF : .max
    }

    /// Takes the next bytes.
    mutating func update(_ bytes: [UInt8]) {
        var value = value
        kind.table.withUnsafeBufferPointer { table in
            for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
        }
        self.value = value
    }

    /// The check, most significant byte first.
    var bytes: [UInt8] {
        let final = ~value
        return stride(from: kind.width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: final >> UInt64($0)) }
    }
}
