import Core

/// How long something is kept.
public struct RetentionPeriod: WireModel {
    /// Days or Items.
    public var unit: String = "Days"
    /// How many; 0 with `shouldKeepForever`.
    public var quantityToKeep: Int = 0
    /// Never removed.
    public var shouldKeepForever: Bool = true
    /// Forever, Count or Default, on newer servers.
    public var strategy: String?

    /// The fields in the order they are written.
    public static let fields: [WireField<RetentionPeriod>] = [
        .init("Unit", \.unit), .init("QuantityToKeep", \.quantityToKeep),
        .init("ShouldKeepForever", \.shouldKeepForever), .init("Strategy", \.strategy, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// A phase of a lifecycle.
public struct Phase: WireResource {
    /// A UUID.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// Environments that a release is deployed to by itself.
    public var automaticDeploymentTargets: [String] = []
    /// Environments that a release may be deployed to.
    public var optionalDeploymentTargets: [String] = []
    /// How many must have succeeded before the next phase; 0 is all.
    public var minimumEnvironmentsBeforePromotion: Int = 0
    /// The phase may be passed over.
    public var isOptionalPhase: Bool = false
    /// Its deployments go first in the queue.
    public var isPriorityPhase: Bool = false
    /// Overrides the lifecycle's.
    public var releaseRetentionPolicy: RetentionPeriod?
    /// Overrides the lifecycle's.
    public var tentacleRetentionPolicy: RetentionPeriod?

    /// The fields in the order they are written.
    public static let fields: [WireField<Phase>] = [
        .init("Id", \.id, .omit), .init("Name", \.name),
        .init("AutomaticDeploymentTargets", \.automaticDeploymentTargets),
        .init("OptionalDeploymentTargets", \.optionalDeploymentTargets),
        .init("MinimumEnvironmentsBeforePromotion", \.minimumEnvironmentsBeforePromotion),
        .init("IsOptionalPhase", \.isOptionalPhase), .init("IsPriorityPhase", \.isPriorityPhase, .omit),
        .init("ReleaseRetentionPolicy", \.releaseRetentionPolicy, .omit),
        .init("TentacleRetentionPolicy", \.tentacleRetentionPolicy, .omit),
    ]

    /// All fields at their defaults.
    public init() {}
}

/// The order in which environments are deployed to.
public struct Lifecycle: NamedResource {
    /// Such as `Lifecycles-1`.
    public var id: String = ""
    /// The name.
    public var name: String = ""
    /// The space.
    public var spaceId: String = ""
    /// For people.
    public var description: String?
    /// In order; none is one phase for each environment in sort order.
    public var phases: [Phase] = []
    /// How long releases are kept.
    public var releaseRetentionPolicy: RetentionPeriod = RetentionPeriod()
    /// How long packages are kept on targets.
    public var tentacleRetentionPolicy: RetentionPeriod = RetentionPeriod()
    /// Addresses.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static let fields: [WireField<Lifecycle>] = [
        .init("Id", \.id, .omit), .init("Name", \.name), .init("SpaceId", \.spaceId, .omit),
        .init("Description", \.description), .init("Phases", \.phases),
        .init("ReleaseRetentionPolicy", \.releaseRetentionPolicy),
        .init("TentacleRetentionPolicy", \.tentacleRetentionPolicy), .init("Links", \.links),
    ]

    /// All fields at their defaults.
    public init() {}
}
