/// What a machine is made as.
public enum MachineKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A virtual machine.
    case vm
    /// A system container.
    case lxc
}
