import Core
import Git

/// A branch or tag that a push changed.
public struct PushedRef: Sendable, Hashable {
    /// What kind of ref.
    public enum Kind: Sendable, Hashable { case branch, tag }

    /// The commit before; nil for a new ref.
    public var before: String?
    /// The commit now; nil for a deleted ref.
    public var after: String?
    /// The full name, such as "refs/heads/main".
    public var name: String

    /// A ref.
    public init(before: String?, after: String?, name: String) {
        self.before = before
        self.after = after
        self.name = name
    }

    /// A branch or a tag; nil for other refs, which trigger nothing.
    public var kind: Kind? {
        name.hasPrefix("refs/heads/") ? .branch : name.hasPrefix("refs/tags/") ? .tag : nil
    }

    /// The name without "refs/heads/" or "refs/tags/".
    public var short: String { name.split(separator: "/").dropFirst(2).joined(separator: "/") }

    /// Reads what git tells a post-receive hook: lines "before after ref" (githooks(5)).
    ///
    /// - Throws: a failure with exit `usage` for a line that is none; nothing of it reaches a shell.
    public static func parse(_ text: String) throws -> [PushedRef] {
        try text.split(whereSeparator: \.isNewline).map { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, GitName.isCommit(parts[0]), GitName.isCommit(parts[1]),
                parts[2].hasPrefix("refs/"), GitName.isRef(parts[2])
            else { throw Failure(.usage, "a hook was told something that is no pushed ref") }
            func commit(_ text: String) -> String? { text.allSatisfy { $0 == "0" } ? nil : text }
            return PushedRef(before: commit(parts[0]), after: commit(parts[1]), name: parts[2])
        }
    }
}
