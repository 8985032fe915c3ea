import Core

/// Follows a task until it ends.
public struct TaskWatch: Sendable {
    private let client: OctopusClient
    private let limit: Duration
    private let isVerbose: Bool

    /// - Parameters:
    ///   - limit: the deadline, from the call on.
    ///   - isVerbose: lines for those who look for a fault are given too.
    public init(_ client: OctopusClient, within limit: Duration, isVerbose: Bool = false) {
        self.client = client
        self.limit = limit
        self.isVerbose = isVerbose
    }

    /// Polls the task and gives its log's new lines.
    ///
    /// - Returns: the task with its log as it ended, well or not.
    /// - Throws: a failure with exit `deadline`; the task itself goes on then.
    public func run(
        _ id: String, onLines: @Sendable ([TaskLogLine]) async -> Void = { _ in }
    ) async throws -> TaskDetails {
        var log = TaskLog(isVerbose: isVerbose)
        var queuedSince: Duration?
        var hasToldQueue = false
        do {
            return try await Wait.until(
                "\(id) to end", within: limit, every: .milliseconds(200), context: client.context
            ) {
                let details = try await client.taskDetails(id)
                let lines = log.news(in: details)
                if !lines.isEmpty { await onLines(lines) }
                if details.task.isCompleted || details.task.state.isFinal { return details }
                if details.task.state == .queued {
                    let now = client.context.time.elapsed()
                    let since = queuedSince ?? now
                    queuedSince = since
                    if !hasToldQueue, now - since >= .seconds(1) {
                        hasToldQueue = true
                        await onLines([try await queueNote(id)])
                    }
                }
                return nil
            }
        } catch let failure as Failure where failure.exit == .deadline {
            var told = failure
            told.details.append(.init("where", "\(client.endpoint.url), space \(client.space.name)"))
            told.details.append(.init("note", "the task goes on"))
            told.next = ["nante octopus task wait \(id)", "nante octopus task cancel \(id)"]
            throw told
        }
    }

    private func queueNote(_ id: String) async throws -> TaskLogLine {
        let ahead = try await client.tasksAhead(of: id)
        let names = ahead.map { task in
            task.description.map { "\(task.id) (\($0))" } ?? task.id
        }
        let text = names.isEmpty ? "\(id) is queued" : "\(id) waits for \(names.joined(separator: ", "))"
        return TaskLogLine(depth: 0, kind: .note(text))
    }
}

extension TaskDetails {
    /// The failure that the task's end stands for; nil when it ended well.
    ///
    /// Exit `failed` for a failed or timed-out task, `interrupted` for a cancelled one.
    public func failure(next: [String] = []) -> Failure? {
        let what = task.description ?? task.name
        switch task.state {
        case .success: return nil
        case .canceled, .cancelling:
            return Failure(.interrupted(signal: 2), "\(task.id) was cancelled", where: what, next: next)
        default:
            let failed = nodes.last { $0.status == .failed && $0.children.allSatisfy { $0.status != .failed } }
            let place = nodes.filter { $0.status == .failed }.map(\.name).joined(separator: " › ")
            let lines = (failed?.logElements ?? []).filter(\.category.isTrouble).suffix(5).map(\.messageText)
            return Failure(
                .failed, "\(task.id) failed: \(what)", where: place.isEmpty ? nil : place,
                why: task.errorMessage.flatMap { $0.isEmpty ? nil : $0 }, evidence: lines, next: next)
        }
    }
}
