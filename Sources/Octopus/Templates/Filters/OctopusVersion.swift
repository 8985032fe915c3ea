import Foundation

/// A version as Octopus reads it: `[v]major[.minor[.patch[.revision]]][-prerelease][+metadata]`, all parts optional.
///
/// Separators before the prerelease are `.`, `-`, `_` and `\`; "latest" is all prerelease.
public struct OctopusVersion: Sendable, Hashable {
    /// The first number, 0 where there is none.
    public let major: Int
    /// The second number, 0 where there is none.
    public let minor: Int
    /// The third number, 0 where there is none.
    public let patch: Int
    /// The fourth number, 0 where there is none.
    public let revision: Int
    /// What stands between the numbers and the metadata.
    public let prerelease: String
    /// The prerelease up to its first separator.
    public let prereleasePrefix: String
    /// The prerelease behind its first separator.
    public let prereleaseCounter: String
    /// What stands behind the plus.
    public let metadata: String

    /// Reads a version; nil where it is none.
    public init?(_ text: String) {
        let text = text.trimmed
        let pattern =
            #"^(?:[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?)?(?:[.\-_\\])?"#
            + #"(([A-Za-z0-9]*?)([.\-_\\]([A-Za-z0-9.\-_\\]*?)?)?)?(?:\+([A-Za-z0-9_\-.\\+]*?))?$"#
        guard !text.isEmpty, let expression = try? NSRegularExpression(pattern: pattern),
            let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text))
        else { return nil }
        func group(_ number: Int) -> String {
            Range(match.range(at: number), in: text).map { String(text[$0]) } ?? ""
        }
        func number(_ place: Int) -> Int? { group(place).isEmpty ? 0 : Int32(group(place)).map { Int($0) } }
        guard let major = number(1), let minor = number(2), let patch = number(3), let revision = number(4) else {
            return nil
        }
        self.major = major
        self.minor = minor
        self.patch = patch
        self.revision = revision
        prerelease = group(5)
        prereleasePrefix = group(6)
        prereleaseCounter = group(8)
        metadata = group(9)
    }
}
