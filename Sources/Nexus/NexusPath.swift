import Core

/// The path of a file in a raw repository: segments without ".", ".." or control characters.
public struct NexusPath: Sendable, Hashable, CustomStringConvertible {
    /// The segments.
    public let segments: [String]

    /// Reads a path; a leading slash and repeated slashes fall away, as on the server.
    ///
    /// - Throws: a failure with exit `usage` for a path that can't be one.
    public init(_ text: String) throws {
        let segments = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let why: String? =
            if segments.isEmpty {
                "it names no file"
            } else if text.hasSuffix("/") {
                "it ends with a slash, so it names a folder"
            } else if segments.contains(where: { $0 == "." || $0 == ".." }) {
                "\".\" and \"..\" are not allowed"
            } else if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
                "it holds a control character"
            } else if text.utf8.count > 1024 {
                "it is longer than 1024 bytes"
            } else {
                nil
            }
        if let why { throw Failure(.usage, "\"\(text.printable)\" can't be a path in Nexus", why: why) }
        self.segments = segments
    }

    /// The path with a leading slash, as newer servers show it.
    public var description: String { "/" + segments.joined(separator: "/") }
    /// The path with a leading slash, each segment percent-encoded.
    public var encoded: String { "/" + segments.map(\.percentEncoded).joined(separator: "/") }
    /// The folder, with a leading slash and without one at the end: "/" for a file at the top.
    public var folder: String { "/" + segments.dropLast().joined(separator: "/") }
}

/// The name of a repository.
public struct NexusName: Sendable, Hashable, CustomStringConvertible {
    /// The name itself.
    public let description: String

    /// Reads a name: letters, digits, "-", "_" and "."; the first is none of "_" and "." (schema of NXRM 3.94).
    ///
    /// - Throws: a failure with exit `usage`.
    public init(_ text: String) throws {
        guard NexusName.isValid(text) else {
            throw Failure(
                .usage, "\"\(text.printable)\" can't be the name of a repository",
                why: "letters, digits, -, _ and . only, and neither _ nor . first")
        }
        description = text
    }

    /// The text is a name.
    public static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200, first != 0x5F, first != 0x2E else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
    }
}

extension String {
    /// The text with control characters shown as a question mark, cut after 120 characters.
    var printable: String {
        let shown = unicodeScalars.prefix(120).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) }
        return String(shown) + (unicodeScalars.count > 120 ? "…" : "")
    }
}
