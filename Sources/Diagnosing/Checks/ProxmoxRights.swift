import Proxmox

/// The rights that the HCL of this repository and nante's own calls need.
///
/// Sources: the permissions of each call in the API description of PVE 9.1, and the calls of bpg/proxmox 0.111.
public enum ProxmoxRights {
    /// Every right for a place.
    public static func needed(_ site: DoctorSite) -> [ProxmoxRight] {
        var rights = [
            "VM.Allocate", "VM.Audit", "VM.PowerMgmt", "VM.Config.CPU", "VM.Config.Disk", "VM.Config.Memory",
            "VM.Config.Network", "VM.Config.Options",
        ].map { ProxmoxRight($0, on: "/vms") }
        if !site.each(\.vmTemplate).isEmpty {
            rights += ["VM.Clone", "VM.Config.CDROM", "VM.Config.Cloudinit", "VM.Config.HWType"]
                .map { ProxmoxRight($0, on: "/vms") }
        }
        let storages = site.each(\.storage)
        for storage in storages {
            rights += ["Datastore.AllocateSpace", "Datastore.Audit"].map { ProxmoxRight($0, on: "/storage/\(storage)") }
        }
        let templates = site.each { $0.template?.split(separator: ":").first.map(String.init) }
        rights += templates.filter { !storages.contains($0) }.map {
            ProxmoxRight("Datastore.Audit", on: "/storage/\($0)")
        }
        let zone = "/sdn/zones/localnetwork/\(site.bridge)"
        let tags = site.networks.map(\.vlan).filter { $0 > 0 }
        rights += (tags.isEmpty ? [zone] : tags.sorted().map { "\(zone)/\($0)" }).map {
            ProxmoxRight("SDN.Use", on: $0)
        }
        return rights
    }
}
