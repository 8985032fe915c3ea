import Core

/// A part of an event's message that names a document.
public struct EventReference: WireModel {
    /// The document.
    public var referencedDocumentId: String = ""
    /// Where, in characters.
    public var startIndex: Int = 0
    /// How long.
    public var length: Int = 0

    /// The fields in the order they are written.
    public static let fields: [WireField<EventReference>] = [
        .init("ReferencedDocumentId", \.referencedDocumentId), .init("StartIndex", \.startIndex),
        .init("Length", \.length),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// An entry of the audit log.
public struct Event: WireResource {
    /// Such as `Events-1`.
    public var id: String = ""
    /// The space.
    public var spaceId: String?
    /// Such as DeploymentSucceeded.
    public var category: String = ""
    /// Who did it.
    public var userId: String?
    /// Who did it.
    public var username: String?
    /// A machine did it.
    public var isService: Bool = false
    /// How that was proven.
    public var identityEstablishedWith: String?
    /// By which program.
    public var userAgent: String?
    /// From where.
    public var ipAddress: String?
    /// When, ISO 8601.
    public var occurred: String?
    /// What happened.
    public var message: String?
    /// The same as HTML.
    public var messageHtml: String?
    /// Documents that the message names.
    public var messageReferences: [EventReference] = []
    /// Documents that it is about.
    public var relatedDocumentIds: [String] = []
    /// For people.
    public var comments: String?
    /// More.
    public var details: String?
    /// What changed.
    public var changeDetails: JSONValue?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Event>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId), .init("Category", \.category),
        .init("UserId", \.userId), .init("Username", \.username), .init("IsService", \.isService),
        .init("IdentityEstablishedWith", \.identityEstablishedWith), .init("UserAgent", \.userAgent),
        .init("IpAddress", \.ipAddress), .init("Occurred", \.occurred), .init("Message", \.message),
        .init("MessageHtml", \.messageHtml), .init("MessageReferences", \.messageReferences),
        .init("RelatedDocumentIds", \.relatedDocumentIds), .init("Comments", \.comments), .init("Details", \.details),
        .init("ChangeDetails", \.changeDetails), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What a person is asked.
public struct InterruptionForm: WireModel {
    /// Answers so far.
    public var values: [String: String?] = [:]
    /// The questions.
    public var elements: [JSONValue] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<InterruptionForm>] = [
        .init("Values", \.values), .init("Elements", \.elements),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A question that a task waits for.
public struct Interruption: WireResource {
    /// Such as `Interruptions-1`.
    public var id: String = ""
    /// The space.
    public var spaceId: String?
    /// The question.
    public var title: String?
    /// ManualIntervention or GuidedFailure.
    public var type: String?
    /// When, ISO 8601.
    public var created: String?
    /// Not yet answered.
    public var isPending: Bool = false
    /// What is asked.
    public var form: InterruptionForm?
    /// The task.
    public var taskId: String?
    /// The node of its log.
    public var correlationId: String?
    /// Who may answer.
    public var responsibleTeamIds: [String] = []
    /// Who answers.
    public var responsibleUserId: String?
    /// The user may answer.
    public var canTakeResponsibility: Bool = false
    /// The user answers.
    public var hasResponsibility: Bool = false
    /// Another one waits for the same answer.
    public var isLinkedToOtherInterruption: Bool = false
    /// Documents that it is about.
    public var relatedDocumentIds: [String] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Interruption>] = [
        .init("Id", \.id, .omit), .init("SpaceId", \.spaceId, .omit), .init("Title", \.title),
        .init("Type", \.type, .omit), .init("Created", \.created), .init("IsPending", \.isPending),
        .init("Form", \.form), .init("TaskId", \.taskId), .init("CorrelationId", \.correlationId),
        .init("ResponsibleTeamIds", \.responsibleTeamIds), .init("ResponsibleUserId", \.responsibleUserId),
        .init("CanTakeResponsibility", \.canTakeResponsibility), .init("HasResponsibility", \.hasResponsibility),
        .init("IsLinkedToOtherInterruption", \.isLinkedToOtherInterruption),
        .init("RelatedDocumentIds", \.relatedDocumentIds), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
