import Core

/// Where a variable's value counts: within one kind any will do, all kinds must fit.
public struct VariableScope: WireModel {
    /// Environment ids.
    public var environment: [String] = []
    /// Machine ids.
    public var machine: [String] = []
    /// Target tags.
    public var role: [String] = []
    /// Action ids.
    public var action: [String] = []
    /// Channel ids.
    public var channel: [String] = []
    /// Tenant tags.
    public var tenantTag: [String] = []
    /// Projects and runbooks.
    public var processOwner: [String] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<VariableScope>] = [
        .init("Environment", \.environment, .omit), .init("Machine", \.machine, .omit), .init("Role", \.role, .omit),
        .init("Action", \.action, .omit), .init("Channel", \.channel, .omit), .init("TenantTag", \.tenantTag, .omit),
        .init("ProcessOwner", \.processOwner, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// What is asked when a deployment starts.
public struct VariablePrompt: WireModel {
    /// The question.
    public var label: String?
    /// Help for who is asked.
    public var description: String?
    /// No answer, no deployment.
    public var required: Bool = false
    /// How it is asked, such as `Octopus.ControlType`.
    public var displaySettings: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<VariablePrompt>] = [
        .init("Label", \.label), .init("Description", \.description), .init("Required", \.required),
        .init("DisplaySettings", \.displaySettings),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A variable with one value; another value of the same name is another variable.
public struct Variable: NamedResource {
    /// A UUID.
    public var id: String = ""
    /// The name; its case does not matter.
    public var name: String = ""
    /// The value, a template; null when it is sensitive.
    public var value: String?
    /// For people.
    public var description: String?
    /// String, Sensitive, Certificate, WorkerPool, an account's kind and others.
    public var type: String = "String"
    /// The value is never given back.
    public var isSensitive: Bool = false
    /// Users may change it.
    public var isEditable: Bool = true
    /// Where the value counts.
    public var scope: VariableScope = VariableScope()
    /// What is asked when a deployment starts.
    public var prompt: VariablePrompt?

    /// The fields in the order they are written.
    public static let fields: [WireField<Variable>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("Value", \.value), .init("Description", \.description),
        .init("Type", \.type), .init("IsSensitive", \.isSensitive), .init("IsEditable", \.isEditable),
        .init("Scope", \.scope), .init("Prompt", \.prompt),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// An id with its name.
public struct NamedReference: WireResource {
    /// The id.
    public var id: String = ""
    /// The name.
    public var name: String = ""

    /// The fields in the order they are written.
    public static let fields: [WireField<NamedReference>] = [
        .init("Id", \.id), .init("Name", \.name),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The names of what variables may be scoped to.
public struct ScopeValues: WireModel {
    /// Environments.
    public var environments: [NamedReference] = []
    /// Targets.
    public var machines: [NamedReference] = []
    /// Target tags.
    public var roles: [NamedReference] = []
    /// Actions of the process.
    public var actions: [NamedReference] = []
    /// Channels.
    public var channels: [NamedReference] = []
    /// Tenant tags.
    public var tenantTags: [NamedReference] = []
    /// Processes.
    public var processes: [NamedReference] = []

    /// The fields in the order they are written.
    public static let fields: [WireField<ScopeValues>] = [
        .init("Environments", \.environments), .init("Machines", \.machines), .init("Roles", \.roles),
        .init("Actions", \.actions), .init("Channels", \.channels), .init("TenantTags", \.tenantTags),
        .init("Processes", \.processes),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The variables of a project or a library set.
public struct VariableSet: WireResource {
    /// Such as `variableset-Projects-1`.
    public var id: String = ""
    /// The project or library set.
    public var ownerId: String = ""
    /// The space.
    public var spaceId: String = ""
    /// Counts changes; an update must carry the latest.
    public var version: Int = 0
    /// In order.
    public var variables: [Variable] = []
    /// Names of what variables may be scoped to.
    public var scopeValues: ScopeValues?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<VariableSet>] = [
        .init("Id", \.id, .omit), .init("OwnerId", \.ownerId), .init("SpaceId", \.spaceId, .omit),
        .init("Version", \.version), .init("Variables", \.variables), .init("ScopeValues", \.scopeValues),
        .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
