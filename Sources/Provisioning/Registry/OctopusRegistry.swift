import Core
import Foundation
import Octopus

/// Deployment targets of Octopus: SSH machines that log in by one account of nante's.
public struct OctopusRegistry: TargetRegistry {
    private let calls: OctopusCalls

    /// The targets of a server's space.
    public init(_ endpoint: OctopusEndpoint, context: Context) throws {
        calls = OctopusCalls(endpoint: endpoint, context: context)
    }

    /// What the server has of an environment.
    public func state(environment name: String, key: DeployKey) async throws -> RegistryState {
        async let environments: [DeploymentEnvironment] = calls.all("environments")
        async let accounts: [Account] = calls.all("accounts")
        let machines: [Machine] = try await calls.all("machines")
        let environment = try await environments.first { $0.name.lowercased() == name.lowercased() }
        let account = try await accounts.first { $0.name == OctopusNames.account }
        let ours = machines.filter { machine in
            environment != nil && machine.environmentIds == [environment?.id ?? ""] && account != nil
                && machine.endpoint.communicationStyle == .ssh && machine.endpoint.accountId == account?.id
        }
        let known = Set(ours.map(\.id))
        return RegistryState(
            hasEnvironment: environment != nil, account: OctopusRegistry.standing(account, key),
            targets: ours.map(OctopusRegistry.target),
            foreign: Set(machines.filter { !known.contains($0.id) }.map(\.name)))
    }

    /// Makes environment and account; the account's description tells which key it has, the key itself is never read.
    public func prepare(environment name: String, key: DeployKey) async throws {
        if try await environment(name) == nil {
            let _: DeploymentEnvironment = try await calls.create(
                "environments", .make { $0.name = name }, what: "the environment \(name) could not be made")
        }
        let found = try await account()
        guard OctopusRegistry.standing(found, key) != .current else { return }
        let wanted = (found ?? Account()).with {
            $0.name = OctopusNames.account
            $0.accountType = "SshKeyPair"
            $0.username = key.user
            $0.description = OctopusRegistry.description(key)
            $0.privateKeyFile = SensitiveValue(newValue: Data(key.privateKey.utf8).base64EncodedString())
        }
        let what = "the account \(OctopusNames.account) could not be written"
        if found == nil {
            let _: Account = try await calls.create("accounts", wanted, what: what)
        } else {
            let _: Account = try await calls.replace("accounts", wanted, what: what)
        }
    }

    /// Registers a machine, or brings the one of that name to this.
    public func register(_ target: Target, environment name: String) async throws {
        guard let environment = try await environment(name), let account = try await account() else {
            throw Failure(.failed, "Octopus lost the environment \(name) or the account \(OctopusNames.account)")
        }
        let found = try await machine(target.name)
        let wanted = (found ?? Machine()).with {
            $0.name = target.name
            $0.environmentIds = [environment.id]
            $0.roles = target.roles
            $0.isDisabled = false
            $0.endpoint = .ssh(
                host: target.host, port: target.port, fingerprint: target.fingerprint, account: account.id)
        }
        let what = "the target \(target.name) could not be registered"
        if found == nil {
            let _: Machine = try await calls.create("machines", wanted, what: what)
        } else {
            let _: Machine = try await calls.replace("machines", wanted, what: what)
        }
    }

    /// Takes a machine away.
    public func remove(_ name: String, environment: String) async throws {
        guard let found = try await machine(name) else { return }
        try await calls.delete("machines", found.id, what: "the target \(name) could not be removed")
    }

    private func environment(_ name: String) async throws -> DeploymentEnvironment? {
        let all: [DeploymentEnvironment] = try await calls.all("environments")
        return all.first { $0.name.lowercased() == name.lowercased() }
    }

    private func account() async throws -> Account? {
        let all: [Account] = try await calls.all("accounts")
        return all.first { $0.name == OctopusNames.account }
    }

    private func machine(_ name: String) async throws -> Machine? {
        let all: [Machine] = try await calls.all("machines")
        return all.first { $0.name == name }
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
