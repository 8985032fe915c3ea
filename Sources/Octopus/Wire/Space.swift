import Core

/// A space: everything but users, tasks and the server's own settings belongs to one.
public struct Space: NamedResource {
    /// Such as `Spaces-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The name in addresses.
    public var slug: String?
    /// For people.
    public var description: String?
    /// The space that is used where none is named.
    public var isDefault: Bool = false
    /// No task of the space is started.
    public var taskQueueStopped: Bool = false
    /// Teams that manage the space.
    public var spaceManagersTeams: [String] = []
    /// Users that manage the space.
    public var spaceManagersTeamMembers: [String] = []
    /// The space is one user's own.
    public var isPrivate: Bool = false
    /// The icon's id and colour.
    public var icon: JSONValue?
    /// Settings of extensions.
    public var extensionSettings: [JSONValue] = []
    /// When it was changed, ISO 8601.
    public var lastModifiedOn: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Space>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Slug", \.slug, .omit),
        .init("Description", \.description), .init("IsDefault", \.isDefault),
        .init("TaskQueueStopped", \.taskQueueStopped), .init("SpaceManagersTeams", \.spaceManagersTeams),
        .init("SpaceManagersTeamMembers", \.spaceManagersTeamMembers), .init("IsPrivate", \.isPrivate),
        .init("Icon", \.icon), .init("ExtensionSettings", \.extensionSettings),
        .init("LastModifiedOn", \.lastModifiedOn), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// An environment, such as dev or production.
public struct DeploymentEnvironment: NamedResource {
    /// Such as `Environments-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The name in addresses.
    public var slug: String?
    /// For people.
    public var description: String?
    /// The place among the environments, from 0.
    public var sortOrder: Int = 0
    /// A failing step asks a person.
    public var useGuidedFailure: Bool = false
    /// Scripts may register and remove targets.
    public var allowDynamicInfrastructure: Bool = false
    /// Settings of extensions.
    public var extensionSettings: [JSONValue] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<DeploymentEnvironment>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Slug", \.slug, .omit), .init("Description", \.description), .init("SortOrder", \.sortOrder),
        .init("UseGuidedFailure", \.useGuidedFailure),
        .init("AllowDynamicInfrastructure", \.allowDynamicInfrastructure),
        .init("ExtensionSettings", \.extensionSettings), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A group of projects.
public struct ProjectGroup: NamedResource {
    /// Such as `ProjectGroups-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// The name in addresses.
    public var slug: String?
    /// For people.
    public var description: String?
    /// Unused by today's servers.
    public var environmentIds: [String] = []
    /// Unused by today's servers.
    public var retentionPolicyId: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<ProjectGroup>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Slug", \.slug, .omit), .init("Description", \.description), .init("EnvironmentIds", \.environmentIds),
        .init("RetentionPolicyId", \.retentionPolicyId), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
