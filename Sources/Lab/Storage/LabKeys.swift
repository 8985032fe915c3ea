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
    /// The port that each service got last.
    public var ports: [String: Int]

    /// New random keys.
    public static func make(random: any RandomSource) -> LabKeys {
        LabKeys(
            octopusKey: "API-" + random.key(length: 32), nexusUser: "admin", nexusPassword: random.hex(bytes: 16),
            token: random.hex(bytes: 24), ports: [:])
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
        for secret in [keys.octopusKey, keys.nexusPassword, keys.token] { context.mask.add(secret) }
        return keys
    }

    /// Writes the keys, mode 0600, as a whole.
    public func save(home: LabHome, context: Context) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try context.files.write(try encoder.encode(self), to: home.keys, mode: 0o600)
    }
}
