import Core
import Lab
import Provisioning
import SSH

/// Hosts of an environment, made by the lab on this machine.
struct LabHostMaker: HostMaker {
    let lab: Hosts
    let owner: HostOwner

    func hosts() async throws -> [MadeHost] { try await lab.list().map(made) }

    func make(
        _ wishes: [DesiredHost], of all: [DesiredHost], replacing: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost] {
        let requests = try wishes.map { wish in
            guard wish.kind == .lxc else {
                throw Failure(
                    .usage, "the lab can't make \(wish.name)", why: "it makes hosts of kind lxc, not \(wish.kind)")
            }
            return try HostRequest(
                name: wish.name,
                spec: try HostSpec(cores: wish.cores, memory: wish.memory, targets: wish.targets), owner: owner)
        }
        return try await lab.create(requests, tell: tell).map { made($0.host) }
    }

    func remove(_ names: [String], keeping: [DesiredHost]) async throws { _ = try await lab.delete(names) }

    func root(of host: MadeHost) throws -> SSHClient { try lab.client(try lab.find(host.name)) }

    func lock(_ environment: String, waiting: @escaping @Sendable (String) -> Void) async throws -> any Sendable {
        try await lab.lock(environment: environment, waiting: waiting)
    }

    private func made(_ host: HostStatus) -> MadeHost {
        let record = host.record
        return MadeHost(
            name: record.name, address: record.address, hostKey: record.hostKey ?? "", isRunning: host.isRunning,
            cores: record.spec.cores, memory: record.spec.memory, targets: record.spec.targets,
            isOurs: owner.isSame(as: record.owner), owner: record.owner?.text ?? "a person, who made it by hand")
    }
}
