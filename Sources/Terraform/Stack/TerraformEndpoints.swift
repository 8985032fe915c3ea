import Core
import Foundation

/// The servers behind a configuration.
public struct TerraformEndpoints: Sendable, Hashable {
    /// Where machines are made; nil for a configuration that makes none.
    public var proxmox: ProxmoxEndpoint?
    /// Where the state is kept; nil keeps it in the folder of the workspace, for trials.
    public var state: StateEndpoint?
    /// A machine has what only root may set.
    public var isRootWanted = false
    /// Endpoints.
    public init(proxmox: ProxmoxEndpoint?, state: StateEndpoint?) {
        self.proxmox = proxmox
        self.state = state
    }
    /// The endpoints of a platform.
    ///
    /// - Throws: a failure with exit `usage` also where the token would go over the network in the clear.
    public init(_ platform: Platform) throws {
        self.init(proxmox: try platform.proxmox(), state: try platform.state())
        guard let url = proxmox?.url, url.lowercased().hasPrefix("http://"),
            !["127.0.0.1", "[::1]", "::1", "localhost"].contains(URL(string: url)?.host() ?? "")
        else { return }
        throw Failure(
            .usage, "Proxmox is asked by https only", where: url, why: "the token would be readable on the way",
            next: ["PROXMOX_API_URL=https://HOST:8006"])
    }
}
