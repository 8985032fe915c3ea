extension Manifest {
    /// How machines are made, where nothing else is said of them: `platform.proxmox`.
    public struct Machines: Sendable, Hashable {
        /// The network bridge of the nodes; nil is `vmbr0`.
        public var bridge: String?
        /// The template of containers, `storage:vztmpl/file`; nil is the platform's own.
        public var template: String?
        /// The template of virtual machines, by name or id; nil is the platform's own.
        public var vmTemplate: String?
        /// The VLAN of hosts that name none; nil is the platform's own.
        public var vlan: Int?
        /// The ids that hosts get.
        public var ids: ClosedRange<Int>
        /// The networks of hosts by VLAN tag, 0 is untagged; empty means the platform's own.
        public var networks: [Int: Network]

        /// Nothing is said.
        public static let usual = Machines(
            bridge: nil, template: nil, vmTemplate: nil, vlan: nil, ids: 1000...9999, networks: [:])
    }

    /// A network that hosts are in.
    public struct Network: Sendable, Hashable {
        /// All its addresses.
        public var subnet: IPv4Network
        /// The gateway of its hosts.
        public var gateway: IPv4Address
        /// The name servers of its hosts; empty is the gateway for virtual machines, and a public one for containers.
        public var dns: [IPv4Address]
        /// The addresses that hosts may have, both ends included.
        public var range: ClosedRange<IPv4Address>

        /// A network.
        ///
        /// - Parameters:
        ///   - gateway: nil is the first address.
        ///   - range: nil is the tenth to the last, as far as there are so many.
        public init(
            subnet: IPv4Network, gateway: IPv4Address? = nil, dns: [IPv4Address] = [],
            range: ClosedRange<IPv4Address>? = nil
        ) {
            self.subnet = subnet
            self.gateway = gateway ?? subnet.hosts.lowerBound
            self.dns = dns
            let tenth = subnet.address.advanced(by: 10) ?? subnet.hosts.lowerBound
            self.range = range ?? min(tenth, subnet.hosts.upperBound)...subnet.hosts.upperBound
        }

        /// The networks of today's library: 192.168.10.0/24 and 192.168.20.0/24 by their tags.
        public static var usual: [Int: Network] {
            var networks: [Int: Network] = [:]
            for tag in [10, 20] { networks[tag] = IPv4Network("192.168.\(tag).0/24").map { Network(subnet: $0) } }
            return networks
        }
    }
}

extension NameRule {
    /// A tag of Proxmox VE: lower-case letters, digits and `_ . + -`, first a letter, a digit or `_`.
    ///
    /// Source: format `pve-tag` of the PVE API.
    public static func isMachineTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 60 else { return false }
        return (isAlphanumeric(first) || first == UInt8(ascii: "_")) && lower(text)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "_.+-".utf8.contains($0) }
    }

    /// The name of a node, a storage, a bridge or a virtual machine's template.
    public static func isMachineName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 63 else { return false }
        return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || "_.-".utf8.contains($0) }
    }

    /// A template of containers, `storage:vztmpl/file`.
    public static func isContainerTemplate(_ text: String) -> Bool {
        let parts = text.split(separator: ":vztmpl/", omittingEmptySubsequences: false)
        guard parts.count == 2, isMachineName(String(parts[0])), let first = parts[1].utf8.first else { return false }
        return isAlphanumeric(first) && parts[1].utf8.allSatisfy { isAlphanumeric($0) || "_.+-".utf8.contains($0) }
    }

    /// A user of a machine: as `useradd` takes it.
    public static func isUser(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 32, !isDigit(first) else { return false }
        return (isAlphanumeric(first) || first == UInt8(ascii: "_")) && lower(text)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "_-".utf8.contains($0) }
    }

    private static func lower(_ text: String) -> Bool { text == text.lowercased() }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
