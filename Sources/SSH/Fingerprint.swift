/// The fingerprint of a host key, in the forms that tools print.
public struct Fingerprint: Sendable, Hashable {
    /// The hash that a fingerprint is made with.
    public enum Hash: String, Sendable, Hashable, CaseIterable {
        /// Base64 with the prefix "SHA256:", the form of today's OpenSSH.
        case sha256
        /// Sixteen bytes in hexadecimal with colons, the form that older Octopus targets have.
        case md5
    }
    /// "SHA256:" and unpadded base64.
    public var sha256: String
    /// Lower-case hexadecimal bytes with colons, without a prefix.
    public var md5: String

    /// A fingerprint in both forms.
    public init(sha256: String, md5: String) {
        self.sha256 = sha256
        self.md5 = md5
    }

    /// The given text names the same key: SHA256 with or without its prefix or padding, MD5 with or without "MD5:".
    public func matches(_ text: String) -> Bool {
        let bare = text.trimmingPrefix("SHA256:").trimmingPrefix("MD5:")
        if bare.lowercased() == md5 { return true }
        return String(bare.reversed().drop { $0 == "=" }.reversed()) == sha256.dropFirst("SHA256:".count)
    }

    /// Reads the line that `ssh-keygen -l` prints: bits, fingerprint, comment, type; nil for anything else.
    public static func parse(_ line: String, _ hash: Hash) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 3, Int(words[0]) != nil else { return nil }
        let text = String(words[1])
        switch hash {
        case .sha256: return text.hasPrefix("SHA256:") && text.count == 50 ? text : nil
        case .md5: return text.hasPrefix("MD5:") && text.count == 51 ? String(text.dropFirst(4)) : nil
        }
    }
}
