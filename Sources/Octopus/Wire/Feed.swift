import Core

/// A place that packages come from.
public struct Feed: NamedResource {
    /// Such as `Feeds-1001`; the built-in one of the default space is `feeds-builtin`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// BuiltIn, NuGet, Docker, Helm, Maven and others.
    public var feedType: String = ""
    /// The address.
    public var feedUri: String?
    /// Who logs in there.
    public var username: String?
    /// The password.
    public var password: SensitiveValue?
    /// How often a download is tried.
    public var downloadAttempts: Int?
    /// The pause between.
    public var downloadRetryBackoffSeconds: Int?
    /// BuiltIn: retention.
    public var deleteUnreleasedPackagesAfterDays: Int?
    /// BuiltIn: packages are indexed from disk.
    public var isBuiltInRepoSyncEnabled: Bool?
    /// Where packages may be fetched: Server, ExecutionTarget, NotAcquired.
    public var packageAcquisitionLocationOptions: [String] = []
    /// Addresses.
    public var links: [String: String] = [:]
    /// It is the server's own feed, of which each space has one.
    public var isBuiltIn: Bool { feedType == "BuiltIn" }

    /// The fields in the order they are written.
    public static let fields: [WireField<Feed>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("FeedType", \.feedType), .init("FeedUri", \.feedUri, .omit), .init("Username", \.username, .omit),
        .init("Password", \.password, .omit), .init("DownloadAttempts", \.downloadAttempts, .omit),
        .init("DownloadRetryBackoffSeconds", \.downloadRetryBackoffSeconds, .omit),
        .init("DeleteUnreleasedPackagesAfterDays", \.deleteUnreleasedPackagesAfterDays, .omit),
        .init("IsBuiltInRepoSyncEnabled", \.isBuiltInRepoSyncEnabled, .omit),
        .init("PackageAcquisitionLocationOptions", \.packageAcquisitionLocationOptions), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A package of the built-in feed.
public struct FeedPackage: WireResource {
    /// Such as `packages-go-app.1.2.5`.
    public var id: String = ""
    /// The package.
    public var packageId: String = ""
    /// The version.
    public var version: String = ""
    /// With its dot, such as .tar.gz.
    public var fileExtension: String = ""
    /// The feed's id; `feeds-builtin` in the default space.
    public var feedId: String = "feeds-builtin"
    /// The package again, for old clients.
    public var nuGetPackageId: String?
    /// The feed again, for old clients.
    public var nuGetFeedId: String?
    /// For people.
    public var title: String?
    /// For people.
    public var summary: String?
    /// For people.
    public var description: String?
    /// For people.
    public var releaseNotes: String?
    /// When it was pushed, ISO 8601.
    public var published: String?
    /// Size in bytes; only where one package is asked for.
    public var packageSizeBytes: Int?
    /// SHA-1 of the file, hexadecimal; only where one package is asked for.
    public var hash: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<FeedPackage>] = [
        .init("Id", \.id, .omit), .init("PackageId", \.packageId), .init("Version", \.version),
        .init("FileExtension", \.fileExtension), .init("FeedId", \.feedId), .init("NuGetPackageId", \.nuGetPackageId),
        .init("NuGetFeedId", \.nuGetFeedId), .init("Title", \.title), .init("Summary", \.summary),
        .init("Description", \.description), .init("ReleaseNotes", \.releaseNotes), .init("Published", \.published),
        .init("PackageSizeBytes", \.packageSizeBytes, .omit), .init("Hash", \.hash, .omit), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A version of a package in any feed.
public struct PackageVersion: WireResource {
    /// An id.
    public var id: String = ""
    /// The feed.
    public var feedId: String = ""
    /// The package.
    public var packageId: String = ""
    /// The version.
    public var version: String = ""
    /// For people.
    public var title: String?
    /// When it was pushed, ISO 8601.
    public var published: String?
    /// Size in bytes.
    public var sizeBytes: Int?
    /// For people.
    public var releaseNotes: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<PackageVersion>] = [
        .init("Id", \.id, .omit), .init("FeedId", \.feedId), .init("PackageId", \.packageId),
        .init("Version", \.version), .init("Title", \.title), .init("Published", \.published),
        .init("SizeBytes", \.sizeBytes, .omit), .init("ReleaseNotes", \.releaseNotes), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A package in any feed with its newest version.
public struct PackageDescription: NamedResource {
    /// The package.
    public var id: String = ""
    /// The package's name.
    public var name: String = ""
    /// For people.
    public var description: String?
    /// The newest version.
    public var latestVersion: String?
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<PackageDescription>] = [
        .init("Id", \.id), .init("Name", \.name), .init("Description", \.description),
        .init("LatestVersion", \.latestVersion), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
