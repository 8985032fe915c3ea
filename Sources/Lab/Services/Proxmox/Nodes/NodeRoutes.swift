import Core
import Foundation
import Hummingbird
import OrderedCollections

extension ProxmoxRoutes {
    /// The version, the cluster and its one node.
    func addNodes() {
        let version: JSONValue = [
            "version": "9.1.1", "release": .string(ProxmoxServer.version), "repoid": "4c0ffee1ab0000aa",
        ]
        on(.get, "/version") { _ in version }
        on(.get, "/nodes/{node}/version") { _ in version }
        let server = server
        on(.get, "/nodes") { call in
            guard call.user.has("/nodes/\(ProxmoxServer.node)", ["Sys.Audit"]) else {
                return [["node": .string(ProxmoxServer.node), "status": "online", "type": "node", "id": "node/pmx"]]
            }
            return [NodeFacts.now(server.storages.diskSpace).summary]
        }
        on(.get, "/nodes/{node}/status") { call in
            try call.user.need("/nodes/\(ProxmoxServer.node)", "Sys.Audit")
            return NodeFacts.now(server.storages.diskSpace).status
        }
        on(.get, "/cluster/status") { call in
            try call.user.need("/", "Sys.Audit")
            return [
                [
                    "id": "node/pmx", "name": .string(ProxmoxServer.node), "type": "node", "nodeid": 0, "local": 1,
                    "online": 1, "ip": .string(server.environment.network.gateway), "level": "",
                ]
            ]
        }
        on(.get, "/cluster/nextid", ProxmoxParameters(["vmid": .vmid])) { call in
            let taken = Set(try await server.guests.all().map(\.vmid))
            if let wanted = call.int("vmid") {
                guard taken.contains(wanted) else { return .string("\(wanted)") }
                throw ProxmoxFault.parameter("vmid", "VM \(wanted) already exists")
            }
            guard let free = (100...999_999_999).first(where: { !taken.contains($0) }) else {
                throw ProxmoxFault.refused("unable to get any free VMID in range [100, 1000000]")
            }
            return .string("\(free)")
        }
        on(.get, "/nodes/{node}/network", ProxmoxParameters(["type": .text])) { call in
            if let type = call["type"], !["bridge", "any_bridge", "any_local_bridge", "include_sdn"].contains(type) {
                return []
            }
            let network = server.environment.network
            return [NodeFacts.bridge(network)]
        }
        on(.get, "/nodes/{node}/network/{iface}") { call in
            try call.user.need("/nodes/\(ProxmoxServer.node)", "Sys.Audit")
            guard call.path("iface") == ProxmoxServer.bridge else {
                throw ProxmoxFault.parameter("iface", "interface does not exist")
            }
            return NodeFacts.bridge(server.environment.network)
        }
        addResources()
    }

    private func addResources() {
        let server = server
        let parameters = ProxmoxParameters(["type": .choice("vm", "storage", "node", "sdn")])
        on(.get, "/cluster/resources", parameters) { call in
            var all: [JSONValue] = []
            let type = call["type"]
            if type == nil || type == "vm" {
                for view in try await server.views() where call.user.has("/vms/\(view.guest.vmid)", ["VM.Audit"]) {
                    all.append(GuestFacts.resource(view))
                }
            }
            if type == nil || type == "node" {
                var node = NodeFacts.now(server.storages.diskSpace).summary.object ?? [:]
                node["ssl_fingerprint"] = nil
                all.append(.object(node))
            }
            if type == nil || type == "storage" {
                for storage in ProxmoxStorages.all
                where call.user.has(
                    "/storage/\(storage.name)", ["Datastore.Audit", "Datastore.AllocateSpace"], any: true)
                {
                    let space = server.storages.diskSpace
                    all.append([
                        "id": .string("storage/pmx/\(storage.name)"), "type": "storage",
                        "storage": .string(storage.name), "node": .string(ProxmoxServer.node), "status": "available",
                        "content": .string(storage.content.joined(separator: ",")), "shared": 0,
                        "plugintype": .string(storage.type), "disk": .int(space.total - space.available),
                        "maxdisk": .int(space.total),
                    ])
                }
            }
            if type == nil {
                for pool in try await server.pools() where call.user.has("/pool/\(pool.name)", ["Pool.Audit"]) {
                    all.append([
                        "id": .string("/pool/\(pool.name)"), "type": "pool", "pool": .string(pool.name),
                    ])
                }
            }
            if type == nil || type == "sdn" {
                all.append([
                    "id": "sdn/pmx/localnetwork", "type": "sdn", "sdn": "localnetwork",
                    "node": .string(ProxmoxServer.node), "status": "ok",
                ])
            }
            return .array(all)
        }
    }
}
