import Core
import Foundation

extension HostSpec {
    /// Looks at what ends in configuration files of a host, before anything of it is made.
    ///
    /// - Throws: a failure with exit `usage` that names the value and the rule.
    func check(kind: String, on network: LabNetwork) throws {
        func refuse(_ what: String, _ rule: String) -> Failure { Failure(.usage, what, why: rule) }
        if let swap, !(0...262_144).contains(swap) {
            throw refuse("\(swap) MiB of swap can't be", "from 0 to 262144 MiB")
        }
        for device in devices where !HostSpec.isDevicePath(device) {
            throw refuse("\"\(device)\" is no device of this machine", "a path below /dev, such as /dev/net/tun")
        }
        for key in authorizedKeys where !HostSpec.isKeyLine(key) {
            throw refuse("a line of authorized_keys can't be used", "type, key and comment on one line")
        }
        if let user, !HostSpec.isUser(user) {
            throw refuse("\"\(user)\" can't be a user", "lower-case letters, digits, - and _, first a letter or _")
        }
        if let user, kind == "lxc", user != "root", user != "deploy" {
            throw refuse("a container has no user \(user)", "its users are root and deploy")
        }
        if let gateway, gateway != network.gateway, !network.contains(gateway) {
            throw refuse("\(gateway) can't be the gateway of a host", "it must be in \(network.subnet)")
        }
        for server in nameServers where !HostSpec.isAddress(server) {
            throw refuse("\"\(server)\" can't be a name server", "an IPv4 or IPv6 address")
        }
        if let searchDomain, !HostSpec.isDomain(searchDomain) {
            throw refuse("\"\(searchDomain)\" can't be a search domain", "labels of letters, digits and -, with dots")
        }
    }

    /// A path below /dev without anything that a configuration file could take for something else.
    static func isDevicePath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
        return path.hasPrefix("/dev/") && !parts.isEmpty
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.allSatisfy { isWord($0) || $0 == 0x2E }
            }
    }

    private static func isKeyLine(_ line: String) -> Bool {
        line.split(separator: " ").count >= 2 && line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func isUser(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 32 else { return false }
        return ((0x61...0x7A).contains(first) || first == 0x5F)
            && name.utf8.allSatisfy { isWord($0) && !(0x41...0x5A).contains($0) }
    }

    private static func isDomain(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { isWord($0) } && !label.hasPrefix("-")
            }
    }

    private static func isAddress(_ text: String) -> Bool {
        var place = in6_addr()
        return [AF_INET, AF_INET6].contains { inet_pton($0, text, &place) == 1 }
    }

    /// A letter, a digit, - or _.
    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
            || byte == 0x5F
    }
}
