import Core

/// A service that `nante doctor --live` goes through: every call that nante makes, in a place of its own.
///
/// A new service joins by one more type in `LiveChecks.all`.
public protocol LiveCheck: Sendable {
    /// Its name, such as "Octopus".
    var service: String { get }
    /// What it makes and removes again, for the question before.
    var makes: String { get }
    /// Makes every call; what it throws ends the service, not the run.
    func run(_ live: LiveRun) async throws
    /// Removes what this run, and earlier ones that were killed, left; a second time changes nothing.
    ///
    /// - Returns: the names of what was removed.
    func sweep(_ live: LiveRun) async throws -> [String]
}

/// The services in the order of the report.
public enum LiveChecks {
    /// Those that a platform has set; on the lab all.
    public static func all(_ platform: Platform, site: DoctorSite) -> [any LiveCheck] {
        var checks: [any LiveCheck] = []
        if let endpoint = try? platform.octopus() { checks.append(OctopusLive(endpoint: endpoint)) }
        if let endpoint = try? platform.nexus() { checks.append(NexusLive(endpoint: endpoint)) }
        if let endpoint = try? platform.proxmox() {
            checks.append(ProxmoxLive(endpoint: endpoint, site: site, isLab: platform.isLab))
        }
        if let endpoint = try? platform.state() { checks.append(StateLive(endpoint: endpoint)) }
        return checks
    }
}

/// Names of what a run makes, so that it is known again.
public enum LiveName {
    /// The start of every name.
    public static let prefix = "nante-doctor-"
    /// A name of a run, at most 20 characters, as a space of Octopus may have.
    public static func make(_ random: any RandomSource) -> String { prefix + random.hex(bytes: 3) }
    /// A name that some run made.
    public static func isOurs(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.count == prefix.count + 6
            && name.dropFirst(prefix.count).allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}
