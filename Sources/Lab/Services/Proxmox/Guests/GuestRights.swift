import Core
import OrderedCollections

/// Which right an option of a guest's configuration needs, and what is for the superuser alone.
///
/// Source: the access rules of pve-container and qemu-server as their documents tell them (pct(1), qm(1), PVE 9).
enum GuestRights {
    /// Looks at a change of a configuration.
    ///
    /// - Parameters:
    ///   - guest: the guest with the configuration before the change.
    ///   - set: the new values.
    ///   - gone: the options that are removed.
    static func check(
        _ user: ProxmoxUser, _ guest: ProxmoxGuest, set: OrderedDictionary<String, String>, gone: [String] = []
    ) throws {
        // Root with a ticket; a token is another even if it is root's.
        if user.isRoot { return }
        for (option, value) in set {
            if guest.kind == .container {
                try container(user, guest, option, value, set)
            } else {
                try machine(user, guest, option, value)
            }
        }
        for option in gone {
            if guest.kind == .container {
                try container(user, guest, option, nil, set)
            } else {
                try machine(user, guest, option, nil)
            }
        }
    }

    private static func stem(_ option: String) -> String { String(option.prefix { !$0.isNumber }) }

    private static func need(_ user: ProxmoxUser, _ guest: ProxmoxGuest, _ right: String) throws {
        if let pool = guest.pool, user.has("/pool/\(pool)", [right]) { return }
        try user.need("/vms/\(guest.vmid)", right)
    }

    /// A card on a bridge needs the use of the bridge, and of the VLAN where one is named.
    private static func bridge(_ user: ProxmoxUser, _ card: PropertyString) throws {
        guard let bridge = card["bridge"] else { return }
        let path = "/sdn/zones/localnetwork/\(bridge)"
        if user.has(path, ["SDN.Use"]) { return }
        if let tag = card["tag"] { return try user.need("\(path)/\(tag)", "SDN.Use") }
        try user.need(path, "SDN.Use")
    }

    private static func container(
        _ user: ProxmoxUser, _ guest: ProxmoxGuest, _ option: String, _ value: String?,
        _ set: OrderedDictionary<String, String>
    ) throws {
        switch stem(option) {
        case "cores", "cpuunits", "cpulimit": try need(user, guest, "VM.Config.CPU")
        case "memory", "swap": try need(user, guest, "VM.Config.Memory")
        case "rootfs", "mp":
            try need(user, guest, "VM.Config.Disk")
            guard let value, case .properties(let form)? = guest.kind.rules.rule(option)?.kind,
                let volume = try? PropertyString.parse(value, form, name: option)["volume"]
            else { return }
            guard !volume.hasPrefix("/") else {
                throw ProxmoxFault.forbidden(
                    "Permission check failed (mount point type bind is only allowed for root@pam)")
            }
            let storage = String(volume.split(separator: ":").first ?? "")
            try user.need("/storage/\(storage)", "Datastore.AllocateSpace")
        case "net", "nameserver", "searchdomain", "hostname":
            try need(user, guest, "VM.Config.Network")
            if option.hasPrefix("net"), let value,
                let card = try? PropertyString.parse(value, ProxmoxForms.containerCard, name: option)
            {
                try bridge(user, card)
            }
        case "dev":
            throw ProxmoxFault.forbidden(
                "Permission check failed (configuring device passthrough is only allowed for root@pam)")
        case "features": try features(user, guest, value, set)
        case "hookscript", "env", "entrypoint", "lxc":
            if option == "hookscript" {
                throw ProxmoxFault.forbidden(
                    "Permission check failed (changing the hookscript is only allowed for root@pam)")
            }
            try need(user, guest, "VM.Config.Options")
        default: try need(user, guest, "VM.Config.Options")
        }
    }

    private static func features(
        _ user: ProxmoxUser, _ guest: ProxmoxGuest, _ value: String?, _ set: OrderedDictionary<String, String>
    ) throws {
        let unprivileged = (set["unprivileged"] ?? guest.config["unprivileged"]).flatMap(ParameterRule.flag) ?? false
        guard unprivileged else {
            throw ProxmoxFault.forbidden(
                "Permission check failed (changing feature flags for privileged container is only allowed for root@pam)"
            )
        }
        func read(_ text: String?) -> [String: String] {
            let found = text.flatMap { try? PropertyString.parse($0, ProxmoxForms.features, name: "features") }
            return Dictionary(uniqueKeysWithValues: (found?.values ?? [:]).map { ($0.key, $0.value) })
                .filter { $0.value != "0" }
        }
        let (before, after) = (read(guest.config["features"]), read(value))
        for key in Set(before.keys).union(after.keys) where before[key] != after[key] {
            guard key == "nesting" else {
                throw ProxmoxFault.forbidden(
                    "Permission check failed (changing feature flags (except nesting) is only allowed for root@pam)")
            }
            try need(user, guest, "VM.Allocate")
        }
    }

    private static func machine(
        _ user: ProxmoxUser, _ guest: ProxmoxGuest, _ option: String, _ value: String?
    ) throws {
        switch stem(option) {
        case "cores", "sockets", "cpu", "cpulimit", "cpuunits", "vcpus", "numa", "affinity", "smp":
            try need(user, guest, "VM.Config.CPU")
        case "memory", "balloon", "shares", "hugepages", "keephugepages": try need(user, guest, "VM.Config.Memory")
        case "net", "ipconfig", "nameserver", "searchdomain":
            if option.hasPrefix("net") {
                try need(user, guest, "VM.Config.Network")
                if let value, let card = try? PropertyString.parse(value, ProxmoxForms.card, name: option) {
                    try bridge(user, card)
                }
            } else if !user.has("/vms/\(guest.vmid)", ["VM.Config.Cloudinit", "VM.Config.Network"], any: true) {
                try need(user, guest, "VM.Config.Network")
            }
        case "ciuser", "cipassword", "sshkeys", "citype", "ciupgrade", "cicustom":
            try need(user, guest, "VM.Config.Cloudinit")
        case "ide", "sata", "scsi", "virtio", "efidisk", "tpmstate", "unused": try drive(user, guest, option, value)
        case "boot", "bootdisk": try need(user, guest, "VM.Config.Disk")
        case "acpi", "kvm", "machine", "scsihw", "tablet", "vga", "watchdog", "audio", "bios", "rng":
            try need(user, guest, "VM.Config.HWType")
        case "args", "lock", "hostpci", "usb", "parallel", "serial", "hookscript", "virtiofs":
            if option.hasPrefix("serial"), value == nil || value == "socket" {
                return try need(user, guest, "VM.Config.HWType")
            }
            throw ProxmoxFault.forbidden("Permission check failed (only root can set '\(option)' config)")
        default: try need(user, guest, "VM.Config.Options")
        }
    }

    private static func drive(
        _ user: ProxmoxUser, _ guest: ProxmoxGuest, _ option: String, _ value: String?
    ) throws {
        let drive = value.flatMap { try? PropertyString.parse($0, ProxmoxForms.drive, name: option) }
        let file = drive?["file"] ?? ""
        if file.hasSuffix(":cloudinit") {
            try need(user, guest, "VM.Config.Cloudinit")
        } else {
            try need(user, guest, drive?["media"] == "cdrom" ? "VM.Config.CDROM" : "VM.Config.Disk")
        }
        guard file != "none", file.contains(":") else { return }
        try user.need("/storage/\(file.split(separator: ":").first ?? "")", "Datastore.AllocateSpace")
    }
}
