import Core
import Foundation

extension TerraformHostMaker {
    /// Makes, changes and starts hosts in one apply of terraform, and waits until each can be logged into.
    ///
    /// Hosts that are to go stay in that apply as they are: their balancer has to let go of them first.
    public func make(
        _ wishes: [DesiredHost], of all: [DesiredHost], replacing: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost] {
        let world = try await look()
        try await claim()
        let places = try await take(all, world)
        let wanted = instances(all, places)
        for host in all { try await record(host, places, wanted, world) }
        var asked = wanted
        for (host, entry) in world.entries where asked[host] == nil && world.guest(host) != nil {
            asked[host] = entry.instance == .null ? nil : entry.instance
        }
        let plan = try await stack.plan(variables.all(asked), destroy: false)
        try refuseLoss(plan, allowed: replacing)
        if !plan.isEmpty { try await stack.apply(plan, tell: tell) }
        // A place is free only when its host has moved away.
        for (host, old) in world.places {
            if let new = places[host], new != old { try await reservations.release(old, of: host, keeping: new) }
        }
        let fresh = Set(plan.changes.filter { [.create, .replace].contains($0.value.action) }.keys)
        return try await ready(wishes, of: all, fresh: fresh, tell: tell)
    }

    /// Removes hosts; the last ones with the workspace itself.
    public func remove(_ names: [String], keeping: [DesiredHost]) async throws {
        let world = try await look()
        let isAll = keeping.isEmpty
        let kept =
            isAll ? world.entries.mapValues(\.instance).filter { $0.value != .null } : try instances(keeping, world)
        let there = world.entries.keys.filter { world.guest($0) != nil }.sorted()
        guard world.stateTag != nil || there.isEmpty else { throw stateIsLost(there) }
        if !isAll || world.stateTag != nil {
            let plan = try await stack.plan(variables.all(kept), destroy: isAll)
            let loss = plan.changes.filter { $0.value.action == .remove || $0.value.action == .replace }.keys
            // One without a record is not known to be gone: terraform alone knows it, and would destroy it.
            let unnamed = Set(loss).subtracting(names).filter { world.guest($0) != nil || world.entries[$0] == nil }
                .sorted()
            guard unnamed.isEmpty else {
                throw TerraformHostMaker.refused(
                    unnamed, plan, next: ["nante terraform destroy --app \(site.workspace)  (everything in it)"])
            }
            if !plan.isEmpty { try await stack.apply(plan) { _ in } }
        }
        let gone = isAll ? Set(world.entries.keys) : Set(names)
        for host in gone {
            if let place = world.entries[host]?.place { try await reservations.release(place, of: host) }
            try await book.remove(host)
        }
        guard isAll else { return try await save(keeping) }
        try await reservations.sweep(keeping: [])
        try await store.delete(stateKey)
        try await store.delete(ownerKey)
        try await stack.forget()
        try context.files.remove(unchangedFile)
        try context.files.remove(Inventory.path(folder, environment: site.environment))
    }

    private func instances(_ keeping: [DesiredHost], _ world: MachineWorld) throws -> [String: JSONValue] {
        instances(keeping, world.places)
    }

    /// Reserves a place for each host; what killed applies left is let go first.
    private func take(_ all: [DesiredHost], _ world: MachineWorld) async throws -> [String: Place] {
        let keep = Set(all.map(\.name)).union(world.entries.keys)
        try await reservations.sweep(keeping: keep)
        let wishes = all.map(site.wish)
        let isOpen = wishes.contains { world.places[$0.name] == nil || world.lost.contains($0.name) }
        var isMoved = false
        if !isOpen {
            isMoved =
                try await proposal(all, world)
                != world.places.filter { place in wishes.contains { $0.name == place.key } }
        }
        let claims = isOpen || isMoved ? try await claims(world) : []
        return try await reservations.take(
            wishes, networks: site.networks, ids: site.ids, claims: claims, mine: world.places, lost: world.lost,
            answers: answers)
    }

