import Core
import Hummingbird

/// The store of Terraform states: the part of S3 that the `s3` backend calls, and the `http` backend's protocol.
public struct StateService: LabService {
    /// Its name.
    public static let name = "state"
    /// Its name for people.
    public static let title = "State"
    /// One before 9000's place in the lab's row of ports.
    public static let port = 19000
    /// The steps of its schema.
    public static let migrations: [LabMigration] = []

    let environment: LabEnvironment

    /// Makes the service.
    public init(environment: LabEnvironment) throws { self.environment = environment }

    /// Adds all routes.
    public func addRoutes(to router: Router<LabRequestContext>) {}
}
