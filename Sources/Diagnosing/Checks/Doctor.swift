import Core
import Proxmox

/// The checks of `nante doctor`.
public struct Doctor: Sendable {
    /// The program of the stand-in provider; nil where there is none.
    public var standIn: String?
    /// Looks at servers that other commands need: Octopus and Nexus.
    public var includesOthers = true
    let platform: Platform
    let site: DoctorSite
    let context: Context

    /// A doctor for a platform.
    public init(_ platform: Platform, site: DoctorSite, context: Context) {
        self.platform = platform
        self.site = site
        self.context = context
    }

    /// Every check, in the order shown.
    public var checks: [Check] {
        settings + machine + terraform + proxmox + state + (includesOthers ? others : []) + network
    }

    /// A group's first check: its settings, so that the rest is not looked at without them.
    func settingsCheck(_ id: String, _ group: String, _ find: @escaping @Sendable () throws -> String) -> Check {
        Check(id, group, "settings") {
            do { return .ok(try find()) } catch { return CheckOutcome(error) }
        }
    }
}
