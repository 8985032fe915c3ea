import Core
import Foundation
import Octopus

/// Deployment targets of Octopus: SSH machines that log in by one account of nante's.
public struct OctopusRegistry: TargetRegistry {
    private let client: OctopusClient

    /// The targets of a server's space.
    public init(_ client: OctopusClient) { self.client = client }

    /// What the server has of an environment.
    public func state(environment name: String, key: DeployKey) async throws -> RegistryState {
        async let environments = client.all(DeploymentEnvironment.self)
        async let accounts = client.all(Account.self)
        let machines = try await client.all(Machine.self)
        let environment = try await environments.named(name)
        let account = try await accounts.named(OctopusNames.account)
        let ours = machines.filter { OctopusRegistry.isOurs($0, environment, account) }
        let known = Set(ours.map(\.id))
        return RegistryState(
            hasEnvironment: environment != nil, account: OctopusRegistry.standing(account, key),
            targets: ours.map(OctopusRegistry.target),
            foreign: Set(machines.filter { !known.contains($0.id) }.map(\.name)))
    }

    /// Makes environment and account; the account's description tells which key it has, the key itself is never read.
    public func prepare(environment name: String, key: DeployKey) async throws {
        _ = try await client.ensureEnvironment(name)
        guard OctopusRegistry.standing(try await client.find(Account.self, OctopusNames.account), key) != .current
        else { return }
        let (account, _) = try await client.ensureSSHAccount(
            OctopusNames.account, username: key.user, key: Data(key.privateKey.utf8), replacesKey: true)
        _ = try await client.change(account) { $0.description = OctopusRegistry.description(key) }
    }

    /// Registers a machine, or brings the one of that name to this.
    public func register(_ target: Target, environment name: String) async throws {
        let account = try await client.require(Account.self, OctopusNames.account)
        let endpoint = Endpoint.ssh(
            host: target.host, port: target.port, fingerprint: target.fingerprint, account: account.id)
        _ = try await client.ensureTarget(
            TargetRequest(name: target.name, endpoint: endpoint, environments: [name], roles: target.roles))
    }

    /// Takes a machine away.
    public func remove(_ name: String, environment: String) async throws {
        if let found = try await client.find(Machine.self, name) { try await client.delete(found) }
    }

    /// nante registered the machine, for this environment alone.
    static func isOurs(_ machine: Machine, _ environment: DeploymentEnvironment?, _ account: Account?) -> Bool {
        guard let environment, let account else { return false }
        return machine.environmentIds == [environment.id] && machine.endpoint.communicationStyle == .ssh
            && machine.endpoint.accountId == account.id
    }

    static func description(_ key: DeployKey) -> String { "Made by nante apply; key \(key.fingerprint)" }

    static func standing(_ account: Account?, _ key: DeployKey) -> RegistryState.Account {
        guard let account else { return .missing }
        return account.username == key.user && account.description == description(key) ? .current : .otherKey
    }

    static func target(_ machine: Machine) -> Target {
        Target(
            name: machine.name, host: machine.endpoint.host ?? "", port: machine.endpoint.port ?? 22,
            fingerprint: machine.endpoint.fingerprint ?? "", roles: machine.roles)
    }
}
