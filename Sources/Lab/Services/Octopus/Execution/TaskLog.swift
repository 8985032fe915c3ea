import Core
import Foundation
import GRDB
import Synchronization

/// How a part of a task stands; the words of the API.
enum LogStatus: String, Sendable {
    case pending = "Pending"
    case running = "Running"
    case success = "Success"
    case warned = "SuccessWithWarning"
    case failed = "Failed"
    case skipped = "Skipped"
    case canceled = "Canceled"
}

/// The activity log of a task while it runs: a tree of parts with lines.
///
/// Writing never waits: changes gather in memory and are stored together, a tenth of a second later at most, so that
/// a script that prints much is not slowed by the disk. The task's end stores the rest in its own transaction.
final class TaskLog: Sendable {
    private enum Change: Sendable {
        case node(id: Int, parent: Int?, name: String, status: LogStatus, at: String)
        case status(id: Int, LogStatus, started: String?, ended: String?)
        case progress(id: Int, Int, String?)
        case line(number: Int, node: Int, at: String, LogCategory, String)
    }
    private struct State {
        var changes: [Change] = []
        /// The number of the last node; the root is 0, which a waiting task has already.
        var nodes = -1
        var lines: Int
        var statuses: [Int: LogStatus] = [:]
        var parents: [Int: Int] = [:]
        var hasWarnings = false
    }

    /// The number of the task.
    let task: Int
    private let mask: SecretMask
    private let time: any TimeSource
    private let state: Mutex<State>

    /// A log without nodes.
    ///
    /// - Parameter lines: the number of the last line that is stored already.
    init(task: Int, lines: Int = 0, time: any TimeSource) {
        self.task = task
        self.time = time
        mask = SecretMask()
        state = Mutex(State(lines: lines))
    }

    /// A line of a warning or an error was written.
    var hasWarnings: Bool { state.withLock { $0.hasWarnings } }

    /// Hides a value in all lines from now on.
    func hide(_ value: String) { mask.add(value) }

    /// Adds a part.
    func node(_ name: String, in parent: Int? = nil, status: LogStatus = .running) -> LogNode {
        let at = time.now().iso8601
        let text = mask.apply(name)
        let id = state.withLock { state in
            state.nodes += 1
            state.statuses[state.nodes] = status
            state.parents[state.nodes] = parent
            state.changes.append(.node(id: state.nodes, parent: parent, name: text, status: status, at: at))
            return state.nodes
        }
        return LogNode(log: self, id: id)
    }

    fileprivate func status(_ id: Int, _ status: LogStatus) {
        let at = time.now().iso8601
        state.withLock { state in
            state.statuses[id] = status
            let isOver = ![.pending, .running].contains(status)
            let started: String? = status == .running ? at : nil
            state.changes.append(.status(id: id, status, started: started, ended: isOver ? at : nil))
        }
    }

    fileprivate func progress(_ id: Int, _ percentage: Int, _ message: String?) {
        let text = message.map(mask.apply)
        state.withLock { $0.changes.append(.progress(id: id, min(100, max(0, percentage)), text)) }
    }

    fileprivate func write(_ id: Int, _ category: LogCategory, _ text: String) {
        let at = time.now().iso8601
        let masked = mask.apply(text)
        state.withLock { state in
            state.lines += 1
            if [.warning, .error, .fatal].contains(category) { state.hasWarnings = true }
            state.changes.append(.line(number: state.lines, node: id, at: at, category, masked))
        }
    }

    /// A part or one below it has a status.
    func any(below id: Int, _ wanted: LogStatus) -> Bool {
        state.withLock { state in
            state.statuses.contains { node, status in
                guard status == wanted else { return false }
                var next: Int? = node
                while let at = next {
                    if at == id { return true }
                    next = state.parents[at]
                }
                return false
            }
        }
    }

    /// Ends all parts that are still open.
    func close(_ status: LogStatus) {
        let open = state.withLock { state in
            state.statuses.filter { $0.value == .running || $0.value == .pending }.keys.sorted(by: >)
        }
        for id in open { self.status(id, status) }
    }

    /// Stores what has gathered.
    func store(_ db: Database) throws {
        let changes = state.withLock { state in
            defer { state.changes.removeAll() }
            return state.changes
        }
        for change in changes { try store(db, change) }
    }

    /// Nothing has gathered since the last time.
    var isStored: Bool { state.withLock { $0.changes.isEmpty } }

    private func store(_ db: Database, _ change: Change) throws {
        switch change {
        case .node(let id, let parent, let name, let status, let at):
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO octopus_log_node (task, node, parent, name, status, started)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [task, id, parent, name, status.rawValue, status == .pending ? nil : at])
        case .status(let id, let status, let started, let ended):
            try db.cachedStatement(
                sql: """
                    UPDATE octopus_log_node SET status = ?, started = coalesce(started, ?), ended = ?
                    WHERE task = ? AND node = ?
                    """
            ).execute(arguments: [status.rawValue, started, ended, task, id])
        case .progress(let id, let percentage, let message):
            try db.cachedStatement(
                sql: "UPDATE octopus_log_node SET percentage = ?, progress = ? WHERE task = ? AND node = ?"
            ).execute(arguments: [percentage, message, task, id])
        case .line(let number, let node, let at, let category, let text):
            try db.cachedStatement(
                sql: """
                    INSERT INTO octopus_log_line (task, number, node, occurred, category, text)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [task, number, node, at, category.rawValue, text])
        }
    }
}

/// A part of a task's log.
struct LogNode: Sendable {
    let log: TaskLog
    let id: Int

    /// Adds a part below.
    func child(_ name: String, status: LogStatus = .running) -> LogNode { log.node(name, in: id, status: status) }
    /// Writes a line.
    func write(_ category: LogCategory, _ text: String) { log.write(id, category, text) }
    /// Tells how far it is, in percent.
    func progress(_ percentage: Int, _ message: String?) { log.progress(id, percentage, message) }
    /// Changes its status.
    func status(_ status: LogStatus) { log.status(id, status) }
    /// Hides a value in the whole log.
    func hide(_ value: String) { log.hide(value) }
}
