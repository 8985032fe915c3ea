import Core
import Crypto
import Foundation

/// Filters that give a digest in lower-case hexadecimal: `[bytes] [utf8|unicode|base64]` in either order.
enum HashFilters {
    enum Algorithm: Sendable { case md5, sha1, sha256, sha384, sha512 }

    static func filter(_ algorithm: Algorithm) -> TemplateFilters.Filter {
        { input, options in
            guard let input, let (size, encoding) = read(options), let bytes = bytes(input, encoding) else {
                return nil
            }
            let digest = digest(algorithm, bytes)
            return digest.prefix(size ?? digest.count).hex
        }
    }

    private static func read(_ options: [String]) -> (size: Int?, encoding: String)? {
        guard options.count <= 2 else { return nil }
        var size: Int?
        var encoding: String?
        for option in options {
            if let number = Int32(option.trimmed), number > 0, size == nil {
                size = Int(number)
            } else if ["utf8", "utf-8", "unicode", "base64"].contains(option.lowercased()), encoding == nil {
                encoding = option.lowercased()
            } else {
                return nil
            }
        }
        return (size, encoding ?? "utf8")
    }

    private static func bytes(_ text: String, _ encoding: String) -> [UInt8]? {
        if encoding == "base64" { return Data(base64Encoded: text.filter { !$0.isWhitespace }).map(Array.init) }
        return TextFilters.bytes(text, encoding)
    }

    private static func digest(_ algorithm: Algorithm, _ bytes: [UInt8]) -> [UInt8] {
        switch algorithm {
        case .md5: Array(Insecure.MD5.hash(data: bytes))
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha384: Array(SHA384.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }
}
