import Core
import Crypto
import Foundation

/// The encryption of what the state service keeps: AES-256-GCM, piece by piece, each with a random nonce of its own.
///
/// A piece is bound to its bucket, key, version and place: one that was changed, moved or cut off does not open.
struct StateSeal: Sendable {
    private let key: SymmetricKey
    /// Names the key without telling it: eight digits of its SHA-256.
    let id: String

    /// The largest piece before it is sealed.
    static let piece = 1 << 20

    /// What a piece is bound to.
    struct Place: Sendable, Hashable {
        var bucket: String
        var key: String
        /// The id of the version, or of the part of an upload.
        var content: String

        func bound(_ number: Int, last: Bool) -> Data {
            let parts: JSONValue = [
                "nante state 1", .string(bucket), .string(key), .string(content), .number(Double(number)), .bool(last),
            ]
            return Data(parts.text().utf8)
        }
    }

    /// The seal of a key of 64 hexadecimal digits.
    ///
    /// - Throws: a failure with exit `missing` where the lab's keys hold none.
    init(hex: String) throws {
        var bytes: [UInt8] = []
        var digits = hex[...]
        while let byte = UInt8(digits.prefix(2), radix: 16), digits.count >= 2 {
            bytes.append(byte)
            digits = digits.dropFirst(2)
        }
        guard bytes.count == 32, digits.isEmpty else {
            throw Failure(.missing, "the lab has no key for its states", why: "stateKey is not 64 hexadecimal digits")
        }
        key = SymmetricKey(data: bytes)
        id = String(SHA256.hash(data: bytes).hex.prefix(8))
    }

    /// Seals a piece: nonce, ciphertext and tag in one.
    func seal(_ bytes: [UInt8], _ place: Place, number: Int, last: Bool) throws -> Data {
        let box = try AES.GCM.seal(bytes, using: key, authenticating: place.bound(number, last: last))
        guard let combined = box.combined else { throw Failure(.failed, "a piece can't be sealed") }
        return combined
    }

    /// Opens a piece.
    ///
    /// - Throws: `StateDamaged` where it is not what was sealed.
    func open(_ sealed: Data, _ place: Place, number: Int, last: Bool) throws -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return [UInt8](try AES.GCM.open(box, using: key, authenticating: place.bound(number, last: last)))
        } catch { throw StateDamaged(place: place) }
    }
}

/// What is kept is not what was written.
struct StateDamaged: Error, Sendable, Hashable {
    var place: StateSeal.Place
    /// It was sealed with a key that the lab does not have now.
    var otherKey = false
}
