import Core

/// A way to make machines: `lxc` and `vm`.
///
/// Every call may be made again after it was cut off at any point, and does then what is left to do. The caller
/// holds the host's lock.
public protocol HostDriver: Sendable {
    /// Its name in records, such as "lxc".
    var kind: String { get }
    /// Looks for everything that the driver needs on this machine.
    ///
    /// - Throws: a failure with exit `missing` that names what is missing and the packages that have it.
    func check() async throws
    /// Makes what hosts share, the base image and the network; called before hosts are made or started.
    ///
    /// - Parameter unprivileged: containers whose root is nobody outside are wanted.
    /// - Returns: the name of the base image.
    func prepare(unprivileged: Bool, _ tell: @escaping @Sendable (String) -> Void) async throws -> String
    /// Makes a host's disk with its own keys and names.
    ///
    /// - Returns: the public host key (type and base64).
    func make(_ record: HostRecord, authorizedKey: String) async throws -> String
    /// Starts a host and returns when its SSH server answers; a running one is left as it is.
    func start(_ record: HostRecord) async throws
    /// Stops a host, softly unless told; a stopped one is left as it is.
    func stop(_ record: HostRecord, kill: Bool) async throws
    /// Gives a host other limits, at once where it runs.
    func resize(_ record: HostRecord) async throws
    /// Removes all of a host, also of one that is only half there.
    func remove(_ name: String) async throws
    /// A host as it is now.
    func status(_ record: HostRecord) async throws -> HostStatus
    /// The command that runs a program as root on a host, without the network.
    func attach(_ record: HostRecord, _ words: [String]) -> Command
    /// Removes what all hosts share, once none is left.
    func reset(images: Bool) async throws
}
