import Core

/// The servers behind a configuration.
public struct TerraformEndpoints: Sendable, Hashable {
    /// Where machines are made; nil for a configuration that makes none.
    public var proxmox: ProxmoxEndpoint?
    /// Where the state is kept; nil keeps it in the folder of the workspace, for trials.
    public var state: StateEndpoint?
    /// Endpoints.
    public init(proxmox: ProxmoxEndpoint?, state: StateEndpoint?) {
        self.proxmox = proxmox
        self.state = state
    }
    /// The endpoints of a platform.
    public init(_ platform: Platform) throws {
        self.init(proxmox: try platform.proxmox(), state: try platform.state())
    }
}
