/// Which code serves which resource and data source.
package enum Drivers {
    /// The driver of a resource by the name in the schema; nil for one that the stand-in can only plan.
    package static func resource(_ name: String) -> (any Driver)? {
        switch name {
        case "proxmox_virtual_environment_container": Container()
        case "proxmox_virtual_environment_vm": Machine()
        case "proxmox_virtual_environment_pool": Pool()
        case "proxmox_pool_membership": PoolMembership()
        case "proxmox_virtual_environment_file": UploadedFile()
        case "proxmox_download_file": DownloadedFile()
        default: nil
        }
    }

    /// The reader of a data source by the name in the schema.
    package static func data(_ name: String) -> (any Reader)? {
        switch name {
        case "proxmox_version": VersionData()
        case "proxmox_virtual_environment_nodes": NodesData()
        case "proxmox_virtual_environment_node": NodeData()
        case "proxmox_datastores": DatastoresData()
        case "proxmox_virtual_environment_container": GuestData(kind: .container)
        case "proxmox_virtual_environment_vm": GuestData(kind: .machine)
        case "proxmox_virtual_environment_containers": GuestsData(kind: .container)
        case "proxmox_virtual_environment_vms": GuestsData(kind: .machine)
        case "proxmox_virtual_environment_pool": PoolData()
        case "proxmox_virtual_environment_pools": PoolsData()
        case "proxmox_file": FileData()
        default: nil
        }
    }
}
