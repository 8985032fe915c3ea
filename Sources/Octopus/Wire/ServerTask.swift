import Core

/// A task: work that the server does in the background.
public struct ServerTask: NamedResource {
    /// Such as `ServerTasks-1`.
    public var id: String = ""
    /// The space; null for the server's own.
    public var spaceId: String?
    /// The project.
    public var projectId: String?
    /// Such as Deploy or Health.
    public var name: String = ""
    /// For people.
    public var description: String?
    /// What to work on, such as DeploymentId.
    public var arguments: [String: JSONValue] = [:]
    /// How far it is.
    public var state: TaskState = .queued
    /// When it ended, in words.
    public var completed: String?
    /// When it was asked for, ISO 8601.
    public var queueTime: String?
    /// When not to start any more, ISO 8601.
    public var queueTimeExpiry: String?
    /// When it started, ISO 8601.
    public var startTime: String?
    /// When it last changed, ISO 8601.
    public var lastUpdatedTime: String?
    /// When it ended, ISO 8601.
    public var completedTime: String?
    /// Which server does it.
    public var serverNode: String?
    /// How long it took, in words.
    public var duration: String?
    /// Why it failed.
    public var errorMessage: String?
    /// It is being worked on.
    public var hasBeenPickedUpByProcessor: Bool = false
    /// It has ended.
    public var isCompleted: Bool = false
    /// It has ended well.
    public var finishedSuccessfully: Bool = false
    /// It waits for a person.
    public var hasPendingInterruptions: Bool = false
    /// Its log holds warnings or errors.
    public var hasWarningsOrErrors: Bool = false
    /// It may be started again.
    public var canRerun: Bool = false
    /// What it waits for.
    public var unmetPreconditions: JSONValue?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<ServerTask>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId), .init("ProjectId", \.projectId), .init("Name", \.name),
        .init("Description", \.description), .init("Arguments", \.arguments), .init("State", \.state),
        .init("Completed", \.completed), .init("QueueTime", \.queueTime), .init("QueueTimeExpiry", \.queueTimeExpiry),
        .init("StartTime", \.startTime), .init("LastUpdatedTime", \.lastUpdatedTime),
        .init("CompletedTime", \.completedTime), .init("ServerNode", \.serverNode), .init("Duration", \.duration),
        .init("ErrorMessage", \.errorMessage), .init("HasBeenPickedUpByProcessor", \.hasBeenPickedUpByProcessor),
        .init("IsCompleted", \.isCompleted), .init("FinishedSuccessfully", \.finishedSuccessfully),
        .init("HasPendingInterruptions", \.hasPendingInterruptions),
        .init("HasWarningsOrErrors", \.hasWarningsOrErrors), .init("CanRerun", \.canRerun),
        .init("UnmetPreconditions", \.unmetPreconditions), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A page of tasks, newest first.
public struct ServerTaskPage: WireModel {
    /// Always Task.
    public var itemType: String = "Task"
    /// How many there are in all.
    public var totalResults: Int = 0
    /// The size of a page.
    public var itemsPerPage: Int = 30
    /// How many pages.
    public var numberOfPages: Int = 1
    /// The last page, from 0.
    public var lastPageNumber: Int = 0
    /// The tasks.
    public var items: [ServerTask] = []
    /// How many there are of each state.
    public var totalCounts: [String: Int] = [:]
    /// The same for the other spaces.
    public var totalCountsInOtherSpaces: [String: Int] = [:]
    /// Page.Next and its kin.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<ServerTaskPage>] = [
        .init("ItemType", \.itemType), .init("TotalResults", \.totalResults), .init("ItemsPerPage", \.itemsPerPage),
        .init("NumberOfPages", \.numberOfPages), .init("LastPageNumber", \.lastPageNumber), .init("Items", \.items),
        .init("TotalCounts", \.totalCounts), .init("TotalCountsInOtherSpaces", \.totalCountsInOtherSpaces),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The body of `POST tasks`.
public struct CreateTaskCommand: WireModel {
    /// Such as Health.
    public var name: String = ""
    /// For people.
    public var description: String?
    /// What to work on.
    public var arguments: [String: JSONValue] = [:]
    /// The space.
    public var spaceId: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<CreateTaskCommand>] = [
        .init("Name", \.name), .init("Description", \.description), .init("Arguments", \.arguments),
        .init("SpaceId", \.spaceId, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}
