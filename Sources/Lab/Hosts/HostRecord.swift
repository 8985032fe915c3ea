import Core
import Foundation

/// What is known of a host of the lab: `NANTE_HOME/hosts/NAME/host.json`.
public struct HostRecord: Codable, Sendable, Hashable {
    /// How far the host is; every other state than `ready` outside of its lock is what a killed command left.
    public enum State: String, Codable, Sendable, Hashable { case creating, ready, deleting }
    /// Version of the file.
    public var version = 1
    /// Its name, also its host name.
    public var name: String
    /// The driver that made it, such as "lxc".
    public var kind: String
    /// How far it is.
    public var state: State
    /// Its IPv4 address on the bridge.
    public var address: String
    /// What it may use, and the tags it was asked for with.
    public var spec: HostSpec
    /// Its id in Proxmox VE; nil for a host that was made otherwise.
    public var vmid: Int?
    /// Who asked for it; nil is a person at the command line.
    public var owner: HostOwner?
    /// Its public host key (type and base64); nil until it was made.
    public var hostKey: String?
    /// The base image below it.
    public var image: String?
    /// When it was asked for.
    public var created: Date

    /// A record of a host that is about to be made.
    public init(
        name: String, kind: String, address: String, spec: HostSpec, owner: HostOwner?, created: Date
    ) {
        self.name = name
        self.kind = kind
        state = .creating
        self.address = address
        self.spec = spec
        self.owner = owner
        self.created = created
    }

    /// The hardware address of its interface: fixed by the IPv4 address, so that no neighbour keeps a stale one.
    ///
    /// Locally administered (IEEE 802, second bit of the first octet): 02:6e and the four octets of the address.
    public var hardwareAddress: String {
        let octets = address.split(separator: ".").compactMap { UInt8($0) }
        return (["02", "6e"] + octets.map { [$0].hex }).joined(separator: ":")
    }
}

/// A host as it is now.
public struct HostStatus: Sendable, Hashable {
    /// What is known of it.
    public var record: HostRecord
    /// It runs.
    public var isRunning: Bool
    /// Bytes of memory in use; nil when it does not run.
    public var memory: Int?
    /// A host as it is.
    public init(record: HostRecord, isRunning: Bool, memory: Int? = nil) {
        self.record = record
        self.isRunning = isRunning
        self.memory = memory
    }
}

/// The rule for host names: a label of a domain name (RFC 1123 section 2.1), lower case, first a letter.
public enum HostName {
    /// The name itself where it is one.
    ///
    /// - Throws: a failure with exit `usage` that says the rule.
    public static func check(_ name: String) throws -> String {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let fits = name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
        guard let first = name.utf8.first, letters.contains(first), fits, name.utf8.last != UInt8(ascii: "-"),
            name.utf8.count <= 60
        else {
            throw Failure(
                .usage, "\"\(name.prefix(80))\" can't be the name of a host",
                why: "lower-case letters, digits and inner hyphens, first a letter, at most 60 characters")
        }
        return name
    }
}
