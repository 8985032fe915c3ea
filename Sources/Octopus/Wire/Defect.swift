import Core

/// A mark on a release that keeps it from being promoted: `releases/{id}/defects`.
public struct Defect: WireResource {
    /// Such as `Defects-1`.
    public var id: String = ""
    /// What is wrong with it.
    public var description: String?
    /// Unresolved or Resolved.
    public var status: String = "Unresolved"
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Defect>] = [
        .init("Id", \.id, .omit), .init("Description", \.description), .init("Status", \.status),
        .init("Links", \.links, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
