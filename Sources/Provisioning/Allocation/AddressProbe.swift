import Core

/// Asks whether an address answers although nobody claims it: a printer, a machine that Proxmox VE does not have.
public struct AddressProbe: Sendable {
    let context: Context

    /// A probe.
    public init(_ context: Context) { self.context = context }

    /// Those that answer; each is given one second.
    public func answering(_ addresses: [IPv4Address]) async throws -> Set<IPv4Address> {
        let hasPing = context.processes.find("ping") != nil
        return try await withThrowingTaskGroup(of: IPv4Address?.self) { group in
            for address in addresses {
                group.addTask { try await answers(address, hasPing) ? address : nil }
            }
            return try await group.reduce(into: []) { if let address = $1 { $0.insert(address) } }
        }
    }

    private func answers(_ address: IPv4Address, _ hasPing: Bool) async throws -> Bool {
        if hasPing {
            let ping = Command("ping", ["-n", "-q", "-c", "1", "-W", "1", "\(address)"], deadline: .seconds(4))
            if try await context.processes.run(ping).succeeded { return true }
        }
        let scan = Command("ssh-keyscan", ["-T", "1", "-t", "ed25519", "\(address)"], deadline: .seconds(4))
        return try await !context.processes.run(scan).stdout.isEmpty
    }
}
