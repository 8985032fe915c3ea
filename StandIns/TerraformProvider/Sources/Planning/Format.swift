import Foundation

/// The formats that rules name.
enum Format {
    private static let known: [String: (name: String, pattern: String)] = [
        "dns_name": ("a valid DNS name", "(\(label)\\.)*\(label)"),
        "octal_mode": ("a four-digit octal mode", "0[0-7]{3}"),
        "no_control_characters": ("free of control characters", #"[^\x00-\x1f\x7f]*"#),
        "file_size": ("a size such as 8G", #"\d+(\.\d+)?\s*[KMGT]?i?B?"#),
        "mac": ("a MAC address", "[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"),
        "file_id": ("a file identifier such as local:vztmpl/file", #"[A-Za-z][\w.-]*:.+"#),
        "hotplug_list": ("a list of \(devices.replacing("|", with: ", "))", "0|1|(\(devices))(,(\(devices)))*"),
        "machine_type": ("a machine type", "(\(machine))?(,viommu=(intel|virtio))?"),
        "duration": ("a duration such as 15m", #"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+"#),
        "cdrom_slot": ("ide0 to ide3, sata0 to sata5 or scsi0 to scsi30", slot),
        "cloudinit_slot": ("ide0 to ide3, sata0 to sata5 or scsi0 to scsi30", slot),
        "or_custom_cpu_type": ("a CPU type", "custom-.+"),
        "ranges_comma": ("a list such as 0-3,5", #"(\d+(-\d+)?(,\d+(-\d+)?)*)?"#),
        "ranges_semicolon": ("a list such as 0-3;5", #"\d+(-\d+)?(;\d+(-\d+)?)*"#),
        "numaN": ("numa0 to numa7", #"numa\d+"#),
        "dev_path_or_socket": ("socket or a path below /dev", "socket|/dev/.+"),
    ]

    private static let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    private static let devices = "cloudinit|cpu|disk|memory|network|usb"
    private static let slot = "ide[0-3]|sata[0-5]|scsi(30|[12]?[0-9])"
    private static let machine = #"(pc|q35|virt|pc-i440fx|pc-q35)(-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?)?"#

    /// Whether a text has the format; one that is not known has no rule.
    static func matches(_ format: String, _ text: String) -> Bool {
        if format == "ip" { return isAddress(text) }
        guard let pattern = known[format]?.pattern else { return true }
        return text.range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
    }

    /// What a text of the format is called.
    static func name(_ format: String) -> String { format == "ip" ? "an IP address" : known[format]?.name ?? format }

    private static func isAddress(_ text: String) -> Bool {
        var address4 = in_addr()
        var address6 = in6_addr()
        return inet_pton(AF_INET, text, &address4) == 1 || inet_pton(AF_INET6, text, &address6) == 1
    }
}
