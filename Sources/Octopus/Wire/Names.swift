import Core

/// How a target is reached.
public struct CommunicationStyle: WireName {
    /// The name on the wire.
    public let name: String
    /// A style by its name.
    public init(name: String) { self.name = name }
    /// Not at all: a cloud region, whose steps run on workers.
    public static let none = CommunicationStyle(name: "None")
    /// By SSH.
    public static let ssh = CommunicationStyle(name: "Ssh")
    /// A listening tentacle.
    public static let tentaclePassive = CommunicationStyle(name: "TentaclePassive")
    /// A polling tentacle.
    public static let tentacleActive = CommunicationStyle(name: "TentacleActive")
}

/// What the last health check of a target found.
public struct HealthStatus: WireName {
    /// The name on the wire.
    public let name: String
    /// A status by its name.
    public init(name: String) { self.name = name }
    /// Reached, and in order.
    public static let healthy = HealthStatus(name: "Healthy")
    /// Reached, with warnings.
    public static let hasWarnings = HealthStatus(name: "HasWarnings")
    /// Reached, and not in order.
    public static let unhealthy = HealthStatus(name: "Unhealthy")
    /// Not reached.
    public static let unavailable = HealthStatus(name: "Unavailable")
    /// Never checked.
    public static let unknown = HealthStatus(name: "Unknown")
}

/// How serious a line of a log is.
public struct LogCategory: WireName {
    /// The name on the wire.
    public let name: String
    /// A category by its name.
    public init(name: String) { self.name = name }
    /// For those who look for a fault.
    public static let verbose = LogCategory(name: "Verbose")
    /// The usual one.
    public static let info = LogCategory(name: "Info")
    /// Worth a look.
    public static let highlight = LogCategory(name: "Highlight")
    /// The task waits.
    public static let wait = LogCategory(name: "Wait")
    /// Something may be wrong.
    public static let warning = LogCategory(name: "Warning")
    /// Something is wrong.
    public static let error = LogCategory(name: "Error")
    /// The work stopped because of it.
    public static let fatal = LogCategory(name: "Fatal")
    /// The node ended.
    public static let finished = LogCategory(name: "Finished")

    /// Warning, error or worse.
    public var isTrouble: Bool { ["Warning", "Error", "Fatal", "Alert"].contains(name) }
}

/// How far a node of a task's log is.
public struct ActivityStatus: WireName {
    /// The name on the wire.
    public let name: String
    /// A status by its name.
    public init(name: String) { self.name = name }
    /// Not started.
    public static let pending = ActivityStatus(name: "Pending")
    /// Going on.
    public static let running = ActivityStatus(name: "Running")
    /// Ended well.
    public static let success = ActivityStatus(name: "Success")
    /// Ended well, with warnings.
    public static let successWithWarning = ActivityStatus(name: "SuccessWithWarning")
    /// Ended badly.
    public static let failed = ActivityStatus(name: "Failed")
    /// Passed over.
    public static let skipped = ActivityStatus(name: "Skipped")
    /// Stopped by a user.
    public static let canceled = ActivityStatus(name: "Canceled")

    /// The node will not change any more.
    public var isFinal: Bool { self != .pending && self != .running }
}

/// How far a task is; note the wire's spelling: Canceled, but Cancelling.
public enum TaskState: WireName, CaseIterable {
    case queued, executing, cancelling, success, failed, canceled, timedOut
    /// A state of a newer server.
    case other(String)

    /// The states of the API reference, in the order a task may pass them.
    public static let allCases: [TaskState] = [
        .queued, .executing, .cancelling, .success, .failed, .canceled, .timedOut,
    ]

    /// A state by its name.
    public init(name: String) { self = TaskState.allCases.first { $0.name == name } ?? .other(name) }

    /// The name on the wire.
    public var name: String {
        switch self {
        case .queued: "Queued"
        case .executing: "Executing"
        case .cancelling: "Cancelling"
        case .success: "Success"
        case .failed: "Failed"
        case .canceled: "Canceled"
        case .timedOut: "TimedOut"
        case .other(let name): name
        }
    }

    /// The task will not change any more; an unknown state is taken as going on.
    public var isFinal: Bool {
        switch self {
        case .success, .failed, .canceled, .timedOut: true
        case .queued, .executing, .cancelling, .other: false
        }
    }
}
