import Core
import Foundation
import Synchronization

/// The bridge of the lab's hosts.
public struct LabNetwork: Sendable, Hashable {
    /// Its interface name, at most 15 characters.
    public var bridge: String
    /// Its subnet, such as "10.87.0.0/24".
    public var subnet: String
    /// The address of this machine on it: the subnet's first host, such as "10.87.0.1".
    public var gateway: String

    /// A bridge.
    ///
    /// - Throws: a failure with exit `usage` when the name or the subnet is not usable.
    public init(bridge: String = "nante0", subnet: String = "10.87.0.0/24") throws {
        let allowed = bridge.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == 0x2D || byte == 0x5F
        }
        guard allowed, (1...15).contains(bridge.utf8.count), !bridge.hasPrefix("-") else {
            throw Failure(
                .usage, "\"\(bridge)\" can't be the name of a bridge", where: "NANTE_BRIDGE",
                why: "1 to 15 letters, digits, - and _")
        }
        let parts = subnet.split(separator: "/", omittingEmptySubsequences: false)
        let octets = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let numbers = octets.compactMap { part in
            part.count <= 3 && part.allSatisfy(\.isASCII) ? UInt8(part) : nil
        }
        guard parts.count == 2, parts[1] == "24", octets.count == 4, numbers.count == 4, numbers[3] == 0 else {
            throw Failure(
                .usage, "\"\(subnet)\" can't be the subnet of the lab", where: "NANTE_SUBNET",
                why: "four numbers, the last 0, and /24, such as 10.87.0.0/24")
        }
        self.bridge = bridge
        self.subnet = subnet
        gateway = "\(numbers[0]).\(numbers[1]).\(numbers[2]).1"
    }

    /// An address that a host may have: in the subnet, and not the network's, this machine's or the broadcast one.
    public func contains(_ address: String) -> Bool {
        let prefix = gateway.dropLast(1)
        guard address.hasPrefix(prefix), let last = UInt8(address.dropFirst(prefix.count)) else { return false }
        return (2...254).contains(last) && address == "\(prefix)\(last)"
    }

    /// The gateway's address is on an interface of this machine now.
    public var exists: Bool {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return false }
        defer { freeifaddrs(list) }
        var wanted = in_addr()
        guard inet_pton(AF_INET, gateway, &wanted) == 1 else { return false }
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET else { continue }
            let found = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr }
            if found == wanted.s_addr { return true }
        }
        return false
    }
}

/// Where the services of a running lab listen on loopback.
public final class LabAddresses: Sendable {
    private let ports = Mutex<[String: Int]>([:])

    /// No service listens yet.
    public init() {}

    /// Remembers the port of a service.
    public func set(_ service: String, port: Int) { ports.withLock { $0[service] = port } }

    /// The port of a service by its name; nil before it listens.
    public func port(_ service: String) -> Int? { ports.withLock { $0[service] } }

    /// The address on loopback, such as "http://127.0.0.1:18081"; nil before it listens.
    public func url(_ service: String, scheme: String = "http") -> String? {
        port(service).map { "\(scheme)://127.0.0.1:\($0)" }
    }

    /// All ports by service.
    public var all: [String: Int] { ports.withLock { $0 } }
}
