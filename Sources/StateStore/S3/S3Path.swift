import Core
import Foundation

/// How names stand in addresses of S3.
public enum S3Path {
    /// The path of an object, or of a bucket where the key is empty, as it is sent and as it is signed.
    ///
    /// Every byte but letters, digits, `-._~` and the slashes between a key's parts is percent-encoded, once; nothing
    /// is tidied: `a//b` and `a/../b` are keys like any other. Source: "Signature Version 4, canonical URI" of AWS.
    public static func of(bucket: String, key: String = "") -> String {
        key.isEmpty ? "/" + encode(bucket) : "/" + encode(bucket) + "/" + encode(key, slashes: true)
    }

    /// A text percent-encoded with upper-case digits; slashes stay where they separate.
    public static func encode(_ text: String, slashes: Bool = false) -> String {
        encode(Array(text.utf8), slashes: slashes)
    }

    /// Bytes percent-encoded as above.
    public static func encode(_ bytes: [UInt8], slashes: Bool = false) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            case 0x2F where slashes: out.append(byte)
            default: out += [0x25, digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// The bytes that a percent-encoded text stands for.
    ///
    /// - Parameter plus: a plus stands for a space, as in queries.
    /// - Returns: nil where a percent sign is not followed by two digits.
    public static func decode(_ text: some StringProtocol, plus: Bool = false) -> [UInt8]? {
        var out: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == 0x25 {
                guard let high = bytes.popFirst().flatMap(value), let low = bytes.popFirst().flatMap(value) else {
                    return nil
                }
                out.append(high << 4 | low)
            } else {
                out.append(plus && byte == 0x2B ? 0x20 : byte)
            }
        }
        return out
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}

/// The query of a request, decoded, in the order in which it stands.
public struct S3Query: Sendable, Hashable {
    /// Names and values; a name without `=` has the empty value.
    public var items: [Item]

    /// A name and its value.
    public struct Item: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String
        /// An item.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A query of items.
    public init(_ items: [Item] = []) { self.items = items }

    /// Reads the text behind the question mark.
    ///
    /// - Returns: nil where it is no UTF-8 or a percent sign is followed by no digits.
    public init?(parsing text: some StringProtocol) {
        items = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pair.map { piece in
                S3Path.decode(piece, plus: true).flatMap { String(validating: $0, as: UTF8.self) }
            }
            guard let name = decoded[0] else { return nil }
            guard decoded.count > 1 else {
                items.append(Item(name, ""))
                continue
            }
            guard let value = decoded[1] else { return nil }
            items.append(Item(name, value))
        }
    }

    /// The first value of a name; nil where it does not stand there.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// The query as it is signed, and sent: encoded and sorted by encoded names, then values.
    public var canonical: String {
        items.map { (S3Path.encode($0.name), S3Path.encode($0.value)) }
            .sorted {
                Array($0.0.utf8) == Array($1.0.utf8) ? $0.1 < $1.1 : $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
            }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}
