import Core
import Crypto
import Foundation
import SSH

/// Brings an environment to what its manifest says: hosts, their configuration, their targets.
public struct Provisioner: Sendable {
    let context: Context
    let desired: Desired
    let maker: any HostMaker
    let registry: any TargetRegistry
    let slot: SlotProgram
    let key: DeployKey
    let folder: String
    let replacing: Set<String>
    let report: @Sendable (ProvisionEvent) -> Void
    let configurator = HostConfigurator()

    /// A provisioner.
    ///
    /// - Parameters:
    ///   - folder: the folder of the manifest; the journal is kept below it.
    ///   - replacing: names of hosts that may be destroyed and made anew.
    ///   - report: sees each step.
    public init(
        _ desired: Desired, maker: any HostMaker, registry: any TargetRegistry, slot: SlotProgram, key: DeployKey,
        folder: String, replacing: Set<String> = [], context: Context,
        report: @escaping @Sendable (ProvisionEvent) -> Void
    ) {
        self.context = context
        self.desired = desired
        self.maker = maker
        self.registry = registry
        self.slot = slot
        self.key = key
        self.folder = folder
        self.replacing = replacing
        self.report = report
    }

    /// What an apply would do; changes nothing.
    public func plan() async throws -> Plan { try planner(for: try await observe()).plan() }

    /// Does it.
    ///
    /// - Returns: what was done, as the plan that it followed.
    /// - Throws: a failure after everything that did not depend on the failed step was done.
    public func apply() async throws -> Plan {
        let lock = try await maker.lock(desired.environment) { [report] holder in
            report(.say("waiting for \(holder), which applies \(desired.environment)"))
        }
        defer { withExtendedLifetime(lock) {} }
        let journal = Journal(folder: folder, environment: desired.environment, context: context)
        var observed = try await observe()
        let plan = try planner(for: observed).plan()
        guard !plan.changes.isEmpty else { return plan }
        try plan.refuse(replacing: replacing)
        if let left = try journal.open("apply"), !left.isEmpty {
            report(.say("taking up an apply that was cut off at: \(left.joined(separator: ", "))"))
        }
        do {
            try await makeHosts(plan, journal, &observed)
            try await configure(balancers: false, journal, observed)
            try await configure(balancers: true, journal, observed)
            try await register(plan, journal, observed)
            let gone = plan.names(.host, .remove)
            if !gone.isEmpty {
                try await step("remove \(gone.joined(separator: ", "))", journal) {
                    try await maker.remove(gone, keeping: desired.hosts)
                }
            }
            try journal.close("done")
        } catch {
            try? journal.close("failed")
            throw error
        }
        return plan
    }

    func planner(for observed: Observed) -> Planner {
        Planner(desired: desired, observed: observed, slot: slot, deployKey: key.publicKey)
    }

    /// Asks hosts and registry, all at once.
    func observe() async throws -> Observed {
        async let registry = registry.state(environment: desired.environment, key: key)
        let survey = try await maker.survey(desired.hosts)
        let hosts = survey.hosts
        let wanted = Set(desired.hosts.map(\.name))
        let running = hosts.filter { $0.isOurs && $0.isRunning && !$0.hostKey.isEmpty && wanted.contains($0.name) }
        let probes = try await probe(running)
        var fingerprints: [String: String] = [:]
        for host in hosts { fingerprints[host.name] = Provisioner.fingerprint(ofKey: host.hostKey) }
        return Observed(
            hosts: Dictionary(hosts.map { ($0.name, $0) }, uniquingKeysWith: { $1 }), changes: survey.changes,
            probes: probes, registry: try await registry, fingerprints: fingerprints)
    }

    /// "SHA256:" and the unpadded base64 of the digest of a public key's bytes (ssh-keygen(1), -l); nil for no key.
    public static func fingerprint(ofKey line: String) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let bytes = Data(base64Encoded: String(words[1])) else { return nil }
        let digest = Data(SHA256.hash(data: bytes)).base64EncodedString()
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    private func probe(_ hosts: [MadeHost]) async throws -> [String: HostProbe] {
        try await withThrowingTaskGroup(of: (String, HostProbe).self) { group in
            for host in hosts {
                let client = try maker.root(of: host)
                group.addTask { (host.name, try await configurator.probe(client)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func makeHosts(_ plan: Plan, _ journal: Journal, _ observed: inout Observed) async throws {
        let names = Set(plan.names(.host, .create, .change, .replace))
        let wishes = desired.hosts.filter { names.contains($0.name) }
        guard !wishes.isEmpty else { return }
        let title = "hosts \(wishes.map(\.name).joined(separator: ", "))"
        let made = try await step(title, journal) {
            try await maker.make(wishes, of: desired.hosts, replacing: replacing) { [report] line in
                report(.note(title, line))
            }
        }
        for host in made {
            observed.hosts[host.name] = host
            observed.fingerprints[host.name] = Provisioner.fingerprint(ofKey: host.hostKey)
        }
        observed.probes.merge(try await probe(made)) { $1 }
    }

    /// Balancers come last: a host is balanced over when it is configured, and before one is removed.
    private func configure(balancers: Bool, _ journal: Journal, _ observed: Observed) async throws {
        let planner = planner(for: observed)
        let work = desired.hosts.filter { host in
            guard host.isBalancer == balancers, let probe = observed.probes[host.name] else { return false }
            return !probe.differences(from: planner.configuration(of: host)).isEmpty
        }
        try await each(work) { host in
            guard let made = observed.hosts[host.name] else { return }
            let title = "configure \(host.name)"
            let client = try maker.root(of: made)
            try await step(title, journal) {
                _ = try await configurator.configure(client, planner.configuration(of: host)) { [report] line in
                    report(.note(title, line))
                }
            }
        }
    }

    private func register(_ plan: Plan, _ journal: Journal, _ observed: Observed) async throws {
        let environment = desired.environment
        if !plan.names(.environment, .create).isEmpty || !plan.names(.account, .create, .change).isEmpty {
            try await step("Octopus environment \(environment) and account", journal) {
                try await registry.prepare(environment: environment, key: key)
            }
        }
        let planner = planner(for: observed)
        let changed = Set(plan.names(.target, .create, .change))
        let targets = desired.hosts.filter { changed.contains($0.name) }.compactMap(planner.target)
        try await each(targets) { target in
            try await step("register \(target.name)", journal) {
                try await registry.register(target, environment: environment)
            }
        }
        try await each(plan.names(.target, .remove)) { name in
            try await step("unregister \(name)", journal) {
                try await registry.remove(name, environment: environment)
            }
        }
    }
}

extension Provisioner {
    /// Does a step between its two lines in the journal.
    func step<Value: Sendable>(
        _ name: String, _ journal: Journal, _ work: () async throws -> Value
    ) async throws -> Value {
        try journal.note(.begin, name)
        report(.begin(name))
        do {
            let value = try await work()
            try journal.note(.done, name)
            report(.done(name, ""))
            return value
        } catch {
            try? journal.note(.failed, name)
            report(.failed(name))
            throw error
        }
    }

    /// Works on all at once; the first failure is thrown when every other piece has come to its end.
    func each<Item: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        let failures = await withTaskGroup(of: (any Error)?.self) { group in
            for item in items {
                group.addTask {
                    do { try await work(item) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: [any Error]()) { if let error = $1 { $0.append(error) } }
        }
        guard let first = failures.first else { return }
        if failures.count > 1, let failure = first as? Failure {
            throw failure.adding("also", "\(failures.count - 1) more failed")
        }
        throw first
    }
}
