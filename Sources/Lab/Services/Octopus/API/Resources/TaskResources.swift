import Core
import Foundation
import GRDB
import Hummingbird

/// Tasks.
enum TaskResources {
    static let routes = [
        OctopusRoute(.get, "tasks") { call in
            try await page(call, path: "/api/tasks") { _, task in selects(call, task) }
        },
        OctopusRoute(.post, "tasks", handle: create),
        OctopusRoute(.get, "tasks/tasktypes") { _ in
            .json(
                .array(["Deploy", "Health"].map { ["Id": .string($0), "Name": .string($0), "Links": .emptyObject] }))
        },
        OctopusRoute(.get, "tasks/{id}") { call in .json(TaskDocument.show(try await find(call), call.now)) },
        OctopusRoute(.get, "tasks/{id}/details", handle: details),
        OctopusRoute(.get, "tasks/{id}/raw", handle: raw),
        OctopusRoute(.post, "tasks/{id}/cancel", handle: cancel),
        OctopusRoute(.get, "tasks/{id}/queued-behind") { call in
            let task = try await find(call)
            return try await page(call, path: "/api/tasks/\(task.id)/queued-behind") { db, other in
                guard case .queued = task.state, !other.state.isOver, other.number != task.number else { return false }
                return other.number < task.number && other.tag == task.tag && task.tag != nil
            }
        },
    ]

    private static func find(_ call: OctopusCall) async throws -> ServerTask {
        let id = call.argument("id")
        guard let number = ServerTask.number(of: id),
            let task = try await call.read({ try ServerTask.find($0, number) })
        else { throw OctopusFault.notFound }
        return task
    }

    private static func selects(_ call: OctopusCall, _ task: ServerTask) -> Bool {
        func isIn(_ name: String, _ value: String?) -> Bool {
            guard let wanted = call.list(name) else { return true }
            return value.map { value in wanted.contains { $0.sameText(value) } } ?? false
        }
        guard isIn("ids", task.id), isIn("project", task.project), isIn("environment", task.environment),
            isIn("name", task.name), isIn("states", task.state.word)
        else { return false }
        if call.flag("active") == true || call.flag("running") == true, task.state.isOver { return false }
        if let part = call.query("partialName")?.lowercased() ?? call.query("description")?.lowercased() {
            return task.description.lowercased().contains(part)
        }
        return true
    }

    /// A page of the tasks that a condition selects, newest first.
    static func page(
        _ call: OctopusCall, path: String, _ keep: @escaping @Sendable (Database, ServerTask) throws -> Bool
    ) async throws -> Response {
        let page = try Page(call)
        let now = call.now
        let (items, total, counts) = try await call.read { db -> ([JSONValue], Int, JSONValue) in
            let all = try ServerTask.select(db)
            let chosen = try all.reversed().filter { try keep(db, $0) }
            return (page.slice(chosen).map { TaskDocument.show($0, now) }, chosen.count, TaskDocument.counts(all))
        }
        var envelope = page.envelope(
            items, total: total, itemType: "Task", path: path, template: ["active", "environment", "project", "states"])
        envelope.set("TotalCounts", counts)
        envelope.set("TotalCountsInOtherSpaces", TaskDocument.counts([]))
        return .json(envelope)
    }

    @Sendable private static func create(_ call: OctopusCall) async throws -> Response {
        let given = try await call.body()
        var reader = ShapeReader()
        let body = reader.read(
            [Field("Name", .required), Field("Description", .text(nil)), Field("Arguments", .map)], given)
        guard reader.faults.isEmpty else { throw OctopusFault.invalid(reader.faults) }
        let name = body["Name"]?.string ?? ""
        guard name.sameText("Health") else {
            throw OctopusFault.invalid("The lab runs tasks of the kind Health on request, not '\(name)'.")
        }
        let now = call.now
        let task = try await call.write { db -> ServerTask in
            let arguments = body["Arguments"] ?? .emptyObject
            for id in arguments.member("MachineIds")?.array?.compactMap(\.string) ?? []
            where try Document.find(db, .machine, id, space: call.space) == nil {
                throw OctopusFault.missing(.machine, id)
            }
            let words = body["Description"]?.string ?? ""
            return try TaskQueue.add(
                db,
                ServerTask(
                    number: 0, space: call.space, name: "Health",
                    description: words.isEmpty ? "Check deployment target health" : words, arguments: arguments,
                    environment: arguments.member("EnvironmentId")?.string, queued: now, updated: now, state: .queued),
                now: now)
        }
        call.server.queue.nudge()
        return .json(TaskDocument.show(task, now), status: .created)
    }

    @Sendable private static func cancel(_ call: OctopusCall) async throws -> Response {
        let number = try await find(call).number
        let now = call.now
        let task = try await call.write { db -> ServerTask in
            guard var task = try ServerTask.find(db, number) else { throw OctopusFault.notFound }
            do { try task.state.cancel(at: now, by: OctopusServer.userName) } catch {
                throw OctopusFault.invalid("The task \(task.id) is over: \(task.state.word).")
            }
            task.updated = now
            try task.update(db)
            if task.state.isOver { try TaskEvents.ended(db, task, now) }
            return task
        }
        await call.server.queue.stop(number)
        call.server.queue.nudge()
        return .json(TaskDocument.show(task, now))
    }

