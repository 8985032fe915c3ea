import Core
import Foundation

/// A task of the server: what it is, and where it stands.
struct ServerTask: Sendable, Hashable {
    /// The number in its id.
    var number: Int
    var space: String
    /// The kind of work: Deploy or Health.
    var name: String
    var description: String
    var arguments: JSONValue
    /// Tasks of the same tag run one after the other; nil runs beside all others.
    var tag: String?
    var project: String?
    var environment: String?
    var queued: Date
    /// It does not start before.
    var due: Date?
    /// Still queued then, it is given up.
    var expires: Date?
    var updated: Date
    var state: TaskState

    /// Its id in the API.
    var id: String { "ServerTasks-\(number)" }
    /// The number in a task id; nil for anything else.
    static func number(of id: String) -> Int? {
        let parts = id.split(separator: "-")
        return parts.count == 2 && parts[0].lowercased() == "servertasks" ? Int(parts[1]) : nil
    }
}

/// Where a task stands, with what is known only there.
enum TaskState: Sendable, Hashable {
    /// Waits for its turn.
    case queued
    /// Runs; `begun` once a worker took it, before that a restart may start it again.
    case executing(since: Date, begun: Bool)
    /// Asked to stop while running.
    case cancelling(since: Date)
    /// Over.
    case done(TaskOutcome, started: Date?, at: Date)
}

/// How a task ended.
enum TaskOutcome: Sendable, Hashable {
    case success(warnings: Bool)
    case failed(String)
    case canceled(String)
    case timedOut(String)
}

/// A change that the present state does not allow.
struct TaskStateFault: Error, Equatable, CustomStringConvertible {
    let description: String
}

extension TaskState {
    /// Its turn has come.
    mutating func start(at now: Date) throws {
        switch self {
        case .queued: self = .executing(since: now, begun: false)
        case .executing, .cancelling, .done: throw fault("start")
        }
    }

    /// A worker takes it.
    mutating func begin() throws {
        switch self {
        case .executing(let since, begun: false): self = .executing(since: since, begun: true)
        case .queued, .executing, .cancelling, .done: throw fault("begin")
        }
    }

    /// Someone wants it to stop: a queued one is over at once, a running one stops first.
    mutating func cancel(at now: Date, by who: String) throws {
        switch self {
        case .queued: self = .done(.canceled("The task was canceled by \(who)."), started: nil, at: now)
        case .executing(let since, begun: false):
            self = .done(.canceled("The task was canceled by \(who)."), started: since, at: now)
        case .executing(let since, begun: true): self = .cancelling(since: since)
        case .cancelling: break
        case .done: throw fault("cancel")
        }
    }

    /// The work has ended.
    ///
    /// Work that was asked to stop ends as canceled, whatever it says itself.
    mutating func finish(_ outcome: TaskOutcome, at now: Date) throws {
        switch self {
        case .executing(let since, _): self = .done(outcome, started: since, at: now)
        case .cancelling(let since):
            if case .canceled = outcome {
                self = .done(outcome, started: since, at: now)
            } else {
                self = .done(.canceled("The task was canceled."), started: since, at: now)
            }
        case .queued:
            self = .done(outcome, started: nil, at: now)
        case .done: throw fault("finish")
        }
    }

    /// The process that ran it is gone: what had begun failed, what had not waits again.
    mutating func interrupt(at now: Date) {
        switch self {
        case .queued, .done: break
        case .executing(_, begun: false): self = .queued
        case .executing(let since, begun: true): self = .done(.failed(TaskState.interrupted), started: since, at: now)
        case .cancelling(let since): self = .done(.canceled("The task was canceled."), started: since, at: now)
        }
    }

    /// What an interrupted task says.
    static let interrupted = """
        The lab was stopped while this task was running, so the task was given up. Scripts that it had started on \
        targets were ended. Run the deployment again.
        """

    private func fault(_ action: String) -> TaskStateFault {
        TaskStateFault(description: "can't \(action) a task that is \(word)")
    }
}

extension TaskState {
    /// The word for the state in the API.
    var word: String {
        switch self {
        case .queued: "Queued"
        case .executing: "Executing"
        case .cancelling: "Cancelling"
        case .done(.success, _, _): "Success"
        case .done(.failed, _, _): "Failed"
        case .done(.canceled, _, _): "Canceled"
        case .done(.timedOut, _, _): "TimedOut"
        }
    }

    /// It is over.
    var isOver: Bool { if case .done = self { true } else { false } }

    /// When it started; nil while it has not.
    var started: Date? {
        switch self {
        case .queued: nil
        case .executing(let since, _), .cancelling(let since): since
        case .done(_, let started, _): started
        }
    }

    /// When it was over; nil while it is not.
    var ended: Date? { if case .done(_, _, let at) = self { at } else { nil } }

    /// What went wrong; empty where nothing did.
    var message: String {
        switch self {
        case .done(.failed(let text), _, _), .done(.canceled(let text), _, _), .done(.timedOut(let text), _, _): text
        case .done(.success, _, _), .queued, .executing, .cancelling: ""
        }
    }
}
