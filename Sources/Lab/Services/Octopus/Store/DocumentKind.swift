/// The kinds of resource that are kept as one JSON document each.
///
/// The raw value is the prefix of the kind's ids and, in lower case, its folder in the API.
enum DocumentKind: String, CaseIterable, Sendable {
    case space = "Spaces"
    case environment = "Environments"
    case lifecycle = "Lifecycles"
    case projectGroup = "ProjectGroups"
    case project = "Projects"
    case channel = "Channels"
    case variableSet = "Variables"
    case process = "DeploymentProcesses"
    case machine = "Machines"
    case machinePolicy = "MachinePolicies"
    case account = "Accounts"
    case feed = "Feeds"
    case release = "Releases"
    case deployment = "Deployments"
    case libraryVariableSet = "LibraryVariableSets"
    case tenant = "Tenants"
    case event = "Events"
    case buildInformation = "BuildInformation"
    case defect = "Defects"

    /// The name that pages of this kind give as `ItemType`.
    var itemType: String {
        switch self {
        case .space: "Space"
        case .environment: "Environment"
        case .lifecycle: "Lifecycle"
        case .projectGroup: "ProjectGroup"
        case .project: "Project"
        case .channel: "Channel"
        case .variableSet: "VariableSet"
        case .process: "DeploymentProcess"
        case .machine: "Machine"
        case .machinePolicy: "MachinePolicy"
        case .account: "Account"
        case .feed: "Feed"
        case .release: "Release"
        case .deployment: "Deployment"
        case .libraryVariableSet: "LibraryVariableSet"
        case .tenant: "Tenant"
        case .event: "Event"
        case .defect: "Defect"
        case .buildInformation: "OctopusPackageVersionBuildInformationMapped"
        }
    }

    /// The kind in words, for messages: "machine policy".
    var words: String {
        switch self {
        case .projectGroup: "project group"
        case .variableSet: "variable set"
        case .process: "deployment process"
        case .machine: "deployment target"
        case .machinePolicy: "machine policy"
        case .libraryVariableSet: "library variable set"
        case .buildInformation: "build information"
        default: rawValue.lowercased().hasSuffix("s") ? String(rawValue.lowercased().dropLast()) : rawValue.lowercased()
        }
    }

    /// The folder of the kind in the API's paths.
    var folder: String {
        switch self {
        case .buildInformation: "build-information"
        default: rawValue.lowercased()
        }
    }
}
