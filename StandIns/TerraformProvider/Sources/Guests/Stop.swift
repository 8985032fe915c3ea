import Synchronization

/// Whether Terraform asked to stop: what waits then ends, and says what is not done.
package final class Stop: Sendable {
    private let flag = Atomic(false)

    package init() {}

    /// Whether to end.
    package var isAsked: Bool { flag.load(ordering: .relaxed) }

    /// Asks to end, or takes that back for a new command.
    package func ask(_ wanted: Bool) { flag.store(wanted, ordering: .relaxed) }
}
