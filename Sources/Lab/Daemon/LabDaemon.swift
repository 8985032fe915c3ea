import Core
import Foundation

/// Starts, finds and ends the lab in the background.
public struct LabDaemon: Sendable {
    /// Where its data is.
    public let home: LabHome
    let context: Context
    let program: String

    /// How long a start may take; a first start makes keys and a database, which takes far less.
    static let startLimit = Duration.seconds(60)
    /// How long a graceful end may take before the hard one.
    static let endLimit = Duration.seconds(15)

    /// The lab of the environment.
    ///
    /// - Parameter program: the nante that serves; nil is this one.
    public init(_ context: Context, program: String? = nil) {
        self.context = context
        home = LabHome(context)
        self.program = program ?? LabDaemon.ownPath(context)
    }

    /// The record of the running lab; the lab is started, and that is said, when it is not up.
    public static func ensure(context: Context) async throws -> LabRecord {
        try await LabDaemon(context).up().record
    }

    /// The record of the lab when it runs and answers; nil when it does not run.
    public func running() async throws -> LabRecord? {
        guard let pid = holder(), let record = try? LabRecord.load(context), record.pid == pid,
            try await status(record) != nil
        else { return nil }
        return record
    }

    /// Makes sure that the lab runs and answers.
    ///
    /// - Returns: the record, and whether this call started it.
    public func up() async throws -> (record: LabRecord, started: Bool) {
        if let record = try await running() {
            try fits(record)
            return (record, false)
        }
        try context.files.makeDirectory(home.path)
        let lock = try await FileLock.acquire(
            home.startLock, holder: "process \(getpid())", within: LabDaemon.startLimit, context: context)
        defer { withExtendedLifetime(lock) {} }
        if let record = try await running() {
            try fits(record)
            return (record, false)
        }
        return (try await start(), true)
    }

    private func start() async throws -> LabRecord {
        // A lab that holds the lock may still be starting, by `nante lab serve` or a starter that was killed.
        if holder() == nil {
            try context.files.remove(home.record)
            context.terminal.say("starting the lab in \(home.path)")
            try rotateLog()
        }
        var child: LabProcess?
        if holder() == nil {
            let environment = context.environment.filter { LabLaunch.kept.contains($0.key) }
                .merging(["NANTE_HOME": home.path]) { $1 }
            let launch = LabLaunch(
                program: program, arguments: ["lab", "serve"], environment: environment, log: home.log)
            child = LabProcess(pid: try launch.start())
        }
        do { return try await answering(child) } catch var failure as Failure where failure.exit == .deadline {
            failure.evidence = lastLines(8)
            failure.next = ["nante lab down", "nante lab up"]
            throw failure
        }
    }

    private func answering(_ started: LabProcess?) async throws -> LabRecord {
        try await Wait.until(
            "the lab to answer", within: LabDaemon.startLimit, every: .milliseconds(25), context: context
        ) {
            if let record = try await running() { return record }
            // One that found the lock held has given way to another that is starting.
            if let code = started?.ended(), code != Exit.held.code {
                throw Failure(
                    .missing, "the lab did not start", where: home.path, why: "its process ended with \(code)",
                    evidence: lastLines(8), next: ["nante lab logs", "nante lab check"])
            }
            return nil
        }
    }

    /// Ends the lab: softly, then hard.
    ///
    /// - Returns: false when it did not run.
    public func down() async throws -> Bool {
        let lock = try await FileLock.acquire(
            home.startLock, holder: "process \(getpid())", within: LabDaemon.startLimit, context: context)
        defer { withExtendedLifetime(lock) {} }
        guard let pid = holder() else {
            try context.files.remove(home.record)
            return false
        }
        guard LabProcess(pid: pid).isLab else {
            throw Failure(
                .refused, "process \(pid) holds the lab's lock but is no lab", where: home.lock,
                why: "it is \(LabProcess(pid: pid).arguments.joined(separator: " "))")
        }
        kill(pid, SIGTERM)
        if try await !released(pid, within: LabDaemon.endLimit) {
            context.terminal.say("the lab does not end by itself; ending process \(pid) hard")
            if holder() == pid, LabProcess(pid: pid).isLab { kill(pid, SIGKILL) }
            guard try await released(pid, within: .seconds(5)) else {
                throw Failure(.failed, "the lab does not end", why: "process \(pid) holds \(home.lock)")
            }
        }
        try context.files.remove(home.record)
        return true
    }

    private func released(_ pid: Int32, within limit: Duration) async throws -> Bool {
        do {
            return try await Wait.until("the lab to end", within: limit, every: .milliseconds(25), context: context) {
                _ = LabProcess(pid: pid).ended()
                return holder() == pid ? nil : true
            }
        } catch let failure as Failure where failure.exit == .deadline {
            return false
        }
    }

    /// The running lab is of another build than the one on disk now.
    public func isReplaced(_ record: LabRecord) -> Bool { LabProcess(pid: record.pid).isReplaced }

    /// The pid in the lock, when a process holds it.
    func holder() -> Int32? { FileLock.holder(home.lock).flatMap { Int32($0) } }

    /// The last lines of the lab's log.
    public func lastLines(_ count: Int) -> [String] {
        let text = (try? context.files.readText(home.log)) ?? ""
        return text.split(separator: "\n").suffix(count).map(String.init)
    }

    /// A running lab with another bridge than the one that is asked for is no silent surprise.
    private func fits(_ record: LabRecord) throws {
        let network = try LabNetwork(context)
        let asked = [("NANTE_BRIDGE", network.bridge, record.bridge), ("NANTE_SUBNET", network.subnet, record.subnet)]
        for (name, wanted, found) in asked where wanted != found && !(context.environment[name] ?? "").isEmpty {
            throw Failure(
                .refused, "the lab runs with another network", where: home.path,
                why: "\(name) is \(wanted), it has \(found)", next: ["nante lab down", "nante lab up"])
        }
    }

    /// A log of over 8 MiB becomes lab.log.1 at a start.
    private func rotateLog() throws {
        var info = stat()
        guard stat(home.log, &info) == 0, info.st_size > 8 << 20 else { return }
        try context.files.move(home.log, to: home.log + ".1")
    }

    /// The absolute path of this program.
    static func ownPath(_ context: Context) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/local/bin/nante"
    }
}
