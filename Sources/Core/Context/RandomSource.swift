/// Where random bytes come from.
public protocol RandomSource: Sendable {
    /// Random bytes, fit for keys in the real source.
    func bytes(_ count: Int) -> [UInt8]
}

/// The operating system's generator.
public struct SystemRandom: RandomSource {
    /// The operating system's generator.
    public init() {}

    /// Bytes fit for keys.
    public func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension RandomSource {
    /// Lower-case hexadecimal text of a number of random bytes.
    public func hex(bytes count: Int) -> String { bytes(count).hex }

    /// Random upper-case letters and digits, as in API keys.
    public func key(length: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return String(bytes(length * 2).prefix(length).map { alphabet[Int($0) % alphabet.count] })
    }

    /// A random number at least 0 and below 1.
    public func unit() -> Double {
        Double(bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) / 4_294_967_296
    }
}

extension Sequence where Element == UInt8 {
    /// Lower-case hexadecimal text.
    public var hex: String {
        var out = ""
        for byte in self {
            out += byte < 16 ? "0" : ""
            out += String(byte, radix: 16)
        }
        return out
    }
}
