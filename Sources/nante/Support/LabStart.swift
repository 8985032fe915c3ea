import Core
import Lab

/// Makes sure that the lab runs, for every command that needs it.
enum LabStart {
    /// The record of the running lab; starts it, and says so, when it is not up.
    static func ensure(_ context: Context) async throws -> LabRecord { try await LabDaemon.ensure(context: context) }
}
