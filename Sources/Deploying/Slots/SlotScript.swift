/// The host-side script that switches an application between its two slots; provisioning installs it.
///
/// Its source is `Host/nante-slot`, whose head says what it relies on.
public enum SlotScript {
    /// Where it is installed: owned by root, mode 0755, the only program that the deploy user may run by sudo.
    public static let path = "/usr/local/sbin/nante-slot"
    /// The number of its interface, printed by `nante-slot version`; a package's Deploy.sh compares it.
    public static let interface = 1
    /// Its text.
    public static var text: String { String(decoding: PackageResources.nante_slot, as: UTF8.self) }
}
