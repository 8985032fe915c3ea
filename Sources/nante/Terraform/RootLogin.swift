import Core
import StateStore
import Terraform

/// Whether terraform has to log in with root's password.
enum RootLogin {
    /// The endpoints that know whether a machine of the workspace has what only root may set.
    static func knowing(
        _ endpoints: TerraformEndpoints, workspace: String, platform: Platform, _ context: Context
    ) async -> TerraformEndpoints {
        var copy = endpoints
        // Without the password it makes no difference; where the store does not answer, terraform says so.
        guard endpoints.proxmox?.username == RootOnly.user, let store = try? platform.state() else { return copy }
        let stored = try? await S3Client(store, context: context).get(StateKey.object(workspace: workspace))
        let text = stored.map { String(decoding: $0.body, as: UTF8.self) }
        copy.isRootWanted = text.flatMap { try? TerraformState(text: $0) }.map(RootOnly.isIn) ?? false
        return copy
    }
}
