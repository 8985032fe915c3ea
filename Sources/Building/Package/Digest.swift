import Core
import Crypto
import Foundation

/// SHA-256 of bytes and texts, as lower-case hexadecimal text.
public enum Digest {
    /// Of bytes.
    public static func sha256(_ data: Data) -> String { SHA256.hash(data: data).hex }
    /// Of a text's UTF-8 bytes.
    public static func sha256(_ text: String) -> String { sha256(Data(text.utf8)) }
    /// The text has the form of such a digest.
    public static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
