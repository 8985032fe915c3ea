/// A tag that names a release: `vX.Y.Z`, strictly (three numbers without leading zeros, nothing behind them).
public struct ReleaseTag: Sendable, Hashable, Comparable {
    /// X: changes that break callers.
    public var major: Int
    /// Y: additions.
    public var minor: Int
    /// Z: corrections.
    public var patch: Int

    /// A tag of three numbers.
    public init(_ major: Int, _ minor: Int, _ patch: Int) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `v1.2.3`; nil for every other text, such as `v1.2`, `v1.2.3-rc.1` or `v01.2.3`.
    public init?(_ text: String) {
        guard text.hasPrefix("v") else { return nil }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(ReleaseTag.number)
        guard parts.count == 3, numbers.count == 3 else { return nil }
        self.init(numbers[0], numbers[1], numbers[2])
    }

    /// `1.2.3`.
    public var version: String { "\(major).\(minor).\(patch)" }
    /// The tag with the last number one higher.
    public var nextPatch: ReleaseTag { ReleaseTag(major, minor, patch + 1) }

    /// The order of releases.
    public static func < (left: ReleaseTag, right: ReleaseTag) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || text.first != "0"
        else { return nil }
        return Int(text)
    }
}
