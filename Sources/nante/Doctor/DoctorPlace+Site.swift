import Core
import Diagnosing
import Foundation
import Lab
import Terraform

extension DoctorPlace {
    /// What machines are to be made with: what `nante apply` and `nante terraform` take for the same platform.
    ///
    /// - Parameter environment: only what its hosts need; nil is what the settings and `platform.proxmox` say.
    static func site(
        _ platform: Platform, manifest: Manifest?, environment: String?, _ context: Context
    ) throws -> DoctorSite {
        let lab = platform.isLab ? try LabRecord.load(context) : nil
        var site = lab.map(ofLab) ?? ofServers(platform, manifest?.machines ?? .usual)
        guard let found = manifest?.environments.first(where: { $0.name == environment }) else { return site }
        let kinds = found.hosts.map(\.kind)
        site.wantsContainers = kinds.contains(.lxc)
        site.wantsMachines = kinds.contains { $0 != .lxc }
        // The lab has one node, one storage, one network and its own templates, whatever a host names.
        guard lab == nil else { return site }
        site.hosts = found.hosts.map { group in
            DoctorSite.Place(
                node: group.node ?? site.node, storage: group.storage ?? site.storage,
                template: group.kind == .lxc ? group.template ?? site.template : nil,
                vmTemplate: group.kind == .vm ? group.template ?? site.vmTemplate : nil)
        }
        let usual = usualVLAN(manifest?.machines ?? .usual)
        let used = Set(found.hosts.map { $0.vlan ?? usual })
        site.networks.removeAll { !used.contains($0.vlan) }
        return site
    }

    private static func ofLab(_ lab: LabRecord) -> DoctorSite {
        let network = IPv4Network(lab.subnet).map { Manifest.Network(subnet: $0) }
        return DoctorSite(
            node: "pmx", storage: "zfs-vm", bridge: "vmbr0", template: LabTemplates.container,
            vmTemplate: LabTemplates.vm,
            networks: network.map { [DoctorSite.Network(vlan: 0, subnet: lab.subnet, gateway: "\($0.gateway)")] } ?? [])
    }

    private static func ofServers(_ platform: Platform, _ machines: Manifest.Machines) -> DoctorSite {
        func usual(_ variable: String) -> String { TerraformProgram.embedded.textDefault(of: variable) ?? "" }
        let networks = networks(machines).sorted { $0.key < $1.key }.map { tag, network in
            DoctorSite.Network(vlan: tag, subnet: "\(network.subnet)", gateway: "\(network.gateway)")
        }
        return DoctorSite(
            node: platform.settings[.proxmoxNode] ?? usual("proxmox_target_node"),
            storage: platform.settings[.proxmoxStorage] ?? usual("proxmox_storage"),
            bridge: machines.bridge ?? usual("bridge"), template: machines.template ?? usual("lxc_template"),
            vmTemplate: machines.vmTemplate ?? usual("vm_template"), networks: networks)
    }

    private static func networks(_ machines: Manifest.Machines) -> [Int: Manifest.Network] {
        machines.networks.isEmpty ? Manifest.Network.usual : machines.networks
    }

    /// The VLAN of hosts that name none.
    private static func usualVLAN(_ machines: Manifest.Machines) -> Int {
        let networks = networks(machines)
        return machines.vlan ?? (networks[20] == nil ? networks.keys.min() ?? 0 : 20)
    }
}
