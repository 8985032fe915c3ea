import Core

/// A line of a log.
public struct ActivityLogElement: WireModel {
    /// How serious it is.
    public var category: LogCategory = .info
    /// The line.
    public var messageText: String = ""
    /// More of it.
    public var detail: String?
    /// When, ISO 8601.
    public var occurredAt: String?
    /// Its place in the task's log.
    public var number: Int?

    /// The fields in the order they are written.
    public static let fields: [WireField<ActivityLogElement>] = [
        .init("Category", \.category), .init("MessageText", \.messageText), .init("Detail", \.detail, .omit),
        .init("OccurredAt", \.occurredAt), .init("Number", \.number, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A node of a task's log: the task, a step, a target.
public struct ActivityLog: NamedResource {
    /// Such as `ServerTasks-1_ABC/DEF`.
    public var id: String = ""
    /// For people.
    public var name: String = ""
    /// When, ISO 8601.
    public var started: String?
    /// When, ISO 8601.
    public var ended: String?
    /// How far it is.
    public var status: ActivityStatus = .pending
    /// Shown in the summary.
    public var showAtSummaryLevel: Bool = true
    /// 0 to 100.
    public var progressPercentage: Int?
    /// What is going on.
    public var progressMessage: String?
    /// In order.
    public var children: [ActivityLog] = []
    /// Its own lines.
    public var logElements: [ActivityLogElement] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<ActivityLog>] = [
        .init("Id", \.id), .init("Name", \.name), .init("Started", \.started), .init("Ended", \.ended),
        .init("Status", \.status), .init("ShowAtSummaryLevel", \.showAtSummaryLevel),
        .init("ProgressPercentage", \.progressPercentage, .omit), .init("ProgressMessage", \.progressMessage, .omit),
        .init("Children", \.children), .init("LogElements", \.logElements),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// How far a task is.
public struct TaskProgress: WireModel {
    /// 0 to 100.
    public var progressPercentage: Int = 0
    /// In words.
    public var estimatedTimeRemaining: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<TaskProgress>] = [
        .init("ProgressPercentage", \.progressPercentage), .init("EstimatedTimeRemaining", \.estimatedTimeRemaining),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The answer of `GET tasks/{id}/details`: a task with its log.
public struct TaskDetails: WireModel {
    /// The task.
    public var task: ServerTask = ServerTask()
    /// The roots of its log.
    public var activityLogs: [ActivityLog] = []
    /// Size in bytes.
    public var physicalLogSize: Int = 0
    /// How far it is.
    public var progress: TaskProgress = TaskProgress()
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<TaskDetails>] = [
        .init("Task", \.task), .init("ActivityLogs", \.activityLogs), .init("PhysicalLogSize", \.physicalLogSize),
        .init("Progress", \.progress), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
