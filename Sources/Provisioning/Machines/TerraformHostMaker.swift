import Core
import Foundation
import SSH

/// Hosts of an environment, made by Terraform on Proxmox VE.
///
/// Where each host is (address, id) is decided here and reserved in the state store; that it is there, and how, is
/// terraform's work; how it does is asked from the cluster itself.
public struct TerraformHostMaker: HostMaker {
    let site: MachineSite
    let cluster: any MachineCluster
    let stack: any MachineStack
    let store: any RecordStore
    let stateKey: String
    let login: HostLogin
    let others: @Sendable () async throws -> [MadeHost]
    let answers: @Sendable ([IPv4Address]) async throws -> Set<IPv4Address>
    let folder: String
    let context: Context

    /// The longest that a host may take until it can be logged into: (container, virtual machine).
    static let patience: (lxc: Duration, vm: Duration) = (.seconds(120), .seconds(300))

    /// A maker.
    ///
    /// - Parameters:
    ///   - store: the bucket of the state.
    ///   - stateKey: the object of the workspace's state.
    ///   - others: hosts that are known beside the cluster's guests and belong to somebody else.
    ///   - answers: tells which addresses answer although nobody claims them.
    ///   - folder: the repository's folder; `.nante/` is below it.
    public init(
        site: MachineSite, cluster: any MachineCluster, stack: any MachineStack, store: any RecordStore,
        stateKey: String, login: HostLogin, others: @escaping @Sendable () async throws -> [MadeHost] = { [] },
        answers: @escaping @Sendable ([IPv4Address]) async throws -> Set<IPv4Address>, folder: String,
        context: Context
    ) {
        self.site = site
        self.cluster = cluster
        self.stack = stack
        self.store = store
        self.stateKey = stateKey
        self.login = login
        self.others = others
        self.answers = answers
        self.folder = folder
        self.context = context
    }

    var book: MachineBook { MachineBook(store: store, workspace: site.workspace) }
    var reservations: Reservations { Reservations(store: store, workspace: site.workspace, context: context) }
    var variables: MachineVariables { MachineVariables(site: site) }

    /// The guests of the environment, and whatever else has a name.
    public func hosts() async throws -> [MadeHost] { try await hosts(try await look()) }

    /// A client that logs in as the host's user.
    public func root(of host: MadeHost) throws -> SSHClient { try login.client(host.address, user: host.user) }

    /// Keeps two applies on this machine apart; those of other machines are kept apart by the state's own lock.
    public func lock(
        _ environment: String, waiting: @escaping @Sendable (String) -> Void
    ) async throws -> any Sendable {
        try await FileLock.acquire(
            NanteHome.path(context).appending(path: "locks/\(site.workspace)"), holder: "process \(getpid())",
            within: .seconds(900), context: context, waiting: waiting)
    }

    /// The workspace's state and records, while there are any.
    public func leftovers() async throws -> [String] {
        async let tag = store.tag(stateKey)
        let isEmpty = try await book.entries().isEmpty
        return try await tag == nil && isEmpty ? [] : [site.workspace]
    }

    /// Asks records, cluster and state, all at once.
    func look() async throws -> MachineWorld {
        async let entries = book.entries()
        async let guests = cluster.guests()
        async let tag = store.tag(stateKey)
        try await checkOwner()
        var world = MachineWorld(
            entries: try await entries, guests: try await guests, settings: [:], stateTag: try await tag)
        if world.entries.isEmpty, world.stateTag != nil { world.entries = try await remembered() }
        let found = world.entries.keys.compactMap { host in world.guest(host).map { (host, $0) } }
        world.settings = try await withThrowingTaskGroup(of: (String, GuestSettings)?.self) { group in
            for (host, guest) in found {
                group.addTask { try await cluster.settings(of: guest).map { (host, $0) } }
            }
            return try await group.reduce(into: [:]) { if let (host, settings) = $1 { $0[host] = settings } }
        }
        return world
    }

    /// The records as the state tells them, where they were lost.
    private func remembered() async throws -> [String: MachineEntry] {
        try await stack.machines().mapValues { machine in
            MachineEntry(
                address: "\(machine.address)",
                vlan: site.networks.first { $0.value.subnet.contains(machine.address) }?.key ?? site.vlan,
                vmid: machine.vmid, kind: machine.kind, user: machine.kind == "vm" ? "deploy" : "root", hostKey: nil,
                instance: .null)
        }
    }

    func hosts(_ world: MachineWorld) async throws -> [MadeHost] {
        var hosts = world.entries.compactMap { name, entry in world.guest(name).map { made(name, entry, $0, world) } }
        var keys: [String: String] = [:]
        for host in hosts where !host.hostKey.isEmpty { keys[host.address] = host.hostKey }
        try login.pin(keys)
        hosts += world.foreign.filter { !$0.name.isEmpty }.map { guest in
            var host = MadeHost(
                name: guest.name, address: "", hostKey: "", isRunning: guest.isRunning, cores: guest.cores,
                memory: guest.memory, targets: [], isOurs: false, owner: guest.text)
            host.vmid = guest.id
            return host
        }
        let known = Set(hosts.map(\.name))
        return hosts + (try await others().filter { !known.contains($0.name) })
    }

    func made(_ name: String, _ entry: MachineEntry, _ guest: ClusterGuest, _ world: MachineWorld) -> MadeHost {
        // One without a key in its record never answered: the apply that made it was cut off.
        let key = entry.hostKey.map { login.pins ? $0 : login.known(entry.address) ?? $0 }
        var host = MadeHost(
            name: name, address: entry.address, hostKey: key ?? "", isRunning: guest.isRunning, cores: guest.cores,
            memory: guest.memory, targets: [], isOurs: true, owner: site.owner)
        host.user = entry.user
        host.vmid = guest.id
        host.isProtected = world.settings[name]?.isProtected ?? false
        return host
    }
}
