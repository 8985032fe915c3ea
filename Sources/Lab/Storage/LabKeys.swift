import Core
import Foundation

/// Keys and passwords of a lab, random, made at the first start and kept; and the ports it got.
public struct LabKeys: Sendable, Hashable, Codable {
    /// The format of the file.
    public var version = 1
    /// The key of Octopus' administrator: "API-" and 32 letters and digits.
    public var octopusKey: String
    /// The user of Nexus.
    public var nexusUser: String
    /// The password of Nexus' user.
    public var nexusPassword: String
    /// The token of the lab's own control calls.
    public var token: String
    /// The secret of Proxmox' token `nante@pve!lab`, a UUID; nil in a file of an older lab until the next start.
    public var proxmoxSecret: String?
    /// The password of Proxmox' user `root@pam`; nil as above.
    public var proxmoxPassword: String?
    /// The access key of the state store; nil as above.
    public var stateUser: String?
    /// The secret key of the state store; nil as above.
    public var statePassword: String?
    /// The key that states are encrypted with at rest, 64 hexadecimal digits; nil as above.
    public var stateKey: String?
    /// The port that each service got last.
    public var ports: [String: Int]

    /// New random keys.
    public static func make(random: any RandomSource) -> LabKeys {
        var keys = LabKeys(
            octopusKey: "API-" + random.key(length: 32), nexusUser: "admin", nexusPassword: random.hex(bytes: 16),
            token: random.hex(bytes: 24), ports: [:])
        _ = keys.complete(random: random)
        return keys
    }

    /// Adds the keys of services that are newer than the file.
    ///
    /// - Returns: something was added.
    mutating func complete(random: any RandomSource) -> Bool {
        let before = self
        if proxmoxSecret == nil {
            // Version 4 and variant 1 of RFC 9562, as Proxmox VE makes its own.
            let digits = Array(random.hex(bytes: 16))
            let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]].map {
                String($0)
            }
            proxmoxSecret = [parts[0], parts[1], "4" + parts[2].dropFirst(), "a" + parts[3].dropFirst(), parts[4]]
                .joined(separator: "-")
        }
        if proxmoxPassword == nil { proxmoxPassword = random.hex(bytes: 16) }
        if stateUser == nil { stateUser = "nante" }
        if statePassword == nil { statePassword = random.hex(bytes: 20) }
        if stateKey == nil { stateKey = random.hex(bytes: 32) }
        return self != before
    }

    /// The keys of a lab, made and written (mode 0600) where it has none yet; the mask hides them from now on.
    ///
    /// - Throws: a failure with exit `missing` when the file can't be read as keys.
    public static func load(home: LabHome, context: Context) throws -> LabKeys {
        var keys: LabKeys
        if context.files.exists(home.keys) {
            do { keys = try JSONDecoder().decode(LabKeys.self, from: try context.files.read(home.keys)) } catch {
                throw Failure(
                    .missing, "the lab's keys can't be read", where: home.keys, why: "not the JSON that nante wrote",
                    next: ["nante lab reset"])
            }
        } else {
            keys = make(random: context.random)
            try keys.save(home: home, context: context)
        }
        if keys.complete(random: context.random) { try keys.save(home: home, context: context) }
        for secret in [
            keys.octopusKey, keys.nexusPassword, keys.token, keys.proxmoxSecret, keys.proxmoxPassword,
            keys.statePassword, keys.stateKey,
        ] {
            secret.map(context.mask.add)
        }
        return keys
    }

    /// Writes the keys, mode 0600, as a whole.
    public func save(home: LabHome, context: Context) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try context.files.write(try encoder.encode(self), to: home.keys, mode: 0o600)
    }
}
