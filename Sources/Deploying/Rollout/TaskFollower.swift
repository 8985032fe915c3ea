import Core
import Octopus

/// What goes on in a deployment, as it happens.
public enum RolloutNews: Sendable, Hashable {
    /// A sentence.
    case said(String)
    /// A piece of work began: its id, its name, and the piece it belongs to.
    case began(id: String, name: String, under: String?)
    /// A line of a piece of work.
    case line(id: String, text: String, isTrouble: Bool)
    /// A piece of work ended.
    case ended(id: String, status: ActivityStatus)
}

/// Follows a task of the server to its end and tells what is new in its log.
public struct TaskFollower: Sendable {
    private let server: any DeployServer
    private let context: Context
    private let tell: @Sendable (RolloutNews) -> Void

    /// A follower.
    public init(
        _ server: any DeployServer, context: Context, tell: @escaping @Sendable (RolloutNews) -> Void
    ) {
        self.server = server
        self.context = context
        self.tell = tell
    }

    /// Waits for the end of a deployment's task.
    ///
    /// - Returns: the task as it ended, with its whole log.
    /// - Throws: a failure with exit `deadline`; the task then goes on.
    public func follow(_ deployment: DeploymentFacts, within limit: Duration) async throws -> TaskDetails {
        var seen = TaskNews()
        var said: [String] = []
        var asked: Duration?
        let start = context.time.elapsed()
        while true {
            let details = try await read(deployment.taskId)
            for news in seen.update(details.activityLogs) { tell(news) }
            if details.task.state.isFinal { return details }
            let now = context.time.elapsed()
            if details.task.state == .queued, asked.map({ now - $0 >= .seconds(1) }) ?? true {
                asked = now
                let ahead = (try? await server.ahead(of: deployment.taskId)) ?? []
                if ahead != said, !ahead.isEmpty {
                    tell(.said("\(deployment.id) waits in the queue behind \(ahead.joined(separator: ", "))"))
                }
                said = ahead
            }
            guard now - start < limit else {
                throw Failure(
                    .deadline, "\(deployment.id) did not end within \(limit.short)",
                    why: "its task \(deployment.taskId) is \(details.task.state.name) and goes on",
                    next: ["nante octopus deployment wait \(deployment.id)"])
            }
            try await context.time.sleep(for: .milliseconds(200))
        }
    }

    /// The server may be restarted while it deploys: reading is repeated for half a minute.
    private func read(_ task: String) async throws -> TaskDetails {
        let policy = Retry(attempts: 12, pause: .milliseconds(250), longest: .seconds(4))
        return try await policy(
            context: context,
            mayRepeat: { error in
                if let fault = error as? HTTPFault { return fault.kind != .badRequest }
                return (error as? Failure)?.exit == .missing
            },
            call: { try await server.task(task) })
    }
}

/// What was already told of a task's log.
struct TaskNews {
    private var lines: [String: Int] = [:]
    private var open: Set<String> = []
    private var closed: Set<String> = []

    /// What is new in a log, in the order of its tree.
    mutating func update(_ roots: [ActivityLog]) -> [RolloutNews] {
        var news: [RolloutNews] = []
        for root in roots { visit(root, under: nil, &news) }
        return news
    }

    private mutating func visit(_ node: ActivityLog, under parent: String?, _ news: inout [RolloutNews]) {
        guard node.status != .pending, !closed.contains(node.id) else { return }
        if open.insert(node.id).inserted { news.append(.began(id: node.id, name: node.name, under: parent)) }
        let told = lines[node.id] ?? 0
        for element in node.logElements.dropFirst(told) {
            news.append(.line(id: node.id, text: element.messageText, isTrouble: element.category.isTrouble))
        }
        lines[node.id] = max(told, node.logElements.count)
        for child in node.children { visit(child, under: node.id, &news) }
        if node.status.isFinal {
            closed.insert(node.id)
            news.append(.ended(id: node.id, status: node.status))
        }
    }
}