    @Sendable private static func details(_ call: OctopusCall) async throws -> Response {
        let task = try await find(call)
        let isVerbose = call.flag("verbose") ?? true
        let tail = call.query("tail").flatMap { Int($0) }
        let (logs, size) = try await call.read { db -> ([JSONValue], Int) in
            let log = try ActivityLog(db, task)
            return (log.tree(isVerbose: isVerbose, tail: tail), log.size)
        }
        let path = "/api/tasks/\(task.id)"
        return .json([
            "Task": TaskDocument.show(task, call.now), "ActivityLogs": .array(logs),
            "PhysicalLogSize": .number(Double(size)),
            "Progress": [
                "ProgressPercentage": .number(task.state.isOver ? 100 : 0), "EstimatedTimeRemaining": .null,
            ],
            "Links": [
                "Self": .string("\(path)/details"), "Task": .string(path), "Raw": .string("\(path)/raw"),
                "Web": .string("/app#/\(task.space)/tasks/\(task.id)"),
            ],
        ])
    }

    @Sendable private static func raw(_ call: OctopusCall) async throws -> Response {
        let task = try await find(call)
        return .text(try await call.read { try ActivityLog($0, task).text(task) })
    }
}

/// A task in the API's form.
enum TaskDocument {
    /// The resource.
    static func show(_ task: ServerTask, _ now: Date) -> JSONValue {
        let path = "/api/tasks/\(task.id)"
        return [
            "Id": .string(task.id), "SpaceId": .string(task.space), "Name": .string(task.name),
            "Description": .string(task.description), "Arguments": task.arguments,
            "State": .string(task.state.word), "Completed": .string(completed(task)),
            "QueueTime": .string(task.queued.octopus), "QueueTimeExpiry": JSONValue(task.expires),
            "StartTime": JSONValue(task.state.started), "LastUpdatedTime": .string(task.updated.octopus),
            "CompletedTime": JSONValue(task.state.ended),
            "ServerNode": JSONValue(task.state.started == nil ? nil : OctopusServer.node),
            "Duration": .string(duration(task, now)), "ErrorMessage": .string(task.state.message),
            "HasBeenPickedUpByProcessor": .bool(task.state.started != nil), "IsCompleted": .bool(task.state.isOver),
            "FinishedSuccessfully": .bool(succeeded(task)), "HasPendingInterruptions": .bool(false),
            "CanRerun": .bool(false),
            "HasWarningsOrErrors": .bool(hasWarnings(task)), "UnmetPreconditions": .null,
            "EstimatedRemainingQueueDurationSeconds": 0, "ProjectId": JSONValue(task.project),
            "Links": [
                "Self": .string(path), "Details": .string("\(path)/details{?verbose,tail}"),
                "Raw": .string("\(path)/raw"), "Cancel": .string("\(path)/cancel"),
                "QueuedBehind": .string("\(path)/queued-behind{?skip,take}"),
                "Interruptions": .string("/api/\(task.space)/interruptions?regarding=\(task.id)"),
                "Web": .string("/app#/\(task.space)/tasks/\(task.id)"),
            ],
        ]
    }

    private static func succeeded(_ task: ServerTask) -> Bool {
        if case .done(.success, _, _) = task.state { true } else { false }
    }

    private static func hasWarnings(_ task: ServerTask) -> Bool {
        switch task.state {
        case .done(.success(let warnings), _, _): warnings
        case .done(.failed, _, _), .done(.timedOut, _, _): true
        case .done(.canceled, _, _), .queued, .executing, .cancelling: false
        }
    }

    private static func completed(_ task: ServerTask) -> String {
        switch task.state {
        case .queued: return "Queued..."
        case .executing: return "Executing..."
        case .cancelling: return "Cancelling..."
        case .done(_, _, let at):
            let style = Date.VerbatimFormatStyle(
                format: """
                    \(weekday: .wide), \(day: .defaultDigits) \(month: .wide) \(year: .defaultDigits) \
                    \(hour: .defaultDigits(clock: .twelveHour, hourCycle: .oneBased)):\(minute: .twoDigits):\
                    \(second: .twoDigits) \(dayPeriod: .standard(.abbreviated))
                    """,
                locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
            return at.formatted(style) + " +00:00"
        }
    }

    /// The duration in words: "32 seconds", "3 minutes".
    static func duration(_ task: ServerTask, _ now: Date) -> String {
        guard let started = task.state.started else { return "" }
        let seconds = Int((task.state.ended ?? now).timeIntervalSince(started).rounded())
        switch seconds {
        case ..<1: return "less than a second"
        case 1: return "1 second"
        case ..<120: return "\(seconds) seconds"
        case ..<7200: return "\(seconds / 60) minutes"
        default: return "\(seconds / 3600) hours"
        }
    }

    /// How many tasks are in each state.
    static func counts(_ tasks: [ServerTask]) -> JSONValue {
        var counts = JSONValue.emptyObject
        for word in ["Canceled", "Cancelling", "Executing", "Failed", "Queued", "Success", "TimedOut"] {
            counts.set(word, .number(Double(tasks.filter { $0.state.word == word }.count)))
        }
        return counts.with([("Interrupted", 0)])
    }
}

/// The log of a task as it is stored.
struct ActivityLog {
    private struct Node {
        var id: Int
        var parent: Int?
        var name: String
        var status: String
        var started: String?
        var ended: String?
        var percentage: Int
        var progress: String?
    }
    private struct Line {
        var number: Int
        var node: Int
        var occurred: String
        var category: String
        var text: String
    }
    private let task: ServerTask
    private var nodes: [Node] = []
    private var lines: [Int: [Line]] = [:]
    /// Characters of all lines.
    private(set) var size = 0

