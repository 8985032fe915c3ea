/// Which code serves which resource and data source.
package enum Drivers {
    /// The driver of a resource by the name in the schema; nil for one that the stand-in can only plan.
    package static func resource(_ name: String) -> (any Driver)? {
        switch name {
        case "proxmox_virtual_environment_container": Container()
        default: nil
        }
    }

    /// The reader of a data source by the name in the schema.
    package static func data(_ name: String) -> (any Reader)? { nil }
}
