import Core

/// Compares what is wanted with what is there; pure.
struct Planner: Sendable {
    let desired: Desired
    let observed: Observed
    let slot: SlotProgram
    let deployKey: String

    /// The plan.
    ///
    /// - Throws: a failure with exit `refused` where a name belongs to somebody else.
    func plan() throws -> Plan {
        try refuseClashes()
        var items = desired.hosts.map(hostItem)
        let wanted = Set(desired.hosts.map(\.name))
        let gone = observed.hosts.values.filter { $0.isOurs && !wanted.contains($0.name) }.map(\.name).sorted()
        items += gone.map { name in
            let isProtected = observed.hosts[name]?.isProtected == true
            return Plan.Item(
                .remove, .host, name, ["with all that is on it"], obstacle: isProtected ? "it is protected" : nil)
        }
        items += desired.hosts.map(configurationItem)
        items.append(
            Plan.Item(observed.registry.hasEnvironment ? .unchanged : .create, .environment, desired.environment))
        let account: (Plan.Action, [String]) =
            switch observed.registry.account {
            case .missing: (.create, [])
            case .otherKey: (.change, ["key"])
            case .current: (.unchanged, [])
            }
        items.append(Plan.Item(account.0, .account, OctopusNames.account, account.1))
        items += desired.hosts.map(targetItem)
        let left = observed.registry.targets.filter { !wanted.contains($0.name) }.map(\.name).sorted()
        items += left.map { Plan.Item(.remove, .target, $0) }
        return Plan(environment: desired.environment, items: items)
    }

    /// What is to be on a host; addresses of hosts that are yet to be made are left out.
    func configuration(of host: DesiredHost) -> HostConfiguration {
        let balanced = host.isBalancer ? desired.apps.map(balance) : nil
        return HostConfiguration(apps: desired.apps(on: host), balanced: balanced, slot: slot, deployKey: deployKey)
    }

    /// The target of a host that is there.
    func target(of host: DesiredHost) -> Target? {
        guard let made = observed.hosts[host.name], let fingerprint = observed.fingerprints[host.name] else {
            return nil
        }
        return Target(name: host.name, host: made.address, fingerprint: fingerprint, roles: host.targets)
    }

    private func balance(_ app: Manifest.App) -> HostConfiguration.Balanced {
        let backends = desired.hosts(of: app).compactMap { host -> Backend? in
            guard let made = observed.hosts[host.name] else { return nil }
            return Backend(
                address: made.address, isIdle: observed.probes[host.name]?.serving.contains(app.name) != true)
        }
        return .init(app: app, backends: backends)
    }

    private func hostItem(_ host: DesiredHost) -> Plan.Item {
        let memory = "\(host.memory) MiB"
        guard let made = observed.hosts[host.name] else {
            let cores = host.cores == 1 ? "1 core" : "\(host.cores) cores"
            let text = "\(host.kind.rawValue), \(cores), \(memory), \(host.targets.joined(separator: ","))"
            return Plan.Item(
                .create, .host, host.name, [text] + (observed.changes?[host.name]?.details ?? []).filter(Planner.tells))
        }
        if let changes = observed.changes { return hostItem(host, made, changes[host.name]) }
        var details: [String] = []
        if made.cores != host.cores { details.append("\(made.cores) cores become \(host.cores)") }
        if made.memory != host.memory { details.append("\(made.memory) MiB become \(memory)") }
        if made.targets != host.targets {
            let before = made.targets.joined(separator: ","), after = host.targets.joined(separator: ",")
            details.append("targets \(before) become \(after)")
        }
        if !made.isRunning { details.append("stopped, is started") }
        return Plan.Item(details.isEmpty ? .unchanged : .change, .host, host.name, details)
    }

    /// Of a new host only where it is: the manifest says the rest.
    static func tells(_ detail: String) -> Bool { detail.contains("address: ") || detail.hasPrefix("id: ") }

    /// What the maker itself would do.
    private func hostItem(_ host: DesiredHost, _ made: MadeHost, _ change: MachineChange?) -> Plan.Item {
        let start = made.isRunning ? [] : ["stopped, is started"]
        let details = (change?.details ?? []) + start
        switch change?.action {
        case .replace, .create, .remove:
            return Plan.Item(
                .replace, .host, host.name, ["made anew, with the loss of all that is on it"] + details,
                obstacle: made.isProtected ? "it is protected" : nil)
        case .change: return Plan.Item(.change, .host, host.name, details)
        case nil: return Plan.Item(details.isEmpty ? .unchanged : .change, .host, host.name, details)
        }
    }

    /// The machine of a host is there and stays.
    private func stays(_ host: DesiredHost) -> Bool {
        guard observed.hosts[host.name] != nil else { return false }
        return ![.replace, .create, .remove].contains(observed.changes?[host.name]?.action)
    }

    private func configurationItem(_ host: DesiredHost) -> Plan.Item {
        guard let made = observed.hosts[host.name], stays(host) else {
            return Plan.Item(.create, .configuration, host.name, [roleText(host)])
        }
        guard let probe = observed.probes[host.name] else {
            return Plan.Item(.change, .configuration, host.name, [made.isRunning ? "" : "known once it runs"])
        }
        if probe.fingerprint == nil { return Plan.Item(.create, .configuration, host.name, [roleText(host)]) }
        var details = probe.differences(from: configuration(of: host))
        if host.isBalancer {
            let coming = desired.hosts.filter { observed.hosts[$0.name] == nil && !desired.apps(on: $0).isEmpty }
            details += coming.map { "balances \($0.name) too" }
        }
        return Plan.Item(details.isEmpty ? .unchanged : .change, .configuration, host.name, details)
    }

    private func roleText(_ host: DesiredHost) -> String {
        let apps = (host.isBalancer ? desired.apps : desired.apps(on: host)).map(\.name).joined(separator: ", ")
        return host.isBalancer ? "balances \(apps)" : apps.isEmpty ? "no app" : "runs \(apps)"
    }

    private func targetItem(_ host: DesiredHost) -> Plan.Item {
        let found = observed.registry.targets.first { $0.name == host.name }
        guard let found else {
            return Plan.Item(.create, .target, host.name, ["roles \(host.targets.sorted().joined(separator: ","))"])
        }
        guard stays(host), let wanted = target(of: host) else {
            return Plan.Item(.change, .target, host.name, ["the host is made anew"])
        }
        let details = found.differences(from: wanted)
        return Plan.Item(details.isEmpty ? .unchanged : .change, .target, host.name, details)
    }

    private func refuseClashes() throws {
        for host in desired.hosts {
            if let made = observed.hosts[host.name], !made.isOurs {
                throw Failure(
                    .refused, "host \(host.name) is there and belongs to another",
                    details: [.init("owner", made.owner)],
                    next: [
                        made.vmid == nil ? "nante lab host delete \(host.name)" : "nante proxmox vms",
                        "or name the environment otherwise",
                    ])
            }
            if observed.registry.foreign.contains(host.name) {
                throw Failure(
                    .refused, "the target \(host.name) is there and was not registered by nante",
                    why: "it logs in otherwise than by \(OctopusNames.account), or belongs to other environments too",
                    next: ["nante octopus target show \(host.name)"])
            }
        }
    }
}

/// Names that provisioning gives to things in Octopus.
enum OctopusNames {
    /// The SSH account of all targets.
    static let account = "nante-deploy"
}
