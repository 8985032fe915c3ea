import Core
import Foundation
import GRDB

/// The phase column: one word for each state, with the bits of data that are not columns of their own.
private enum Phase: String {
    case queued, starting, executing, cancelling, success, warned, failed, canceled, timedOut
}

extension TaskState {
    fileprivate var phase: Phase {
        switch self {
        case .queued: .queued
        case .executing(_, begun: false): .starting
        case .executing(_, begun: true): .executing
        case .cancelling: .cancelling
        case .done(.success(let warnings), _, _): warnings ? .warned : .success
        case .done(.failed, _, _): .failed
        case .done(.canceled, _, _): .canceled
        case .done(.timedOut, _, _): .timedOut
        }
    }

    fileprivate init(_ phase: Phase, started: Date?, ended: Date?, message: String) {
        let since = started ?? .distantPast
        let at = ended ?? .distantPast
        self =
            switch phase {
            case .queued: .queued
            case .starting: .executing(since: since, begun: false)
            case .executing: .executing(since: since, begun: true)
            case .cancelling: .cancelling(since: since)
            case .success: .done(.success(warnings: false), started: started, at: at)
            case .warned: .done(.success(warnings: true), started: started, at: at)
            case .failed: .done(.failed(message), started: started, at: at)
            case .canceled: .done(.canceled(message), started: started, at: at)
            case .timedOut: .done(.timedOut(message), started: started, at: at)
            }
    }
}

extension ServerTask {
    init(row: Row) throws {
        let word: String = row["phase"]
        let arguments: String = row["arguments"]
        guard let phase = Phase(rawValue: word) else {
            throw Failure(.missing, "the lab's database holds a task in an unknown phase: \(word)")
        }
        func date(_ column: String) -> Date? { (row[column] as String?).flatMap { Date(iso8601: $0) } }
        self.init(
            number: row["number"], space: row["space"], name: row["name"], description: row["description"],
            arguments: try JSONValue.parse(arguments), tag: row["tag"], project: row["project"],
            environment: row["environment"], queued: date("queued") ?? .distantPast, due: date("due"),
            expires: date("expires"), updated: date("updated") ?? .distantPast,
            state: TaskState(phase, started: date("started"), ended: date("ended"), message: row["message"]))
    }

    /// Adds the task; its number is given here.
    mutating func insert(_ db: Database) throws {
        number = try Counter.next(db, "ServerTasks")
        try db.execute(
            sql: """
                INSERT INTO octopus_task (number, space, name, description, arguments, tag, project, environment,
                    queued, due, expires, updated, phase, started, ended, message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, space, name, description, arguments.text(), tag, project, environment, queued.iso8601,
                due?.iso8601, expires?.iso8601, updated.iso8601, state.phase.rawValue, state.started?.iso8601,
                state.ended?.iso8601, state.message,
            ])
    }

    /// Stores where the task stands.
    func update(_ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE octopus_task SET updated = ?, phase = ?, started = ?, ended = ?, message = ? WHERE number = ?
                """,
            arguments: [
                updated.iso8601, state.phase.rawValue, state.started?.iso8601, state.ended?.iso8601, state.message,
                number,
            ])
    }

    /// The task of a number.
    static func find(_ db: Database, _ number: Int) throws -> ServerTask? {
        try Row.fetchOne(db, sql: "SELECT * FROM octopus_task WHERE number = ?", arguments: [number])
            .map(ServerTask.init(row:))
    }

    /// Tasks that a condition selects, in the order of their numbers.
    static func select(
        _ db: Database, where condition: String = "1", _ arguments: StatementArguments = []
    ) throws -> [ServerTask] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM octopus_task WHERE \(condition) ORDER BY number", arguments: arguments
        ).map(ServerTask.init(row:))
    }

    /// Tasks that are not over, in the order of their numbers.
    static func open(_ db: Database) throws -> [ServerTask] {
        try select(db, where: "phase IN ('queued', 'starting', 'executing', 'cancelling')")
    }
}
