import Core

/// Checks of names and addresses before they reach git.
public enum GitName {
    /// The text is a ref or branch name that git takes (git-check-ref-format(1)), and no option.
    public static func isRef(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, text != "@", !text.hasPrefix("-") else { return false }
        let banned: Set<Unicode.Scalar> = [" ", "~", "^", ":", "?", "*", "[", "\\", "\u{7F}"]
        for scalar in text.unicodeScalars where scalar.value < 0x20 || banned.contains(scalar) { return false }
        if text.contains("..") || text.contains("@{") || text.hasSuffix(".") { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock")
        }
    }

    /// The text is a full commit id, 40 hexadecimal digits (SHA-1) or 64 (SHA-256).
    public static func isCommit(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The text is a repository's `owner/name`.
    public static func isRepository(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy(isPart)
    }

    private static func isPart(_ text: Substring) -> Bool {
        guard !text.isEmpty, text != ".", text != "..", text.first != "-" else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains(scalar))
        }
    }

    /// The address is one that git may fetch from: http(s), ssh, git, file, scp form, or a path; no helper program.
    public static func isAddress(_ text: String) -> Bool {
        guard !text.isEmpty, !text.hasPrefix("-"), !text.contains("::"),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { return false }
        guard let scheme = text.range(of: "://") else { return true }
        return ["http", "https", "ssh", "git", "file"].contains(text[..<scheme.lowerBound])
    }

    /// The ref, or a failure that names it.
    static func ref(_ text: String) throws -> String {
        if isRef(text) || isCommit(text) { return text }
        throw Failure(.usage, "\(quoted(text)) is no name of a branch, tag or commit")
    }

    /// The address, or a failure that names it.
    static func address(_ text: String) throws -> String {
        if isAddress(text) { return text }
        throw Failure(.usage, "\(quoted(text)) is no address of a git repository")
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(String(text.prefix(100))).text() }
}
