import Core

/// The name of a repository of the lab.
public struct RepoName: Sendable, Hashable, CustomStringConvertible {
    /// The name itself.
    public let description: String

    /// Reads a name: letters, digits, "-", "_" and ".", a letter or digit first, at most 100.
    ///
    /// - Throws: a failure with exit `usage` that says the rule.
    public init(_ text: String) throws {
        let letters = text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: 2
            case 0x2D, 0x2E, 0x5F: 1
            default: 0
            }
        }
        let banned = [".git", ".lock"].contains { text.hasSuffix($0) } || text.contains("..")
        guard (1...100).contains(letters.count), letters.first == 2, !letters.contains(0), !banned else {
            throw Failure(
                .usage, "\(JSONValue.string(String(text.prefix(100))).text()) can't be the name of a repository",
                why: "letters, digits, -, _ and ., a letter or digit first, no .git or .lock at the end")
        }
        description = text
    }
}