    /// Writes down where a host is to be, before anything is made there.
    private func record(
        _ host: DesiredHost, _ places: [String: Place], _ instances: [String: JSONValue], _ world: MachineWorld
    ) async throws {
        guard let place = places[host.name], let instance = instances[host.name] else { return }
        let old = world.entries[host.name]
        let isSame = old?.address == "\(place.address)" && !world.lost.contains(host.name)
        let entry = MachineEntry(
            address: "\(place.address)", vlan: place.vlan, vmid: place.vmid, kind: host.kind.rawValue,
            user: host.machine.user ?? (host.kind == .vm ? "deploy" : "root"),
            hostKey: isSame ? old?.hostKey : nil, instance: instance)
        if entry.hostKey == nil, old?.hostKey != nil { try login.forget(entry.address) }
        if entry != old || old == nil { try await book.write(host.name, entry) }
    }

    /// Starts what does not run, waits for every login, pins keys, and writes the inventory.
    private func ready(
        _ wishes: [DesiredHost], of all: [DesiredHost], fresh: Set<String>,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> [MadeHost] {
        let world = try await look()
        let hosts = try await withThrowingTaskGroup(of: MadeHost.self) { group in
            for wish in wishes {
                group.addTask { try await ready(wish, world, isNew: fresh.contains(wish.name), tell: tell) }
            }
            return try await group.reduce(into: [String: MadeHost]()) { $0[$1.name] = $1 }
        }
        try await save(all)
        return wishes.compactMap { hosts[$0.name] }
    }

    private func ready(
        _ wish: DesiredHost, _ world: MachineWorld, isNew: Bool, tell: @escaping @Sendable (String) -> Void
    ) async throws -> MadeHost {
        guard var entry = world.entries[wish.name], let guest = world.guest(wish.name) else {
            throw Failure(
                .failed, "terraform made \(wish.name), and the cluster does not show it",
                where: "workspace \(site.workspace)", next: ["nante proxmox vms", "run it again"])
        }
        if !guest.isRunning {
            tell("starting \(wish.name)")
            try await cluster.start(guest)
        }
        let start = context.time.elapsed()
        let key = try await login.await(
            wish.name, address: entry.address, user: entry.user, pinned: entry.hostKey ?? login.known(entry.address),
            isNew: isNew,
            within: wish.kind == .vm ? TerraformHostMaker.patience.vm : TerraformHostMaker.patience.lxc)
        tell("\(wish.name) answers at \(entry.address) (\((context.time.elapsed() - start).short))")
        if entry.hostKey != key {
            entry.hostKey = key
            try await book.write(wish.name, entry)
        }
        var host = made(wish.name, entry, guest, world)
        host.isRunning = true
        host.hostKey = key
        return host
    }

    /// Writes the inventory.
    private func save(_ all: [DesiredHost]) async throws {
        let world = try await look()
        let hosts = all.compactMap { host -> Inventory.Host? in
            guard let entry = world.entries[host.name], let guest = world.guest(host.name) else { return nil }
            return Inventory.Host(
                name: host.name, address: entry.address, user: entry.user, kind: entry.kind, vmid: entry.vmid,
                node: guest.node, tags: guest.tags, targets: host.targets, hostKey: entry.hostKey ?? "")
        }
        try Inventory(environment: site.environment, hosts: hosts).save(folder, context: context)
    }

    /// Nothing is destroyed without being named: also where the world changed since it was planned.
    private func refuseLoss(_ plan: MachinePlan, allowed: Set<String>) throws {
        let loss = plan.changes.filter { $0.value.action == .replace || $0.value.action == .remove }
        let unnamed = Set(loss.keys).subtracting(allowed).sorted()
        guard unnamed.isEmpty else {
            throw TerraformHostMaker.refused(unnamed, plan, next: unnamed.map { "--allow-replace \($0)" })
        }
    }

    private static func refused(_ names: [String], _ plan: MachinePlan, next: [String]) -> Failure {
        Failure(
            .refused, "terraform would destroy \(names.joined(separator: ", "))",
            why: "that was not planned; nothing was changed",
            evidence: names.map { "\($0): \(plan.changes[$0]?.details.joined(separator: "; ") ?? "")" },
            next: next)
    }
}
