import Core

/// Takes an environment away: its targets first, so that nothing is deployed to a host that goes.
public struct Destroyer: Sendable {
    let environment: String
    let maker: any HostMaker
    let registry: any TargetRegistry
    let key: DeployKey
    let folder: String
    let context: Context
    let report: @Sendable (ProvisionEvent) -> Void

    /// A destroyer of an environment, also of one that its manifest does not have any more.
    public init(
        environment: String, maker: any HostMaker, registry: any TargetRegistry, key: DeployKey, folder: String,
        context: Context, report: @escaping @Sendable (ProvisionEvent) -> Void
    ) {
        self.environment = environment
        self.maker = maker
        self.registry = registry
        self.key = key
        self.folder = folder
        self.context = context
        self.report = report
    }

    /// What would go; nothing of others.
    public func plan() async throws -> Plan {
        async let state = registry.state(environment: environment, key: key)
        let known = try await maker.hosts()
        let hosts = known.filter(\.isOurs)
        var items = hosts.map { host in
            Plan.Item(
                .remove, .host, host.name, ["\(host.address), with all that is on it"],
                obstacle: host.isProtected ? "it is protected" : nil)
        }
        // Only targets of hosts that are this repository's: another one may share the environment in Octopus.
        let names = Set(hosts.map(\.name))
        let foreign = Set(known.filter { !$0.isOurs }.map(\.name))
        // One whose host is gone already is what a destroy that was cut off left.
        items += try await state.targets.filter { target in
            names.contains(target.name)
                || (target.name.hasPrefix(environment + "-") && !foreign.contains(target.name))
        }.map { Plan.Item(.remove, .target, $0.name) }
        items += try await maker.leftovers().map { Plan.Item(.remove, .records, $0) }
        return Plan(environment: environment, items: items)
    }

    /// Removes what the plan names.
    public func destroy(_ plan: Plan) async throws {
        try plan.refuse(replacing: [])
        let lock = try await maker.lock(environment) { [report] holder in
            report(.say("waiting for \(holder), which applies \(environment)"))
        }
        defer { withExtendedLifetime(lock) {} }
        let journal = Journal(folder: folder, environment: environment, context: context)
        _ = try journal.open("destroy")
        for name in plan.names(.target, .remove) {
            report(.begin("unregister \(name)"))
            try await registry.remove(name, environment: environment)
            report(.done("unregister \(name)", ""))
        }
        let hosts = plan.names(.host, .remove)
        let records = plan.names(.records, .remove)
        if !hosts.isEmpty || !records.isEmpty {
            let title = "remove \((hosts + records).joined(separator: ", "))"
            report(.begin(title))
            try await maker.remove(hosts, keeping: [])
            report(.done(title, ""))
        }
        try journal.close("done")
    }
}
