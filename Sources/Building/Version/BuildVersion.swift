import Core

/// The version of a build, as semantic versioning writes it (https://semver.org), and the rule that makes it.
///
/// - A commit with the tag `vX.Y.Z` and nothing changed has the version `X.Y.Z`.
/// - Every other commit has the next patch with branch and distance, `X.Y.(Z+1)-main.7+g1a2b3c4`; without any tag the
///   release before it counts as `0.0.0`.
/// - A changed work tree adds `.dirty.` and eight digits of its tree, also on a tag: what is built is no release.
public struct BuildVersion: Sendable, Hashable, CustomStringConvertible {
    /// The version, such as `1.2.5` or `1.2.6-main.7+g1a2b3c4`.
    public let text: String
    /// The commit carries the tag of exactly this release.
    public let isRelease: Bool

    /// The version that git's answers stand for.
    public init(of state: SourceState) {
        let release = state.dirt == nil ? state.tags.compactMap(ReleaseTag.init).max() : nil
        isRelease = release != nil
        text = release?.version ?? BuildVersion.prerelease(state)
    }

    /// The version.
    public var description: String { text }
    /// The version as a Docker tag, which can't hold a plus sign.
    public var docker: String { BuildVersion.docker(text) }

    /// A version as a Docker tag: `+` becomes `_`, at most 128 characters.
    public static func docker(_ version: String) -> String {
        String(version.map { $0 == "+" ? "_" : $0 }.prefix(128))
    }

    /// The text may be a version in a file name, a path and a URL; nothing that a shell or a path would read.
    public static func isSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return (0x30...0x39).contains(first) && !text.contains("..")
            && text.utf8.allSatisfy { isIdentifier($0) || ".+".utf8.contains($0) }
    }

    private static func prerelease(_ state: SourceState) -> String {
        // A tag on a changed tree is a base like any other, at distance 0.
        let here = state.tags.compactMap(ReleaseTag.init).max()
        let base = here ?? state.base.flatMap { ReleaseTag($0.tag) }
        let distance = here != nil ? 0 : base == nil ? state.commits : state.base?.distance ?? 0
        let next = (base ?? ReleaseTag(0, 0, 0)).nextPatch
        let dirty = state.dirt.map { ".dirty.\($0.prefix(8))" } ?? ""
        return "\(next.version)-\(identifier(state.branch)).\(distance)+g\(state.commit.prefix(7))\(dirty)"
    }

    /// A branch as one identifier of a version: lower-case letters, digits and hyphens, at most 40 of them.
    ///
    /// A branch of digits alone gets a letter in front, since such an identifier is a number without leading zeros
    /// and sorts below all others (semver.org, 9 and 11). Without a branch the identifier is `head`.
    public static func identifier(_ branch: String?) -> String {
        var text = ""
        for byte in (branch ?? "").lowercased().utf8 {
            let character = isIdentifier(byte) ? Character(Unicode.Scalar(byte)) : "-"
            if character != "-" || (!text.isEmpty && text.last != "-") { text.append(character) }
        }
        text = String(text.prefix(40))
        while text.last == "-" { text.removeLast() }
        if text.isEmpty { return "head" }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? "b\(text)" : text
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
        default: false
        }
    }
}
