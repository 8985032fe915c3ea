/// An IPv4 address (RFC 791), as a number that can be counted.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The four octets, the first one highest.
    public var number: UInt32

    /// An address of its number.
    public init(number: UInt32) { self.number = number }

    /// Reads four decimal numbers with dots; nil for every other text, also for leading zeros.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 48, let octet = UInt8(part)
            else { return nil }
            number = number << 8 | UInt32(octet)
        }
        self.number = number
    }

    /// Such as "192.168.20.50".
    public var description: String {
        [24, 16, 8, 0].map { String(number >> $0 & 0xFF) }.joined(separator: ".")
    }

    /// The lower number comes first.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.number < right.number }

    /// The address so many places further; nil where there is none.
    public func advanced(by count: Int) -> IPv4Address? {
        UInt32(exactly: Int64(number) + Int64(count)).map(IPv4Address.init(number:))
    }
}

/// An IPv4 network in CIDR form (RFC 4632), such as "192.168.20.0/24".
public struct IPv4Network: Sendable, Hashable, CustomStringConvertible {
    /// The network's own address: every host bit is 0.
    public let address: IPv4Address
    /// How many bits are the network's.
    public let prefix: Int

    /// Reads an address and the length of its network; nil for every other text, also where a host bit is set.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]),
            (0...32).contains(prefix), String(prefix) == parts[1]
        else { return nil }
        self.address = address
        self.prefix = prefix
        guard address.number & hostBits == 0 else { return nil }
    }

    /// Such as "192.168.20.0/24".
    public var description: String { "\(address)/\(prefix)" }

    /// The address lies in the network.
    public func contains(_ other: IPv4Address) -> Bool { other.number & ~hostBits == address.number }

    /// The first and the last address that a host can have: without the network's own and the broadcast address.
    public var hosts: ClosedRange<IPv4Address> {
        guard prefix < 31 else { return address...IPv4Address(number: address.number | hostBits) }
        return IPv4Address(number: address.number + 1)...IPv4Address(number: (address.number | hostBits) - 1)
    }

    private var hostBits: UInt32 { prefix == 0 ? .max : (1 << (32 - UInt32(prefix))) - 1 }
}
