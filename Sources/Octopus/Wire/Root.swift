import Core

/// The answer of `GET /api`: what the server is, and where its resources are.
public struct RootDocument: WireModel {
    /// Always "Octopus Deploy".
    public var application: String = "Octopus Deploy"
    /// The server's version, such as 2024.4.7091.
    public var version: String = ""
    /// The API's version; clients demand 3.0.x.
    public var apiVersion: String = "3.0.0"
    /// A UUID.
    public var installationId: String = ""
    /// The server is a preview.
    public var isEarlyAccessProgram: Bool = false
    /// The version has long-term support.
    public var hasLongTermSupport: Bool = false
    /// Address templates by resource name.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<RootDocument>] = [
        .init("Application", \.application), .init("Version", \.version), .init("ApiVersion", \.apiVersion),
        .init("InstallationId", \.installationId), .init("IsEarlyAccessProgram", \.isEarlyAccessProgram),
        .init("HasLongTermSupport", \.hasLongTermSupport), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The answer of `GET /api/{space}`: address templates of the space's resources.
public struct SpaceRoot: WireModel {
    /// No identity.
    public var id: String?
    /// Address templates by resource name.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<SpaceRoot>] = [
        .init("Id", \.id, .omit), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The body of an answer with status 400 or above.
public struct ErrorBody: WireModel {
    /// What is wrong, one sentence.
    public var errorMessage: String = ""
    /// One sentence for each thing that is wrong.
    public var errors: [String] = []
    /// What to do.
    public var helpText: String?
    /// The server's stack trace.
    public var fullException: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<ErrorBody>] = [
        .init("ErrorMessage", \.errorMessage), .init("Errors", \.errors), .init("HelpText", \.helpText, .omit),
        .init("FullException", \.fullException, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A user of the server.
public struct User: NamedResource {
    /// Such as `Users-1`.
    public var id: String = ""
    /// The login name.
    public var name: String = ""
    /// The name shown.
    public var displayName: String = ""
    /// The address.
    public var emailAddress: String?
    /// The user may log in.
    public var isActive: Bool = true
    /// The user is a machine.
    public var isService: Bool = false
    /// The user is who asks.
    public var isRequestor: Bool = true
    /// The password is kept by the server.
    public var canPasswordBeEdited: Bool = false
    /// Identities at other providers.
    public var identities: [JSONValue] = []
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<User>] = [
        .init("Id", \.id, .omit), .init("Username", \.name), .init("DisplayName", \.displayName),
        .init("EmailAddress", \.emailAddress), .init("IsActive", \.isActive), .init("IsService", \.isService),
        .init("IsRequestor", \.isRequestor), .init("CanPasswordBeEdited", \.canPasswordBeEdited),
        .init("Identities", \.identities), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
