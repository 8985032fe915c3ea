/// The property strings of guests' configurations: keys, types and limits of the API schema, PVE 9.1.
enum ProxmoxForms {
    /// A container's network card.
    static let containerCard = PropertyString.Form(
        keys: [
            "name": .format(.bridge).required, "bridge": .format(.bridge), "firewall": .boolean,
            "gw": .format(.gateway), "gw6": .format(.gateway), "host-managed": .boolean, "hwaddr": .format(.mac),
            "ip": .format(.addressConfiguration), "ip6": .format(.addressConfiguration), "link_down": .boolean,
            "mtu": .integer(64, 65_535), "rate": .number(), "tag": .integer(1, 4094), "trunks": .text,
            "type": .choice("veth"),
        ])
    /// A container's root disk.
    static let rootDisk = PropertyString.Form(
        keys: [
            "volume": .format(.volume).required, "acl": .boolean, "mountoptions": .text, "quota": .boolean,
            "replicate": .boolean, "ro": .boolean, "shared": .boolean, "size": .format(.diskSize),
        ], unnamed: "volume")
    /// A further disk or folder of a container.
    static let mountPoint = PropertyString.Form(
        keys: [
            "volume": .format(.volume).required, "mp": .text.required, "acl": .boolean, "backup": .boolean,
            "keepattrs": .boolean, "mountoptions": .text, "quota": .boolean, "replicate": .boolean, "ro": .boolean,
            "shared": .boolean, "size": .format(.diskSize),
        ], unnamed: "volume")
    /// What a container may do beyond the usual.
    static let features = PropertyString.Form(
        keys: [
            "force_rw_sys": .boolean, "fuse": .boolean, "keyctl": .boolean, "mknod": .boolean, "mount": .text,
            "nesting": .boolean,
        ])
    /// A device of the node in a container.
    static let device = PropertyString.Form(
        keys: [
            "path": .text, "deny-write": .boolean, "gid": .integer(), "mode": .text(4), "uid": .integer(),
        ], unnamed: "path")
    /// A virtual machine's network card.
    static let card = PropertyString.Form(
        keys: [
            "model": .choice(
                "e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b",
                "i82559er", "ne2k_isa", "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3"
            ).required,
            "macaddr": .format(.mac), "bridge": .format(.bridge), "firewall": .boolean, "link_down": .boolean,
            "mtu": .integer(1, 65_520), "queues": .integer(0, 64), "rate": .number(), "tag": .integer(1, 4094),
            "trunks": .text,
        ], unnamed: "model", pair: .init(name: "model", value: "macaddr"))
    /// A virtual machine's address, given to it by cloud-init.
    static let addressing = PropertyString.Form(
        keys: [
            "gw": .format(.gateway), "gw6": .format(.gateway), "ip": .format(.addressConfiguration),
            "ip6": .format(.addressConfiguration),
        ])
    /// A virtual machine's disk.
    static let drive = PropertyString.Form(
        keys: [
            "aio": .choice("native", "threads", "io_uring"), "backup": .boolean, "bps": .integer(0),
            "bps_max_length": .integer(1), "bps_rd": .integer(0), "bps_rd_max_length": .integer(1),
            "bps_wr": .integer(0), "bps_wr_max_length": .integer(1),
            "cache": .choice("none", "writethrough", "writeback", "unsafe", "directsync"), "detect_zeroes": .boolean,
            "discard": .choice("ignore", "on"), "file": .text.required,
            "format": .choice("raw", "qcow", "qed", "qcow2", "vmdk", "cloop"), "import-from": .text,
            "iops": .integer(0), "iops_max": .integer(0), "iops_max_length": .integer(1), "iops_rd": .integer(0),
            "iops_rd_max": .integer(0), "iops_rd_max_length": .integer(1), "iops_wr": .integer(0),
            "iops_wr_max": .integer(0), "iops_wr_max_length": .integer(1), "iothread": .boolean, "mbps": .number(),
            "mbps_max": .number(), "mbps_rd": .number(), "mbps_rd_max": .number(), "mbps_wr": .number(),
            "mbps_wr_max": .number(), "media": .choice("cdrom", "disk"), "model": .text, "product": .text,
            "queues": .integer(2), "replicate": .boolean, "rerror": .choice("ignore", "report", "stop"),
            "ro": .boolean, "scsiblock": .boolean, "serial": .text, "shared": .boolean, "size": .format(.diskSize),
            "snapshot": .boolean, "ssd": .boolean, "vendor": .text,
            "werror": .choice("enospc", "ignore", "report", "stop"), "wwn": .text,
        ], unnamed: "file")
}
