import Core

extension TerraformHostMaker {
    /// All hosts, and what terraform would do to them.
    ///
    /// Terraform is asked only where something differs from the last time that it had nothing to do: its variables,
    /// its state, or a guest's settings, which the cluster itself tells.
    public func survey(_ wanted: [DesiredHost]) async throws -> HostSurvey {
        let world = try await look()
        let hosts = try await hosts(world)
        // Somebody else's names: refused by the planner, before terraform is asked for anything.
        let names = Set(wanted.map(\.name))
        if hosts.contains(where: { !$0.isOurs && names.contains($0.name) }) {
            return HostSurvey(hosts: hosts, changes: [:])
        }
        // Without any host wanted, what is there is all to go.
        guard !wanted.isEmpty else { return HostSurvey(hosts: hosts, changes: [:]) }
        let places = try await proposal(wanted, world)
        let variables = variables.all(instances(wanted, places))
        let digest = world.digest(variables)
        let silent = hosts.filter { $0.isOurs && $0.hostKey.isEmpty && names.contains($0.name) }.map(\.name)
        if world.lost.isDisjoint(with: names), (try? context.files.readText(unchangedFile)) == digest {
            return HostSurvey(hosts: hosts, changes: TerraformHostMaker.adding(silent, to: [:]))
        }
        let plan = try await stack.plan(variables, destroy: false)
        try refuseUnknown(plan, world)
        // Said of the state that the plan was made of: taking up a killed run may have changed it.
        if plan.isEmpty, try await store.tag(stateKey) == world.stateTag {
            try context.files.write(digest, to: unchangedFile, mode: 0o600)
        }
        let changes = plan.changes.filter { names.contains($0.key) }
        return HostSurvey(hosts: hosts, changes: TerraformHostMaker.adding(silent, to: changes))
    }

    /// Hosts that were made and never answered are waited for.
    private static func adding(_ silent: [String], to changes: [String: MachineChange]) -> [String: MachineChange] {
        changes.merging(silent.map { ($0, MachineChange(.change, ["made, not yet logged into"])) }) { old, _ in old }
    }

    var unchangedFile: String { folder.appending(path: ".nante/provision/\(site.environment).unchanged") }

    /// The places of all hosts as they would be, nothing reserved yet.
    func proposal(_ wanted: [DesiredHost], _ world: MachineWorld) async throws -> [String: Place] {
        let wishes = wanted.map(site.wish)
        var allocator = Allocator(networks: site.networks, ids: site.ids)
        if let places = try settled(wishes, world, allocator) { return places }
        async let reserved = reservations.claims()
        allocator.claims = try await claims(world) + reserved
        return try allocator.places(for: wishes, mine: world.places, lost: world.lost)
    }

    /// The places where every host has one and keeps it: nobody else has to be asked.
    private func settled(
        _ wishes: [PlaceWish], _ world: MachineWorld, _ allocator: Allocator
    ) throws -> [String: Place]? {
        let places = world.places
        guard wishes.allSatisfy({ places[$0.name] != nil && !world.lost.contains($0.name) }) else { return nil }
        let same = try allocator.places(for: wishes, mine: places)
        return same.allSatisfy { places[$0.key] == $0.value } ? same : nil
    }

    /// What guests of others have.
    func claims(_ world: MachineWorld) async throws -> [Claim] {
        try await withThrowingTaskGroup(of: [Claim].self) { group in
            for guest in world.foreign {
                group.addTask {
                    let settings = try await cluster.settings(of: guest)
                    return [Claim(owner: guest.text, vmid: guest.id)]
                        + (settings?.addresses ?? []).map { Claim(owner: guest.text, address: $0) }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    func instances(_ wanted: [DesiredHost], _ places: [String: Place]) -> [String: JSONValue] {
        var instances: [String: JSONValue] = [:]
        for host in wanted { instances[host.name] = places[host.name].map { variables.instance(host, at: $0) } }
        return instances
    }

    /// A host that is there and that terraform would make has a state that does not know it.
    private func refuseUnknown(_ plan: MachinePlan, _ world: MachineWorld) throws {
        let unknown = plan.changes.filter { $0.value.action == .create && world.guest($0.key) != nil }.keys.sorted()
        if !unknown.isEmpty { throw stateIsLost(unknown) }
    }

    func stateIsLost(_ unknown: [String]) -> Failure {
        Failure(
            .refused, "terraform's state does not know \(unknown.joined(separator: ", "))",
            where: "workspace \(site.workspace)",
            why: "the guests are there, so the state was lost or is an old one; nothing was changed",
            next: [
                "nante terraform state versions --app \(site.workspace)",
                "nante terraform state restore --app \(site.workspace) …",
            ])
    }
}
