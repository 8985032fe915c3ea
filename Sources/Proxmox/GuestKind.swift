/// What a guest of Proxmox VE is.
public enum GuestKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A system container; its paths begin with `lxc`.
    case lxc
    /// A virtual machine; its paths begin with `qemu`.
    case vm = "qemu"
}
