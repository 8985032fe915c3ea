import Core
import Proxmox

/// Proxmox VE: what is there is read, and one small container is made, started, stopped and removed.
struct ProxmoxLive: LiveCheck {
    /// Where numbers of machines end; nobody counts so far.
    static let numbers = 900_000_000...999_999_999
    /// What stands in the description of what it makes.
    static let remark = "made by nante doctor --live"
    let endpoint: ProxmoxEndpoint
    let site: DoctorSite
    let isLab: Bool
    let service = "Proxmox"
    let makes = "a container \(LiveName.prefix)… of 128 MiB and 1 GiB of disk, with a number above 900000000"

    private func client(_ live: LiveRun) -> ProxmoxClient {
        ProxmoxClient(
            endpoint, context: live.context,
            observe: { exchange in live.note(exchange.notes.map { "\(ProxmoxLive.shape(exchange.path)): \($0)" }) })
    }

    private static func shape(_ path: String) -> String { RecordingSender.shape("https://x\(path)", name: "\u{0}") }

    func run(_ live: LiveRun) async throws {
        let client = client(live)
        try await live.step("ask for its version") { live.found(version: try await client.version().version) }
        let node = try await live.step("list nodes") {
            let nodes = try await client.nodes().filter(\.isOnline)
            let found = nodes.first { site.node == nil || $0.name == site.node }?.name
            return try found ?? { throw Failure(.missing, "no node is online that machines are made on") }()
        }
        try await live.step("list storages") { _ = try await client.storages(node) }
        let storage = site.template.split(separator: ":").first.map(String.init) ?? ""
        try await live.step("list templates") {
            let found = try await client.content(node, storage: storage, content: "vztmpl")
            try live.expect(found.contains { $0.id == site.template }, "\(site.template) is not there")
        }
        try await live.step("list images") { _ = try await client.content(node, storage: site.storage) }
        try await live.step("list bridges") { _ = try await client.bridges(node) }
        try await live.step("list pools") { _ = try await client.pools() }
        try await live.step("list guests") { _ = try await client.guests() }
        try await live.step("read the token's rights") { _ = try await client.privileges(on: "/vms") }
        let id = try await live.step("find a free number") { try await free(live, client) }
        try await live.step("make a container") {
            try await client.wait(for: try await client.createContainer(node, id, options(live.name)))
        }
        try await container(live, client, node, id)
    }

    private func free(_ live: LiveRun, _ client: ProxmoxClient) async throws -> Int {
        for _ in 0..<20 {
            let offset = Int(live.context.random.unit() * Double(ProxmoxLive.numbers.count))
            if let id = try await client.freeID(ProxmoxLive.numbers.lowerBound + offset) { return id }
        }
        throw Failure(.failed, "no number above 900000000 is free")
    }

    private func options(_ name: String) -> KeyValuePairs<String, String> {
        let vlan = site.networks.map(\.vlan).filter { $0 > 0 }.min()
        // On real servers it has no address: nobody else's is taken.
        let net = "name=eth0,bridge=\(site.bridge),ip=manual" + (vlan.map { ",tag=\($0)" } ?? "")
        return [
            "ostemplate": site.template, "hostname": name, "rootfs": "\(site.storage):1", "memory": "128",
            "swap": "0", "cores": "1", "unprivileged": "1", "net0": net, "start": "0",
            "description": ProxmoxLive.remark,
        ]
    }

    private func container(_ live: LiveRun, _ client: ProxmoxClient, _ node: String, _ id: Int) async throws {
        try await live.step("read its settings") {
            let config = try await client.config(node, .lxc, id)
            try live.expect(config?.name == live.name, "its name is \(config?.name ?? "not there")")
        }
        try await live.step("find its number taken") {
            try live.expect(try await client.freeID(id) == nil, "it is said to be free")
        }
        try await live.step("start it") {
            try await client.wait(for: try await client.start(node, .lxc, id))
            _ = try await Wait.until("the container to run", within: .seconds(60), context: live.context) {
                try await client.status(node, .lxc, id)?.isRunning == true ? true : nil
            }
        }
        try await live.step("ask for its addresses") { _ = try await client.interfaces(node, .lxc, id) }
        try await live.step("stop it") {
            let task = try await client.stop(node, .lxc, id)
            try await client.wait(for: task)
            if let task { _ = try await client.log(of: task) }
            let status = try await client.status(node, .lxc, id)?.status
            try live.expect(status == "stopped", "it is \(status ?? "gone")")
        }
        try await live.step("remove it") {
            try await client.wait(for: try await client.delete(node, .lxc, id))
            _ = try await Wait.until("the container to be gone", within: .seconds(30), context: live.context) {
                try await client.config(node, .lxc, id) == nil ? true : nil
            }
        }
    }

    func sweep(_ live: LiveRun) async throws -> [String] {
        let client = client(live)
        var names: [String] = []
        for guest in try await client.guests()
        where ProxmoxLive.numbers.contains(guest.id) && guest.kind == .lxc && LiveName.isOurs(guest.name) {
            // A container of another that is only named so has no such remark.
            let config = try await client.config(guest.node, guest.kind, guest.id)
            guard config?["description"]?.contains(ProxmoxLive.remark) == true else { continue }
            try await remove(guest, client, live.context)
            names.append(guest.name)
        }
        return names
    }

    private func remove(_ guest: ProxmoxGuest, _ client: ProxmoxClient, _ context: Context) async throws {
        // What a killed run had asked for goes on in the server, and locks the guest until it is done.
        let isRunning = try await Wait.until("\(guest.title) to be unlocked", within: .seconds(120), context: context) {
            let status = try await client.status(guest.node, guest.kind, guest.id)
            return status?.lock == nil ? status?.isRunning ?? false : nil
        }
        if isRunning { try await client.wait(for: try await client.stop(guest.node, guest.kind, guest.id)) }
        try await client.wait(for: try await client.delete(guest.node, guest.kind, guest.id))
    }
}
