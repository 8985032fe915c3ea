import Core
import Foundation

/// Space on a disk, in bytes.
public struct DiskSpace: Sendable, Hashable {
    /// All of it.
    public var total: Int64
    /// What may still be written.
    public var available: Int64
    /// Space.
    public init(total: Int64, available: Int64) {
        self.total = total
        self.available = available
    }
}

/// What the services of a lab use of the machine that they run on; tests put something of their own in its place.
public struct LabMachine: Sendable {
    /// The lab's hosts.
    ///
    /// - Throws: a failure where this machine can't have any.
    public var hosts: @Sendable () throws -> Hosts
    /// Space of the disk that holds a path.
    public var space: @Sendable (String) -> DiskSpace

    /// A machine.
    public init(hosts: @escaping @Sendable () throws -> Hosts, space: @escaping @Sendable (String) -> DiskSpace) {
        self.hosts = hosts
        self.space = space
    }

    /// This machine, its hosts on the given bridge.
    public static func this(_ context: Context, network: LabNetwork) -> LabMachine {
        LabMachine(hosts: { try Hosts.ofThisMachine(context, network: network) }, space: LabMachine.space)
    }

    /// Asks the file system.
    static func space(_ path: String) -> DiskSpace {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return DiskSpace(total: 0, available: 0) }
        let block = Int64(facts.f_frsize)
        return DiskSpace(total: Int64(facts.f_blocks) * block, available: Int64(facts.f_bavail) * block)
    }
}
