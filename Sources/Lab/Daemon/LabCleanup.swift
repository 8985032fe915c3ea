import Core
import Foundation

/// Takes away what the lab made.
public struct LabCleanup: Sendable {
    let context: Context
    /// The lab's folder.
    public let home: LabHome

    /// The lab of the environment.
    public init(_ context: Context) {
        self.context = context
        home = LabHome(context)
    }

    /// The data of the services, which a reset takes away.
    private var data: [String] {
        let names = [
            home.database, home.database + "-wal", home.database + "-shm", home.blobs, home.keys, home.record,
            home.log, home.log + ".1", home.guestStorage, home.repositories, home.repositoryWork,
        ]
        return names.filter { context.files.exists($0) }
    }

    /// Everything in the lab's folder; nothing of a folder that no lab ever used, whatever NANTE_HOME says.
    private var everything: [String] {
        guard context.files.exists(home.startLock) || context.files.exists(home.keys) || hasHosts else { return [] }
        return ((try? context.files.list(home.path)) ?? []).map { home.path.appending(path: $0) }
    }

    private var hasHosts: Bool { context.files.isDirectory(home.path.appending(path: "hosts")) }

    /// What would be taken away, a line each; empty when there is nothing.
    public func plan(all: Bool) -> [String] {
        guard all else { return data }
        return (hasHosts ? ["the hosts, their bridge and its firewall rules"] : []) + everything
    }

    /// Ends the lab and takes it away.
    ///
    /// - Throws: a failure with exit `refused` when a folder such as a user's home is meant.
    public func run(all: Bool) async throws {
        if all, ["/", "/root", "/home", context.environment["HOME"] ?? ""].contains(home.path) {
            throw Failure(.refused, "\(home.path) is not taken away as a whole", where: "NANTE_HOME")
        }
        // The record names the bridge, and goes when the lab ends.
        let hosts = try Hosts.ofThisMachine(context)
        _ = try await LabDaemon(context).down()
        guard all else {
            for path in data { try context.files.remove(path) }
            return
        }
        if hasHosts || hosts.network.exists { try await hosts.reset(images: true) }
        for path in everything { try context.files.remove(path) }
        rmdir(home.path)
    }
}
