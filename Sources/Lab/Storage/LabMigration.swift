import GRDB

/// A step of a service's schema, applied once and never changed after it was released.
public struct LabMigration: Sendable {
    /// A name that is unique in the lab and sorts by age inside its service, such as "nexus 1 repositories and assets".
    public let name: String
    /// Makes the change.
    public let apply: @Sendable (Database) throws -> Void

    /// A step; services apply theirs in the given order.
    public init(_ name: String, apply: @escaping @Sendable (Database) throws -> Void) {
        self.name = name
        self.apply = apply
    }
}
