/// Quoting for a POSIX shell: the remote side of ssh hands its command line to the login shell of the user.
public enum ShellQuoting {
    /// One word that a POSIX shell reads back as exactly this text.
    ///
    /// Text of harmless characters stays as it is; everything else stands in single quotes, in which nothing is
    /// special (POSIX.1-2024, Shell Command Language, section 2.2.2). NUL can't be in an argument and is dropped.
    public static func quote(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy { harmless.contains($0) }
        if plain, !text.isEmpty { return text }
        // By scalars: a quote followed by a combining mark is one Character, and would be missed.
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "\0" {
            if scalar == "'" { out.append(contentsOf: "'\\''".unicodeScalars) } else { out.append(scalar) }
        }
        return "'" + String(out) + "'"
    }

    /// A command line of quoted words.
    public static func line(_ words: [String]) -> String { words.map(quote).joined(separator: " ") }

    private static let harmless = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+@%".unicodeScalars)
}

/// Quoting for a line of an sftp batch file (sftp(1), "Interactive commands").
public enum SFTPQuoting {
    /// A path in double quotes, in which globs are literal; nil when it holds a line end or NUL, which no line can.
    public static func quote(_ path: String) -> String? {
        var out = "\""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\0": return nil
            case "\"", "\\": out.unicodeScalars.append(contentsOf: ["\\", scalar])
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
