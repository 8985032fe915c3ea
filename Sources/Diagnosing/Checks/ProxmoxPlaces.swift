import Core
import Proxmox

/// The checks of nodes, storages, templates and bridges; hosts that name their own have their own checks.
struct ProxmoxPlaces {
    let site: DoctorSite
    let client: @Sendable () throws -> ProxmoxClient

    /// A node by its name, asked for once.
    private typealias Node = (name: String?, value: Once<ProxmoxNode>)

    /// A storage as a node sees it, or a template in one.
    private struct Part: Hashable {
        var node: String?
        var name: String
    }

    var checks: [Check] {
        let nodes: [Node] = site.each { $0.node ?? "" }.map { name in
            let wanted = name.isEmpty ? nil : name
            return (wanted, Once { [client] in try await Doctor.node(try client(), wanted) })
        }
        return nodeChecks(nodes) + storageChecks(nodes) + templateChecks(nodes) + imageChecks + bridgeChecks(nodes)
    }

    /// The first check of a kind has the plain id and title, others name what they look at.
    private func check(
        _ id: String, _ title: String, _ number: Int, _ name: String, needs: String,
        _ work: @escaping @Sendable () async throws -> CheckOutcome
    ) -> Check {
        Check(
            number == 0 ? id : "\(id).\(name)", "Proxmox", number == 0 ? title : "\(title) \(name)", needs: [needs],
            work: work)
    }

    private func need(_ node: String?, _ nodes: [Node]) -> String {
        nodes.first?.name == node ? "proxmox.node" : "proxmox.node.\(node ?? "")"
    }

    private func nodeChecks(_ nodes: [Node]) -> [Check] {
        nodes.enumerated().map { number, node in
            check("proxmox.node", "node", number, node.name ?? "", needs: "proxmox.token") {
                .ok("\(try await node.value.value().name) is online")
            }
        }
    }

    private func storageChecks(_ nodes: [Node]) -> [Check] {
        site.each { Part(node: $0.node, name: $0.storage) }.enumerated().compactMap { number, part in
            guard let node = nodes.first(where: { $0.name == part.node }) else { return nil }
            let places = site.places.filter { $0.node == part.node && $0.storage == part.name }
            var content: [String] = []
            if places.contains(where: { $0.template != nil }) { content.append("rootdir") }
            if places.contains(where: { $0.vmTemplate != nil }) { content.append("images") }
            let wanted = content
            return check("proxmox.storage", "storage", number, name(part), needs: need(part.node, nodes)) { [client] in
                try await Doctor.storage(try client(), try await node.value.value().name, part.name, wanted)
            }
        }
    }

    private func templateChecks(_ nodes: [Node]) -> [Check] {
        let parts = site.each { place in place.template.map { Part(node: place.node, name: $0) } }
        guard !parts.isEmpty else {
            return [
                check("proxmox.template", "container template", 0, "", needs: "proxmox.node") {
                    CheckOutcome(.skipped, "no containers are wanted")
                }
            ]
        }
        return parts.enumerated().compactMap { number, part in
            guard let node = nodes.first(where: { $0.name == part.node }) else { return nil }
            let needs = need(part.node, nodes)
            return check("proxmox.template", "container template", number, name(part), needs: needs) { [client] in
                try await Doctor.template(try client(), try await node.value.value().name, part.name)
            }
        }
    }

    private var imageChecks: [Check] {
        let names = site.each(\.vmTemplate)
        guard !names.isEmpty else {
            return [
                check("proxmox.image", "VM template", 0, "", needs: "proxmox.token") {
                    CheckOutcome(.skipped, "no virtual machines are wanted")
                }
            ]
        }
        return names.enumerated().map { number, name in
            check("proxmox.image", "VM template", number, name, needs: "proxmox.token") { [client] in
                try await Doctor.image(try client(), name)
            }
        }
    }

    private func bridgeChecks(_ nodes: [Node]) -> [Check] {
        nodes.enumerated().map { number, node in
            let needs = need(node.name, nodes)
            return check("proxmox.bridge", "bridge", number, node.name ?? "", needs: needs) { [client, site] in
                try await Doctor.bridge(try client(), try await node.value.value().name, site)
            }
        }
    }

    private func name(_ part: Part) -> String {
        let isElsewhere = part.node != site.places.first?.node
        return isElsewhere ? "\(part.name)@\(part.node ?? "")" : part.name
    }
}
