import Core

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
        [home.database, home.database + "-wal", home.database + "-shm", home.blobs, home.keys, home.record, home.log,
            home.log + ".1", home.repositories, home.repositoryWork]
    }

    /// What would be taken away, a line each; empty when there is nothing.
    public func plan(all: Bool) -> [String] {
        guard context.files.exists(home.path) else { return [] }
        if all { return ["everything in \(home.path)"] }
        return data.filter { context.files.exists($0) }
    }

    /// Ends the lab and takes it away.
    public func run(all: Bool) async throws {
        _ = try await LabDaemon(context).down()
        guard all else {
            for path in data { try context.files.remove(path) }
            return
        }
        try context.files.remove(home.path)
    }
}
