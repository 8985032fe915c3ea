import Core
import Foundation

/// A line of a task's log as people read it.
public struct TaskLogLine: Sendable, Hashable {
    /// What the line is.
    public enum Kind: Sendable, Hashable {
        /// A node of the tree begins, or its lines go on after another's.
        case node(name: String)
        /// A line that was logged.
        case message(LogCategory, String)
        /// A node ended.
        case end(name: String, ActivityStatus, Duration?)
        /// Something that the client has to say, such as whom the task waits for.
        case note(String)
    }
    /// How deep in the tree, from 0.
    public let depth: Int
    /// What the line is.
    public let kind: Kind

    /// The line with two spaces a level.
    public var text: String {
        let lead = String(repeating: "  ", count: depth)
        switch kind {
        case .node(let name): return lead + name
        case .note(let text): return lead + text
        case .message(let category, let text):
            let mark = category.isTrouble ? "\(category.name.lowercased()): " : ""
            return lead + mark + text.replacing("\n", with: "\n" + lead)
        case .end(let name, let status, let time):
            let took = time.map { " (\($0.short))" } ?? ""
            return "\(lead)\(TaskLogLine.word(status)): \(name)\(took)"
        }
    }

    private static func word(_ status: ActivityStatus) -> String {
        switch status {
        case .success: "done"
        case .successWithWarning: "done with warnings"
        case .failed: "failed"
        case .canceled: "cancelled"
        case .skipped: "skipped"
        default: status.name.lowercased()
        }
    }
}

/// Turns snapshots of a task's log into the lines that are new since the last one.
public struct TaskLog: Sendable {
    /// Lines for those who look for a fault are shown too.
    public let isVerbose: Bool
    private var shown: [String: Int] = [:]
    private var begun: Set<String> = []
    private var ended: Set<String> = []
    /// The node whose lines came last; another one is named again before its lines.
    private var current = ""

    /// A log that nothing was shown of.
    public init(isVerbose: Bool = false) { self.isVerbose = isVerbose }

    /// The lines that are new, in the order of the tree.
    public mutating func news(in details: TaskDetails) -> [TaskLogLine] {
        var lines: [TaskLogLine] = []
        for root in details.activityLogs { add(root, depth: 0, to: &lines) }
        return lines
    }

    private mutating func add(_ node: ActivityLog, depth: Int, to lines: inout [TaskLogLine]) {
        let fresh = node.logElements.dropFirst(shown[node.id] ?? 0)
        shown[node.id] = node.logElements.count
        let visible = fresh.filter { isVerbose || !["Verbose", "Trace", "Finished"].contains($0.category.name) }
        let starts = node.status != .pending && !begun.contains(node.id)
        if starts || !visible.isEmpty && current != node.id {
            begun.insert(node.id)
            current = node.id
            lines.append(TaskLogLine(depth: depth, kind: .node(name: node.name)))
        }
        for element in visible {
            lines.append(TaskLogLine(depth: depth + 1, kind: .message(element.category, element.messageText)))
            if isVerbose, let detail = element.detail, !detail.isEmpty {
                lines.append(TaskLogLine(depth: depth + 2, kind: .message(.verbose, detail)))
            }
        }
        for child in node.children { add(child, depth: depth + 1, to: &lines) }
        if node.status.isFinal, !ended.contains(node.id) {
            ended.insert(node.id)
            lines.append(TaskLogLine(depth: depth, kind: .end(name: node.name, node.status, node.time)))
            current = ""
        }
    }
}

extension ActivityLog {
    /// How long the node took; nil before it ended.
    public var time: Duration? {
        guard let start = started.flatMap({ Date(octopus: $0) }), let end = ended.flatMap({ Date(octopus: $0) }) else {
            return nil
        }
        return .milliseconds(Int64((end.timeIntervalSince(start) * 1000).rounded()))
    }
}

extension Date {
    /// Reads a date of Octopus: ISO 8601 with an offset and any number of digits of fraction.
    public init?(octopus text: String) {
        if let date = NetDate(text) {
            self = Date(timeIntervalSince1970: Double(date.utc.ticks - 719_162 * NetDate.ticksPerDay) / 10_000_000)
        } else {
            return nil
        }
    }
}