    /// Reads the log of a task; one that has not begun has a root that is pending.
    init(_ db: Database, _ task: ServerTask) throws {
        self.task = task
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM octopus_log_node WHERE task = ? ORDER BY node", arguments: [task.number])
        nodes = rows.map {
            Node(
                id: $0["node"], parent: $0["parent"], name: $0["name"], status: $0["status"], started: $0["started"],
                ended: $0["ended"], percentage: $0["percentage"], progress: $0["progress"])
        }
        if !nodes.contains(where: { $0.id == 0 }) {
            let status = task.state.isOver ? "Canceled" : "Pending"
            nodes.insert(
                Node(id: 0, parent: nil, name: task.description, status: status, percentage: 0), at: 0)
        }
        let sql = "SELECT * FROM octopus_log_line WHERE task = ? ORDER BY number"
        for row in try Row.fetchAll(db, sql: sql, arguments: [task.number]) {
            let line = Line(
                number: row["number"], node: row["node"], occurred: row["occurred"], category: row["category"],
                text: row["text"])
            size += line.text.utf8.count
            lines[line.node, default: []].append(line)
        }
    }

    /// The tree in the API's form.
    ///
    /// - Parameter tail: only the last so many lines of each node.
    func tree(isVerbose: Bool, tail: Int?) -> [JSONValue] {
        nodes.filter { $0.parent == nil }.map { show($0, "\(task.id)_LOG", isVerbose, tail) }
    }

    private func show(_ node: Node, _ prefix: String, _ isVerbose: Bool, _ tail: Int?) -> JSONValue {
        let id = "\(prefix)/\(node.id)"
        var own = lines[node.id] ?? []
        if !isVerbose { own.removeAll { ["Verbose", "Trace"].contains($0.category) } }
        if let tail { own = Array(own.suffix(max(0, tail))) }
        let elements = own.map { line -> JSONValue in
            [
                "OccurredAt": .string(ActivityLog.offset(line.occurred)), "Category": .string(line.category),
                "MessageText": .string(line.text), "Detail": .null, "Number": .number(Double(line.number)),
            ]
        }
        return [
            "Id": .string(node.parent == nil ? prefix : id), "Name": .string(node.name),
            "Started": JSONValue(node.started.map(ActivityLog.offset)),
            "Ended": JSONValue(node.ended.map(ActivityLog.offset)), "Status": .string(node.status),
            "ProgressPercentage": .number(Double(node.percentage)), "ProgressMessage": JSONValue(node.progress),
            "ShowAtSummaryLevel": .bool(true),
            "Children": .array(
                nodes.filter { $0.parent == node.id }.map {
                    show($0, node.parent == nil ? prefix : id, isVerbose, tail)
                }),
            "LogElements": .array(elements),
        ]
    }

    private static func offset(_ text: String) -> String {
        text.hasSuffix("Z") ? String(text.dropLast()) + "+00:00" : text
    }

    /// The whole log as text.
    func text(_ task: ServerTask) -> String {
        var out = "Task ID:        \(task.id)\nTask status:    \(task.state.word)\n"
        out += "Task queued:    \(task.queued.octopus)\n"
        if let started = task.state.started { out += "Task started:   \(started.octopus)\n" }
        out += "Server version: \(OctopusServer.version)\n\n"
        for node in nodes where node.parent == nil { write(node, depth: 0, into: &out) }
        return out
    }

    private func write(_ node: Node, depth: Int, into out: inout String) {
        let indent = String(repeating: "  ", count: depth)
        out += "                    | \(indent)== \(node.status): \(node.name) ==\n"
        for line in lines[node.id] ?? [] {
            let time = line.occurred.dropFirst(11).prefix(8)
            out += "\(time)   \(line.category.padding(to: 9))| \(indent)  \(line.text)\n"
        }
        for child in nodes where child.parent == node.id { write(child, depth: depth + 1, into: &out) }
    }
}
