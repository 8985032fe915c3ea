import Core
import Hummingbird

/// Proxmox VE 9, one node whose guests are the lab's hosts.
///
/// Source of paths, parameters and answers: the API description of pve-docs, PVE 9.1.
public struct ProxmoxService: LabService {
    /// Its name.
    public static let name = "proxmox"
    /// Its name for people.
    public static let title = "Proxmox"
    /// One before 8006's place in the lab's row of ports.
    public static let port = 18006
    /// Its clients insist on TLS.
    public static let tls = true
    /// The token that the lab's own clients use.
    public static let tokenID = "nante@pve!lab"
    /// The steps of its schema.
    public static let migrations: [LabMigration] = []

    let environment: LabEnvironment

    /// Makes the service.
    public init(environment: LabEnvironment) throws { self.environment = environment }

    /// Adds all routes.
    public func addRoutes(to router: Router<LabRequestContext>) {}
}
