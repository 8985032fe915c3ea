import Core
import Proxmox
import Terraform

/// A cluster of Proxmox VE, asked by its API.
public struct ProxmoxCluster: MachineCluster {
    let client: ProxmoxClient

    /// A cluster.
    public init(_ client: ProxmoxClient) { self.client = client }

    /// All guests that the token sees.
    public func guests() async throws -> [ClusterGuest] {
        try await client.guests().map { guest in
            ClusterGuest(
                id: guest.id, kind: guest.kind == .vm ? .vm : .lxc, name: guest.name, node: guest.node,
                isRunning: guest.isRunning, cores: Int(guest.processors ?? 0), memory: (guest.memory ?? 0) >> 20,
                tags: guest.tags.sorted())
        }
    }

    /// The settings of a guest; nil where it is not there.
    public func settings(of guest: ClusterGuest) async throws -> GuestSettings? {
        guard let config = try await client.config(guest.node, guest.kind == .vm ? .vm : .lxc, guest.id) else {
            return nil
        }
        let addresses = config.addresses.values.compactMap { text in
            text.split(separator: "/").first.flatMap { IPv4Address(String($0)) }
        }
        let text = config.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return GuestSettings(
            addresses: addresses.sorted(), isProtected: config.isProtected, text: text.joined(separator: "\n"))
    }

    /// Starts a guest and waits for the task's end.
    public func start(_ guest: ClusterGuest) async throws {
        try await client.wait(for: try await client.start(guest.node, guest.kind == .vm ? .vm : .lxc, guest.id))
    }
}
