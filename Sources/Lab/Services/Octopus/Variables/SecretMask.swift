import Synchronization

/// Hides the sensitive values of one task in its log.
///
/// Each is written as five asterisks when it is longer than three characters (Octopus' documentation of sensitive
/// variables).
///
/// Values that contain one are not hidden as a whole.
final class SecretMask: Sendable {
    private let values = Mutex<[String]>([])

    /// What stands in a value's place.
    static let replacement = "*****"

    /// Hides a value from now on, and each line of one with several.
    func add(_ value: String) {
        let lines = value.split(whereSeparator: \.isNewline).map(String.init)
        values.withLock { known in
            for text in [value] + lines where text.count > 3 && !known.contains(text) { known.append(text) }
            // The longest first, so that one inside another leaves nothing of it behind.
            known.sort { $0.count > $1.count }
        }
    }

    /// The text with all known values hidden.
    func apply(_ text: String) -> String {
        var out = text
        for value in values.withLock({ $0 }) where out.contains(value) {
            out = out.replacing(value, with: SecretMask.replacement)
        }
        return out
    }
}
