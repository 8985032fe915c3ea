import Core

/// What is there, asked from those who have it.
struct Observed: Sendable {
    /// All hosts of the maker, by name.
    var hosts: [String: MadeHost]
    /// What the maker would do to each host; nil where it can't tell.
    var changes: [String: MachineChange]?
    /// What each running host of the environment says of itself.
    var probes: [String: HostProbe]
    /// What the registry has.
    var registry: RegistryState
    /// Fingerprints of host keys by host.
    var fingerprints: [String: String]
}
