import Core
import Foundation
import GRDB
import Synchronization

/// Starts tasks when their turn has come, follows them, and ends them when asked.
///
/// At most five run at once, and one of each concurrency tag; the database says where each stands, so a restart goes
/// on from there.
actor TaskQueue {
    /// How many tasks run at once.
    static let cap = 5
    /// How long a task may take at all.
    static let longest = Duration.seconds(4 * 3600)

    private let database: LabDatabase
    private let context: Core.Context
    /// Does the work of a task; throws `CancellationError` when it was asked to stop.
    private let work: @Sendable (ServerTask, TaskLog) async throws -> TaskOutcome
    private var running: [Int: Task<Void, Never>] = [:]
    private var isOpen = false
    private let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(
        database: LabDatabase, context: Core.Context,
        work: @escaping @Sendable (ServerTask, TaskLog) async throws -> TaskOutcome
    ) {
        self.database = database
        self.context = context
        self.work = work
    }

    // MARK: Changes of the caller's transaction

    /// Adds a task: it starts at once, or waits and says for whom.
    static func add(_ db: Database, _ task: ServerTask, now: Date) throws -> ServerTask {
        var task = task
        let open = try ServerTask.open(db)
        task.state = .queued
        let before = blockers(task, open)
        let isDue = task.due.map { $0 <= now } ?? true
        if isDue, before.isEmpty, try !isFull(open) { try task.state.start(at: now) }
        try task.insert(db)
        if case .queued = task.state { try say(db, task, before, now) }
        return task
    }

    /// The open tasks that come before a task: those of its tag with a smaller number.
    static func blockers(_ task: ServerTask, _ open: [ServerTask]) -> [ServerTask] {
        guard let tag = task.tag else { return [] }
        return open.filter { $0.tag == tag && (task.number == 0 || $0.number < task.number) }
    }

    private static func isFull(_ open: [ServerTask]) throws -> Bool {
        open.filter { if case .queued = $0.state { false } else { true } }.count >= cap
    }

    /// Writes into the log of a waiting task for whom it waits.
    private static func say(_ db: Database, _ task: ServerTask, _ before: [ServerTask], _ now: Date) throws {
        let root = "INSERT INTO octopus_log_node (task, node, name, status) VALUES (?, 0, ?, 'Pending')"
        try db.execute(sql: root, arguments: [task.number, task.description])
        let reason =
            before.isEmpty
            ? "Waiting for its turn: \(cap) tasks run at once at most."
            : "Waiting behind " + before.map { "\($0.id) (\($0.description))" }.joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO octopus_log_line (task, number, node, occurred, category, text)
                VALUES (?, 1, 0, ?, ?, ?)
                """, arguments: [task.number, now.iso8601, LogCategory.wait.rawValue, reason])
    }

    // MARK: Running

    /// Puts in order what an earlier process left: begun tasks failed, others wait again.
    static func recover(_ db: Database, now: Date) throws {
        for var task in try ServerTask.open(db) {
            let before = task.state
            task.state.interrupt(at: now)
            guard task.state != before else { continue }
            task.updated = now
            try task.update(db)
            guard task.state.isOver else { continue }
            try db.execute(
                sql: """
                    UPDATE octopus_log_node SET ended = ?,
                        status = CASE status WHEN 'Pending' THEN 'Skipped' ELSE 'Failed' END
                    WHERE task = ? AND status IN ('Running', 'Pending')
                    """, arguments: [now.iso8601, task.number])
            try db.execute(
                sql: """
                    INSERT INTO octopus_log_line (task, number, node, occurred, category, text)
                    SELECT ?, coalesce(max(number), 0) + 1,
                        (SELECT coalesce(min(node), 0) FROM octopus_log_node WHERE task = ? AND parent IS NULL), ?, ?, ?
                    FROM octopus_log_line WHERE task = ?
                    """,
                arguments: [
                    task.number, task.number, now.iso8601, LogCategory.fatal.rawValue, task.state.message, task.number,
                ])
            try TaskEvents.ended(db, task, now)
        }
    }

    /// Serves the queue until the task is cancelled; then running work is ended and stays as it is in the database.
    func run() async {
        isOpen = true
        let clock = Task { [context, wake] in
            while !Task.isCancelled {
                try await context.time.sleep(for: .milliseconds(250))
                wake.yield()
            }
        }
        wake.yield()
        for await _ in wakes {
            if Task.isCancelled { break }
            do { try await look() } catch {
                context.terminal.say("octopus: the task queue: \(error)")
            }
        }
        clock.cancel()
        isOpen = false
        let left = running.values
        for task in left { task.cancel() }
        for task in left { await task.value }
    }

    /// Something changed: looks at once.
    nonisolated func nudge() { wake.yield() }

    /// Asks a running task to stop.
    func stop(_ number: Int) { running[number]?.cancel() }

    private func look() async throws {
        let now = context.time.now()
        let mine = Set(running.keys)
        guard try await database.read({ try !ServerTask.open($0).allSatisfy { mine.contains($0.number) } }) else {
            return
        }
        let begun = try await database.write { db -> [(ServerTask, Int)] in
            try TaskQueue.takeNext(db, now, running: mine).map { task in
                let sql = "SELECT coalesce(max(number), 0) FROM octopus_log_line WHERE task = ?"
                return (task, try Int.fetchOne(db, sql: sql, arguments: [task.number]) ?? 0)
            }
        }
        for (task, lines) in begun { start(task, lines) }
    }

    /// The tasks that start now, marked as begun.
    private static func takeNext(_ db: Database, _ now: Date, running: Set<Int>) throws -> [ServerTask] {
        var open = try ServerTask.open(db)
        var begun: [ServerTask] = []
        for place in open.indices {
            var task = open[place]
            if case .queued = task.state, let expires = task.expires, expires <= now {
                try task.state.finish(.timedOut("The task expired before its turn came."), at: now)
            } else if case .queued = task.state {
                let isDue = task.due.map { $0 <= now } ?? true
                let others = Array(open[..<place])
                guard isDue, blockers(task, others).filter({ !$0.state.isOver }).isEmpty,
                    try !isFull(open.filter { !$0.state.isOver })
                else { continue }
                try task.state.start(at: now)
            }
            if case .executing(_, begun: false) = task.state {
                try task.state.begin()
                begun.append(task)
                try TaskEvents.started(db, task, now)
            }
            guard task != open[place] else { continue }
            task.updated = now
            try task.update(db)
            open[place] = task
        }
        return begun
    }

    private func start(_ task: ServerTask, _ lines: Int) {
        let log = TaskLog(task: task.number, lines: lines, time: context.time)
        running[task.number] = Task { await self.follow(task, log) }
    }

    private func follow(_ task: ServerTask, _ log: TaskLog) async {
        let (database, context, work) = (database, context, work)
        let flush = Task {
            while !Task.isCancelled {
                try await context.time.sleep(for: .milliseconds(100))
                if !log.isStored { try await database.write { try log.store($0) } }
            }
        }
        let outcome: TaskOutcome?
        do {
            // Asked to stop between its begin in the database and here, when there was nothing to stop yet.
            let state = try await database.read { try ServerTask.find($0, task.number)?.state }
            if case .cancelling? = state { throw CancellationError() }
            outcome = try await Wait.deadline("The task", TaskQueue.longest, context: context) {
                try await work(task, log)
            }
        } catch is CancellationError {
            outcome = isOpen ? .canceled("The task was canceled.") : nil
        } catch let failure as Failure where failure.exit == .deadline {
            outcome = .timedOut(failure.what)
        } catch {
            outcome = .failed((error as? Failure)?.oneLine ?? "\(error)")
        }
        flush.cancel()
        _ = await flush.result
        if let outcome { await finish(task.number, outcome, log) }
        running[task.number] = nil
        nudge()
    }

    private func finish(_ number: Int, _ outcome: TaskOutcome, _ log: TaskLog) async {
        switch outcome {
        case .success: log.close(.success)
        case .failed, .timedOut: log.close(.failed)
        case .canceled: log.close(.canceled)
        }
        let (now, database) = (context.time.now(), database)
        // This runs in the task that was cancelled, where the write would be cancelled too.
        let store = Task.detached {
            try await database.write { db in
                try log.store(db)
                guard var task = try ServerTask.find(db, number) else { return }
                try task.state.finish(outcome, at: now)
                task.updated = now
                try task.update(db)
                try TaskEvents.ended(db, task, now)
            }
        }
        do { try await store.value } catch {
            context.terminal.say("octopus: ServerTasks-\(number) could not be ended: \(error)")
        }
    }
}

/// Events about tasks.
enum TaskEvents {
    /// A task began.
    static func started(_ db: Database, _ task: ServerTask, _ now: Date) throws {
        guard task.name == "Deploy" else { return }
        try add(db, task, now, "DeploymentStarted", "\(task.description): started")
    }

    /// A task is over.
    static func ended(_ db: Database, _ task: ServerTask, _ now: Date) throws {
        guard case .done(let outcome, _, _) = task.state else { return }
        let isDeploy = task.name == "Deploy"
        switch outcome {
        case .success:
            if isDeploy { try add(db, task, now, "DeploymentSucceeded", "\(task.description): succeeded") }
        case .failed(let message), .timedOut(let message):
            let category = isDeploy ? "DeploymentFailed" : "TaskFailed"
            try add(db, task, now, category, "\(task.description): failed: \(message)")
        case .canceled: try add(db, task, now, "TaskCanceled", "\(task.description): canceled")
        }
    }

    private static func add(
        _ db: Database, _ task: ServerTask, _ now: Date, _ category: String, _ message: String
    ) throws {
        let related = [task.id, task.project, task.environment, task.arguments["DeploymentId"]?.string]
        try EventLog.add(
            db, space: task.space, at: now, user: "system", category, message, related.compactMap { $0 })
    }
}
