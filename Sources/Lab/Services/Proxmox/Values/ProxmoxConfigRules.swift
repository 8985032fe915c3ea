import OrderedCollections

/// The parameters of guests' configurations: names, types and limits of the API schema, PVE 9.1.
enum ProxmoxConfigRules {
    /// A container's.
    static let container = ProxmoxParameters(
        [
            "arch": .choice("amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"),
            "cmode": .choice("shell", "console", "tty"), "console": .boolean, "cores": .integer(1, 8192),
            "cpulimit": .number(0, 8192), "cpuunits": .integer(0, 500000), "debug": .boolean,
            "description": .text(8192), "entrypoint": .text, "env": .text,
            "features": .properties(ProxmoxForms.features), "hookscript": .format(.volume),
            "hostname": .format(.dnsName),
            "lock": .choice(
                "backup", "create", "destroyed", "disk", "fstrim", "migrate", "mounted", "rollback", "snapshot",
                "snapshot-delete"),
            "memory": .integer(16), "nameserver": .format(.addresses), "onboot": .boolean,
            "ostype": .choice(
                "debian", "devuan", "ubuntu", "centos", "fedora", "opensuse", "archlinux", "alpine", "gentoo", "nixos",
                "unmanaged"),
            "protection": .boolean, "rootfs": .properties(ProxmoxForms.rootDisk), "searchdomain": .text,
            "startup": .text, "swap": .integer(0), "tags": .format(.tags), "template": .boolean, "timezone": .text,
            "tty": .integer(0, 6), "unprivileged": .boolean,
        ],
        numbered: [
            "dev": .properties(ProxmoxForms.device), "mp": .properties(ProxmoxForms.mountPoint),
            "net": .properties(ProxmoxForms.containerCard), "unused": .format(.volume),
        ])
    /// What creating a container takes beside it.
    static let containerCreation: OrderedDictionary<String, ParameterRule> = [
        "vmid": .vmid.required, "ostemplate": .text(255).required, "bwlimit": .number(), "force": .boolean,
        "ha-managed": .boolean, "ignore-unpack-errors": .boolean, "password": .text, "pool": .format(.pool),
        "restore": .boolean, "ssh-public-keys": .text, "start": .boolean, "storage": .format(.storage),
        "unique": .boolean,
    ]
    /// A virtual machine's.
    static let machine = ProxmoxParameters(
        [
            "acpi": .boolean, "affinity": .text, "agent": .text, "allow-ksm": .boolean, "amd-sev": .text,
            "arch": .choice("x86_64", "aarch64"), "args": .text, "audio0": .text, "autostart": .boolean,
            "balloon": .integer(0), "bios": .choice("seabios", "ovmf"), "boot": .text, "bootdisk": .text,
            "cdrom": .text, "cicustom": .text, "cipassword": .text,
            "citype": .choice("configdrive2", "nocloud", "opennebula"), "ciupgrade": .boolean, "ciuser": .text,
            "cores": .integer(1), "cpu": .text, "cpulimit": .number(0, 128), "cpuunits": .integer(1, 262144),
            "description": .text(8192), "efidisk0": .text, "freeze": .boolean, "hookscript": .format(.volume),
            "hotplug": .text, "hugepages": .choice("any", "2", "1024"), "intel-tdx": .text, "ivshmem": .text,
            "keephugepages": .boolean,
            "keyboard": .choice(
                "de", "de-ch", "da", "en-gb", "en-us", "es", "fi", "fr", "fr-be", "fr-ca", "fr-ch", "hu", "is", "it",
                "ja", "lt", "mk", "nl", "no", "pl", "pt", "pt-br", "sv", "sl", "tr"),
            "kvm": .boolean, "localtime": .boolean,
            "lock": .choice(
                "backup", "clone", "create", "migrate", "rollback", "snapshot", "snapshot-delete", "suspending",
                "suspended"),
            "machine": .text, "memory": .text, "migrate_downtime": .number(0), "migrate_speed": .integer(0),
            "name": .format(.dnsName), "nameserver": .format(.addresses), "numa": .boolean, "onboot": .boolean,
            "ostype": .choice(
                "other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26",
                "solaris"),
            "protection": .boolean, "reboot": .boolean, "rng0": .text,
            "scsihw": .choice("lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"),
            "searchdomain": .text, "shares": .integer(0, 50000), "smbios1": .text(512), "smp": .integer(1),
            "sockets": .integer(1), "spice_enhancements": .text, "sshkeys": .format(.urlEncoded), "startdate": .text,
            "startup": .text, "tablet": .boolean, "tags": .format(.tags), "tdf": .boolean, "template": .boolean,
            "tpmstate0": .text, "vcpus": .integer(1), "vga": .text, "vmgenid": .text,
            "vmstatestorage": .format(.storage), "watchdog": .text,
        ],
        numbered: [
            "hostpci": .text, "ide": .properties(ProxmoxForms.drive),
            "ipconfig": .properties(ProxmoxForms.addressing), "net": .properties(ProxmoxForms.card), "numa": .text,
            "parallel": .text, "sata": .properties(ProxmoxForms.drive), "scsi": .properties(ProxmoxForms.drive),
            "serial": .text, "unused": .text, "usb": .text, "virtio": .properties(ProxmoxForms.drive),
            "virtiofs": .text,
        ])
    /// What creating a virtual machine takes beside it.
    static let machineCreation: OrderedDictionary<String, ParameterRule> = [
        "vmid": .vmid.required, "archive": .text(255), "bwlimit": .number(), "force": .boolean,
        "ha-managed": .boolean, "import-working-storage": .format(.storage), "live-restore": .boolean,
        "pool": .format(.pool), "start": .boolean, "storage": .format(.storage), "unique": .boolean,
    ]
    /// What changing a configuration takes beside it.
    static let change: OrderedDictionary<String, ParameterRule> = [
        "delete": .text, "digest": .text(40), "revert": .text, "skiplock": .boolean,
        "background_delay": .integer(1, 30), "force": .boolean,
    ]
}

extension ProxmoxParameters {
    /// These and others.
    func adding(_ more: OrderedDictionary<String, ParameterRule>) -> ProxmoxParameters {
        var copy = self
        copy.rules.merge(more) { $1 }
        return copy
    }
}
