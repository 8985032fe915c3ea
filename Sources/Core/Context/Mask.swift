import Foundation
import Synchronization

/// Hides secrets in text: the plain value, each of its lines, and its base64, JSON and URI forms.
///
/// Shared by everything that writes; adding a secret takes effect at once. The forms follow the runner of
/// GitHub Actions (base64 in its three alignments, since a secret may stand inside a longer encoded text).
public final class Mask: Sendable {
    private let state = Mutex<[String]>([])

    /// A mask with no secret yet.
    public init() {}

    /// What stands in a secret's place.
    public static let replacement = "***"

    /// Hides a value from now on; values shorter than three characters are ignored, they would hide everything.
    public func add(_ secret: String) {
        var forms: Set<String> = []
        let trimmed = secret.trimmingCharacters(in: .whitespacesAndNewlines)
        for value in [secret, trimmed] + secret.split(whereSeparator: \.isNewline).map(String.init)
        where value.count >= 3 {
            forms.formUnion(Mask.forms(of: value))
        }
        guard !forms.isEmpty else { return }
        state.withLock { known in
            // Longest first, so that a secret inside another does not leave the rest of the longer one behind.
            known = Set(known).union(forms).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        }
    }

    /// The text with every known secret replaced.
    public func apply(_ text: String) -> String {
        let known = state.withLock { $0 }
        var out = text
        for secret in known where out.contains(secret) {
            out = out.replacingOccurrences(of: secret, with: Mask.replacement)
        }
        return out
    }

    /// The text holds a known secret.
    public func hides(_ text: String) -> Bool {
        state.withLock { $0 }.contains { text.contains($0) }
    }

    static func forms(of value: String) -> Set<String> {
        var forms: Set<String> = [value]
        let quoted = JSONValue.string(value).text()
        forms.insert(String(quoted.dropFirst().dropLast()))
        if let uri = value.addingPercentEncoding(withAllowedCharacters: .urlUnreserved) { forms.insert(uri) }
        let bytes = Data(value.utf8)
        guard bytes.count >= 6 else { return forms }
        // At each alignment only the characters that depend on the secret alone are kept.
        for shift in 0..<3 {
            let encoded = (Data(repeating: 0, count: shift) + bytes).base64EncodedString()
            let first = (shift * 8 + 5) / 6
            let last = (shift + bytes.count) * 8 / 6
            forms.insert(String(encoded.dropFirst(first).prefix(last - first)))
        }
        forms.insert(bytes.base64EncodedString())
        return forms
    }
}

extension CharacterSet {
    /// Characters that never need percent-encoding (RFC 3986 section 2.3).
    public static let urlUnreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension String {
    /// The text percent-encoded for one path segment or query value (RFC 3986, unreserved characters only).
    public var percentEncoded: String { addingPercentEncoding(withAllowedCharacters: .urlUnreserved) ?? self }
}
