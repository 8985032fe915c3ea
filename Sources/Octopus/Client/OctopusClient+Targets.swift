import Core
import Foundation

/// What an idempotent call did.
public enum ResourceChange: String, Sendable, Hashable {
    case created, changed, unchanged
}

/// What a deployment target is to be.
public struct TargetRequest: Sendable, Hashable {
    /// The name, the same as the host's.
    public var name: String
    /// How it is reached.
    public var endpoint: Endpoint
    /// Names or ids of its environments.
    public var environments: [String]
    /// Its target tags.
    public var roles: [String]
    /// The name of the machine policy; nil leaves it to the server.
    public var policy: String?
    /// It takes no part in deployments; nil leaves that as it is.
    public var isDisabled: Bool?

    /// A target.
    public init(
        name: String, endpoint: Endpoint, environments: [String], roles: [String], policy: String? = nil,
        isDisabled: Bool? = nil
    ) {
        self.name = name
        self.endpoint = endpoint
        self.environments = environments
        self.roles = roles
        self.policy = policy
        self.isDisabled = isDisabled
    }
}

extension OctopusClient {
    /// Makes an environment where it is missing.
    public func ensureEnvironment(
        _ name: String, description: String? = nil
    ) async throws -> (environment: DeploymentEnvironment, change: ResourceChange) {
        try OctopusName.check(name, "an environment")
        if let old = try await find(DeploymentEnvironment.self, name) {
            let (item, isChanged) = try await change(old) { if let description { $0.description = description } }
            return (item, isChanged ? .changed : .unchanged)
        }
        let made = try await create(
            DeploymentEnvironment.make {
                $0.name = name
                $0.description = description
            })
        return (made, .created)
    }

    /// Makes an SSH account, or brings its user up to date.
    ///
    /// - Parameters:
    ///   - key: the bytes of the private key file; the server never gives a key back, so an existing one is kept.
    ///   - replacesKey: an existing key is replaced.
    public func ensureSSHAccount(
        _ name: String, username: String, key: Data, passphrase: String? = nil, replacesKey: Bool = false
    ) async throws -> (account: Account, change: ResourceChange) {
        try OctopusName.check(name, "an account")
        guard key.starts(with: Data("-----BEGIN ".utf8)) else {
            throw Failure(.usage, "that is not a private key", why: "it does not start with -----BEGIN")
        }
        func fill(_ account: inout Account) {
            account.username = username
            account.privateKeyFile = SensitiveValue(newValue: key.base64EncodedString())
            if let passphrase { account.privateKeyPassphrase = SensitiveValue(newValue: passphrase) }
        }
        guard let old = try await find(Account.self, name) else {
            let account = Account.make {
                $0.name = name
                $0.accountType = "SshKeyPair"
                fill(&$0)
            }
            return (try await create(account), .created)
        }
        guard old.accountType == "SshKeyPair" else {
            throw Failure(.refused, "the account \(name) is no SSH account", why: "it is \(old.accountType)")
        }
        let (item, isChanged) = try await change(old) { account in
            if replacesKey { fill(&account) } else { account.username = username }
        }
        return (item, isChanged ? .changed : .unchanged)
    }

    /// Makes a target, or brings it up to date; it is found by its name.
    public func ensureTarget(
        _ request: TargetRequest
    ) async throws -> (machine: Machine, change: ResourceChange) {
        try OctopusName.check(request.name, "a target")
        for role in request.roles { try OctopusName.check(role, "a target tag") }
        async let environments = all(DeploymentEnvironment.self)
        async let machines = all(Machine.self)
        let known = try await environments
        let ids = try request.environments.map { name in
            try known.requireNamed(name, next: ["nante octopus environment create \(name)"]).id
        }
        let policy: String? =
            if let name = request.policy { try await require(MachinePolicy.self, name).id } else { nil }
        func fill(_ machine: inout Machine) {
            machine.name = request.name
            machine.environmentIds = ids.sorted()
            machine.roles = request.roles.sorted()
            if let isDisabled = request.isDisabled { machine.isDisabled = isDisabled }
            if let policy { machine.machinePolicyId = policy }
            machine.endpoint = machine.endpoint.merged(with: request.endpoint)
            if let uri = request.endpoint.uri { machine.uri = uri }
        }
        guard let old = try await machines.named(request.name) else {
            return (try await create(Machine.make(fill)), .created)
        }
        let (item, isChanged) = try await change(old) { machine in
            let before = machine
            fill(&machine)
            // The order of tags and environments has no meaning.
            if Set(before.environmentIds) == Set(ids) { machine.environmentIds = before.environmentIds }
            if Set(before.roles) == Set(request.roles) { machine.roles = before.roles }
        }
        return (item, isChanged ? .changed : .unchanged)
    }

    /// What a host would be registered as: the server connects to it and tells its fingerprint.
    public func discover(host: String, port: Int) async throws -> Machine {
        let query = [("host", host), ("port", String(port)), ("type", "Ssh")]
        return try await model(Machine.self, at: path("machines", "discover", query: query))
    }

    /// The last health check of a target.
    public func connection(of machine: Machine) async throws -> MachineConnection {
        try await model(MachineConnection.self, at: path("machines", machine.id, "connection"))
    }
}

extension Endpoint {
    /// This endpoint with what another one says; of another style it is replaced.
    func merged(with other: Endpoint) -> Endpoint {
        guard communicationStyle == other.communicationStyle else { return other }
        return with {
            $0.accountId = other.accountId ?? accountId
            $0.host = other.host ?? host
            $0.port = other.port ?? port
            $0.fingerprint = other.fingerprint ?? fingerprint
            $0.uri = other.uri ?? uri
            if dotNetCorePlatform ?? "" == "" { $0.dotNetCorePlatform = other.dotNetCorePlatform }
            $0.defaultWorkerPoolId = other.defaultWorkerPoolId ?? defaultWorkerPoolId
        }
    }
}

/// Names that go into Octopus, and from there into scripts, paths and addresses.
public enum OctopusName {
    /// Refuses an empty name, one of more than 200 characters, and control characters or shell metacharacters.
    public static func check(_ name: String, _ what: String) throws {
        let forbidden = Set("`$\\\"'<>|;&*?#%{}[]\u{7F}")
        let isClean = name.unicodeScalars.allSatisfy { $0.value >= 0x20 } && !name.contains { forbidden.contains($0) }
        guard !name.trimmed.isEmpty, name == name.trimmed, name.count <= 200, isClean, !name.hasPrefix("-") else {
            throw Failure(
                .usage, "\"\(name.prefix(80))\" can't be the name of \(what)",
                why: "a name is up to 200 letters, digits, spaces and - _ . : / ( ) @ + ,")
        }
    }
}
