import Core
import Proxmox

extension Doctor {
    /// The node that machines are made on; nil is the only one that is online.
    static func node(_ client: ProxmoxClient, _ wanted: String?) async throws -> ProxmoxNode {
        let nodes = try await client.nodes()
        let names = nodes.map { "\($0.name) (\($0.status))" }.joined(separator: ", ")
        guard let wanted else {
            let online = nodes.filter(\.isOnline)
            if online.count == 1 { return online[0] }
            throw Failure(
                online.isEmpty ? .missing : .failed,
                online.isEmpty ? "no node is online" : "which node machines are made on is not set",
                why: "there are: \(names)", next: ["export PROXMOX_NODE=\(online.first?.name ?? "NAME")"])
        }
        guard let node = nodes.first(where: { $0.name == wanted }) else {
            throw Failure(
                .failed, "there is no node \(wanted) that the token sees", why: "it sees: \(names)",
                next: ["export PROXMOX_NODE=\(nodes.first?.name ?? "NAME")"])
        }
        guard node.isOnline else {
            throw Failure(
                .missing, "the node \(wanted) is \(node.status)", why: "there are: \(names)",
                next: ["start it, or export PROXMOX_NODE=… for another"])
        }
        return node
    }

    /// The storage of disks is there, takes what is wanted and has room.
    static func storage(
        _ client: ProxmoxClient, _ node: String, _ name: String, _ wanted: [String]
    ) async throws -> CheckOutcome {
        let all = try await client.storages(node)
        let names = all.map(\.name).joined(separator: ", ")
        guard let found = all.first(where: { $0.name == name }) else {
            return CheckOutcome(
                .failed, "there is no storage \(name) on \(node) that the token sees",
                details: ["it sees: \(names.isEmpty ? "none" : names)"],
                fix: all.first { $0.content.contains("rootdir") }.map { ["export PROXMOX_STORAGE=\($0.name)"] }
                    ?? ProxmoxGrant.commands(
                        [ProxmoxRight("Datastore.Audit", on: "/storage/\(name)")],
                        token: client.endpoint.tokenID))
        }
        guard found.isActive, found.isEnabled else {
            return CheckOutcome(
                .missing, "the storage \(found.name) is \(found.isEnabled ? "not active" : "switched off")",
                fix: [found.isEnabled ? "pvesm status" : "pvesm set \(found.name) --disable 0"])
        }
        let absent = wanted.filter { !found.content.contains($0) }
        guard absent.isEmpty else {
            let content = (found.content + absent).joined(separator: ",")
            return CheckOutcome(
                .failed, "the storage \(found.name) takes no \(absent.joined(separator: ", "))",
                details: ["it takes \(found.content.joined(separator: ", "))"],
                fix: ["pvesm set \(found.name) --content \(content)"])
        }
        guard let free = found.free else { return .ok("\(found.name) (\(found.type))") }
        let text = "\(found.name) (\(found.type)) has \(free >> 30) GiB free"
        guard free >= 10 << 30 else {
            return CheckOutcome(.warning, text, details: ["a machine takes 8 to 20 GiB"], fix: ["make room there"])
        }
        return .ok(text)
    }

    /// The template of containers is there.
    static func template(_ client: ProxmoxClient, _ node: String, _ name: String) async throws -> CheckOutcome {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            return CheckOutcome(
                .failed, "\(name) is no template", fix: ["name one as storage:vztmpl/file"])
        }
        let volumes = try await client.content(node, storage: parts[0], content: "vztmpl")
        if volumes.contains(where: { $0.id == name }) { return .ok(name) }
        let file = parts[1].split(separator: "/").last.map(String.init) ?? parts[1]
        return CheckOutcome(
            .failed, "\(name) is not there",
            details: volumes.isEmpty ? ["\(parts[0]) has no template"] : volumes.prefix(8).map { "there is \($0.id)" },
            fix: ["on the node: pveam update && pveam download \(parts[0]) \(file)", "nante proxmox templates"])
    }

    /// The template of virtual machines is there.
    static func image(_ client: ProxmoxClient, _ name: String) async throws -> CheckOutcome {
        let guests = try await client.guests().filter { $0.kind == .vm }
        let found = guests.filter { $0.name == name || "\($0.id)" == name }
        if found.count > 1 {
            return CheckOutcome(
                .failed, "\(found.count) virtual machines are named \(name)", details: found.map(\.title),
                fix: ["name the template by its number"])
        }
        guard let guest = found.first else {
            let templates = guests.filter(\.isTemplate).map { "there is \($0.title)" }
            return CheckOutcome(
                .failed, "there is no VM template \(name) that the token sees",
                details: templates.isEmpty ? ["it sees no template at all"] : templates,
                fix: ["make one (docs/USAGE.md, templates), or name one of these", "nante proxmox templates"])
        }
        guard guest.isTemplate else {
            return CheckOutcome(
                .failed, "\(guest.title) is no template", details: ["it is a virtual machine, \(guest.status)"],
                fix: ["on the node: qm template \(guest.id)"])
        }
        return .ok(guest.title)
    }

    /// The bridge is there, up, and lets the VLANs through.
    static func bridge(_ client: ProxmoxClient, _ node: String, _ site: DoctorSite) async throws -> CheckOutcome {
        let all = try await client.bridges(node)
        guard let found = all.first(where: { $0.name == site.bridge }) else {
            return CheckOutcome(
                .failed, "there is no bridge \(site.bridge) on \(node) that the token sees",
                details: ["it sees: \(all.isEmpty ? "none" : all.map(\.name).joined(separator: ", "))"],
                fix: ProxmoxGrant.commands(
                    [ProxmoxRight("SDN.Use", on: "/sdn/zones/localnetwork/\(site.bridge)")],
                    token: client.endpoint.tokenID))
        }
        guard found.isActive else {
            return CheckOutcome(.missing, "the bridge \(found.name) is down", fix: ["on the node: ifreload -a"])
        }
        let tags = site.networks.map(\.vlan).filter { $0 > 0 }.sorted()
        let blocked = tags.filter { !found.carries(vlan: $0) }
        guard blocked.isEmpty else {
            return CheckOutcome(
                .failed,
                "the bridge \(found.name) does not carry VLAN \(blocked.map(String.init).joined(separator: ", "))",
                details: [
                    found.isVLANAware
                        ? "it lets through \(found.vlans ?? "none")"
                        : "it parts no VLANs and has no port to tag them on"
                ],
                fix: [
                    "on the node: pvesh set /nodes/\(node)/network/\(found.name) --type bridge --bridge_vlan_aware 1"
                        + (found.ports.map { $0.isEmpty ? "" : " --bridge_ports \"\($0)\"" } ?? "")
                        + " && pvesh set /nodes/\(node)/network"
                ])
        }
        let words = tags.isEmpty ? "" : ", carries VLAN \(tags.map(String.init).joined(separator: ", "))"
        guard found.isVLANAware || tags.isEmpty else {
            return CheckOutcome(
                .warning, "\(found.name) is up\(words)",
                details: ["it is not VLAN aware: the node makes a bridge of its own for each tag"])
        }
        return .ok("\(found.name) is up\(words)")
    }
}
