/// The formats of data on standard output.
public enum OutputFormat: String, Sendable, CaseIterable {
    /// Columns for people.
    case table
    /// JSON with stable key order.
    case json
    /// YAML with the same members as JSON.
    case yaml
}
