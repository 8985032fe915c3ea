import Core
import Foundation
import GRDB
import Synchronization

/// The lines that a task writes while it works.
final class ProxmoxTaskLog: Sendable {
    private let text = Mutex<[String]>([])

    /// Adds lines.
    func add(_ line: String) {
        text.withLock { $0 += line.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
    }

    /// What was written so far.
    var lines: [String] { text.withLock { $0 } }
}

/// A task as it is stored.
struct ProxmoxTask: Sendable, Hashable {
    var id: ProxmoxTaskID
    var ended: Int?
    /// "OK", or why it failed; nil while it works.
    var status: String?
}

/// The work that goes on behind a call: in the lab's process, one after the other for each guest, journaled.
actor ProxmoxTasks {
    let database: LabDatabase
    let context: Context
    private var last = 0
    private var logs: [String: ProxmoxTaskLog] = [:]
    private var work: [String: Task<Void, Never>] = [:]
    private var queues: [String: Task<Void, Never>] = [:]

    /// Tasks that are kept; older ones go.
    static let kept = 2000
    /// How long a look at a running task is held, so that who looks once a second sees an end at once; below the five
    /// seconds after which proxmoxer gives up.
    static let held = Duration.seconds(3)

    init(database: LabDatabase, context: Context) {
        self.database = database
        self.context = context
    }

    /// Ends what an earlier process left running in the journal.
    func sweep() async throws {
        let now = Int(context.time.now().timeIntervalSince1970)
        try await database.write { database in
            try database.execute(
                sql: "UPDATE proxmox_task SET ended = ?, status = 'interrupted' WHERE ended IS NULL",
                arguments: [now])
            try database.execute(
                sql: """
                    DELETE FROM proxmox_task WHERE upid NOT IN
                    (SELECT upid FROM proxmox_task ORDER BY start DESC LIMIT \(ProxmoxTasks.kept))
                    """)
        }
    }

    /// Begins a task.
    ///
    /// - Parameters:
    ///   - type: such as "vzcreate".
    ///   - id: what is worked on; tasks of one id wait for each other, an empty one for none.
    ///   - body: the work; what it throws is the task's end.
    /// - Returns: the id of the task; it is in the journal then.
    func start(
        _ type: String, id: String, user: String, _ body: @escaping @Sendable (ProxmoxTaskLog) async throws -> Void
    ) async throws -> String {
        let now = context.time.now().timeIntervalSince1970
        last = max(last + 1, Int(now * 100) & 0x0FFF_FFFF)
        let task = ProxmoxTaskID(
            node: ProxmoxServer.node, process: Int(getpid()), processStart: last, start: Int(now), type: type, id: id,
            user: user)
        let upid = task.text
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO proxmox_task (upid, type, id, user, start) VALUES (?, ?, ?, ?, ?)",
                arguments: [upid, type, id, user, Int(now)])
        }
        let log = ProxmoxTaskLog()
        logs[upid] = log
        let before = id.isEmpty ? nil : queues[id]
        let running = Task {
            await before?.value
            let status = await ProxmoxTasks.result(log, body)
            await self.finish(upid, status, log)
        }
        work[upid] = running
        if !id.isEmpty { queues[id] = running }
        return upid
    }

    private static func result(
        _ log: ProxmoxTaskLog, _ body: @Sendable (ProxmoxTaskLog) async throws -> Void
    ) async -> String {
        do {
            try await body(log)
            log.add("TASK OK")
            return "OK"
        } catch {
            let text: String
            switch error {
            case let fault as ProxmoxFault: text = fault.message
            case let failure as Failure:
                text = ([failure.what] + failure.details.filter { $0.label == "why" }.map(\.text))
                    .joined(separator: ": ")
                for line in failure.evidence { log.add(line) }
            default: text = "\(error)"
            }
            log.add("TASK ERROR: \(text)")
            return String(text.split(separator: "\n").first ?? "unknown error")
        }
    }

    private func finish(_ upid: String, _ status: String, _ log: ProxmoxTaskLog) async {
        let now = Int(context.time.now().timeIntervalSince1970)
        let lines = log.lines
        do {
            try await database.write { database in
                try database.execute(
                    sql: "UPDATE proxmox_task SET ended = ?, status = ? WHERE upid = ?",
                    arguments: [now, status, upid])
                for (number, line) in lines.enumerated() {
                    try database.execute(
                        sql: "INSERT INTO proxmox_task_line (upid, number, text) VALUES (?, ?, ?)",
                        arguments: [upid, number + 1, line])
                }
            }
        } catch { context.terminal.say("the end of task \(upid) could not be written: \(error)") }
        work[upid] = nil
        logs[upid] = nil
    }

    /// A task by its id; nil when there is none.
    func find(_ upid: String) async throws -> ProxmoxTask? {
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM proxmox_task WHERE upid = ?", arguments: [upid])
                .flatMap(ProxmoxTasks.task)
        }
    }

    /// The same, but an end that comes soon is waited for.
    func settled(_ upid: String) async throws -> ProxmoxTask? {
        let start = context.time.elapsed()
        while work[upid] != nil, context.time.elapsed() - start < ProxmoxTasks.held {
            try await context.time.sleep(for: .milliseconds(10))
        }
        return try await find(upid)
    }

    /// Tasks, the newest first.
    func list(limit: Int = 1000) async throws -> [ProxmoxTask] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM proxmox_task ORDER BY start DESC, rowid DESC LIMIT ?", arguments: [limit]
            ).compactMap(ProxmoxTasks.task)
        }
    }

    /// The lines of a task.
    func lines(_ upid: String) async throws -> [String] {
        if let log = logs[upid] { return log.lines }
        return try await database.read { database in
            try String.fetchAll(
                database, sql: "SELECT text FROM proxmox_task_line WHERE upid = ? ORDER BY number", arguments: [upid])
        }
    }

    /// How many are at work.
    var active: Int { work.count }

    /// Waits for what is at work, for a while.
    func drain(_ limit: Duration) async {
        let start = context.time.elapsed()
        while !work.isEmpty, context.time.elapsed() - start < limit {
            try? await context.time.sleep(for: .milliseconds(20))
        }
    }

    private static func task(_ row: Row) -> ProxmoxTask? {
        guard let id = ProxmoxTaskID.parse(row["upid"]) else { return nil }
        return ProxmoxTask(id: id, ended: row["ended"], status: row["status"])
    }
}
