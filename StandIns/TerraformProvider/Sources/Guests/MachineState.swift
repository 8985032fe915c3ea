import Foundation
import Values

/// What the API says of a virtual machine, as state.
enum MachineState {
    /// The state with everything that the configuration on the server tells.
    ///
    /// A block that the HCL leaves out is shown only where the server has more than the default.
    static func state(_ prior: Value, _ config: JSON, formats: [String: String]) -> Value {
        var state = prior
        let isClone = !prior["clone"].list.isEmpty
        state["vm_id"] = .int(Int(prior["id"].string ?? "") ?? prior["vm_id"].int ?? 0)
        addPlain(config, prior, to: &state)
        let parts: [(String, Value, Value)] = [
            ("agent", agent(config, prior["agent"][0]), agent(.null, .null)),
            ("cpu", cpu(config), cpu(.null)),
            ("memory", memory(config, prior["memory"][0]), memory(.null, .null)),
            ("operating_system", operatingSystem(config), operatingSystem(.null)),
        ]
        for (name, now, standard) in parts {
            let isShown = !prior[name].list.isEmpty || !isClone && now != standard
            state[name] = .list(isShown ? [now] : [])
        }
        state["startup"] = GuestState.startup(prior["startup"], config["startup"].string)
        let serials = config.numbered("serial").map { Value.object(["device": .string($0.text)]) }
        state["serial_device"] = .list(prior["serial_device"].list.isEmpty && isClone ? [] : serials)
        state["vga"] = vga(prior, config, isClone: isClone)
        state["disk"] = .list(
            shownDisks(prior, config, isClone: isClone).map { interface, disk in
                self.disk(interface, disk, prior, format: formats[interface])
            })
        let nets = config.numbered("net").map { Properties($0.text) }
        state["network_device"] = .list(nets.map(net))
        state["mac_addresses"] = Value(nets.map { macAddress($0).address })
        state["initialization"] = setup(prior, config)
        return state.withoutUnknowns
    }

    private static func addPlain(_ config: JSON, _ prior: Value, to state: inout Value) {
        state["name"] = .string(config["name"].string ?? "")
        state["description"] = GuestState.description(prior["description"], config["description"].string)
        state["tags"] = GuestState.tags(prior["tags"], config["tags"].string)
        state["on_boot"] = .bool(config["onboot"].bool ?? false)
        state["protection"] = .bool(config["protection"].bool ?? false)
        state["template"] = .bool(config["template"].bool ?? false)
        state["acpi"] = .bool(config["acpi"].bool ?? true)
        state["tablet_device"] = .bool(config["tablet"].bool ?? true)
        state["bios"] = .string(config["bios"].string ?? "seabios")
        state["scsi_hardware"] = .string(config["scsihw"].string ?? "")
        state["keyboard_layout"] = .string(config["keyboard"].string ?? "")
        state["kvm_arguments"] = .string(config["args"].string ?? "")
        state["machine"] = .string(config["machine"].string ?? "")
        state["hotplug"] = Value(config["hotplug"].string)
        state["hook_script_file_id"] = .string(config["hookscript"].string ?? "")
        let order = Properties(config["boot"].string, leading: "legacy")["order"] ?? ""
        state["boot_order"] = Value(order.split(separator: ";").map(String.init))
    }

    // MARK: blocks

    private static func agent(_ config: JSON, _ prior: Value) -> Value {
        let properties = Properties(config["agent"].string, leading: "enabled")
        return .object([
            "enabled": .bool(properties.flag("enabled")), "timeout": prior["timeout"].or(.string("15m")),
            "trim": .bool(properties.flag("fstrim_cloned_disks")), "type": .string(properties["type"] ?? "virtio"),
            "wait_for_ip": prior["wait_for_ip"].or(.list([])),
        ])
    }

    private static func cpu(_ config: JSON) -> Value {
        let properties = Properties(config["cpu"].string, leading: "cputype")
        let flags = (properties["flags"] ?? "").split(separator: ";").map(String.init)
        return .object([
            "affinity": .string(config["affinity"].string ?? ""), "architecture": .string(config["arch"].string ?? ""),
            "cores": .int(config["cores"].int ?? 1), "flags": flags.isEmpty ? .null : Value(flags),
            "hotplugged": .int(config["vcpus"].int ?? 0), "limit": Value(config["cpulimit"].double ?? 0),
            "numa": .bool(config["numa"].bool ?? false), "sockets": .int(config["sockets"].int ?? 1),
            "type": .string(properties["cputype"] ?? "qemu64"), "units": .int(config["cpuunits"].int ?? 0),
        ])
    }

    private static func memory(_ config: JSON, _ prior: Value) -> Value {
        .object([
            "dedicated": .int(config["memory"].int ?? 512), "floating": .int(config["balloon"].int ?? 0),
            "hugepages": .string(config["hugepages"].string ?? ""),
            "keep_hugepages": .bool(config["keephugepages"].bool ?? false), "shared": .int(config["shares"].int ?? 0),
        ])
    }

    private static func operatingSystem(_ config: JSON) -> Value {
        .object(["type": .string(config["ostype"].string ?? "other")])
    }

    private static func vga(_ prior: Value, _ config: JSON, isClone: Bool) -> Value {
        guard let text = config["vga"].string, !isClone || !prior["vga"].list.isEmpty else { return .list([]) }
        let properties = Properties(text, leading: "type")
        return .list([
            .object([
                "clipboard": .string(properties["clipboard"] ?? ""), "memory": .int(properties.int("memory") ?? 16),
                "type": .string(properties["type"] ?? "std"),
            ])
        ])
    }

    // MARK: disks and network

    /// All disks with their interfaces, in the order of the interfaces' names.
    static func disks(_ config: JSON) -> [(interface: String, disk: Properties)] {
        ["ide", "sata", "scsi", "virtio"].flatMap { bus in
            config.numbered(bus).map { ("\(bus)\($0.number)", Properties($0.text, leading: "file")) }
        }.filter { $0.1["media"] != "cdrom" && $0.1["file"]?.contains("cloudinit") != true }
    }

    /// Interface and volume of the drive that cloud-init reads.
    static func cloudInitDrive(_ config: JSON) -> (interface: String, volume: String)? {
        for bus in ["ide", "sata", "scsi"] {
            for (number, text) in config.numbered(bus) {
                guard let file = Properties(text, leading: "file")["file"], file.contains("cloudinit") else { continue }
                return ("\(bus)\(number)", file)
            }
        }
        return nil
    }

    /// The disks that the state tells of, in the order that it has them: a clone's only where the HCL has them.
    private static func shownDisks(
        _ prior: Value, _ config: JSON, isClone: Bool
    ) -> [(interface: String, disk: Properties)] {
        let all = disks(config)
        let named = prior["disk"].list.compactMap { $0["interface"].string }
        if named.isEmpty, isClone || !GuestState.isImported(prior) { return [] }
        let first = named.compactMap { name in all.first { $0.interface == name } }
        return isClone ? first : first + all.filter { !named.contains($0.interface) }
    }

    private static func disk(_ interface: String, _ disk: Properties, _ prior: Value, format: String?) -> Value {
        let before = prior["disk"].list.first { $0["interface"].string == interface } ?? .null
        let parts = (disk["file"] ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        let speeds = MachineForm.speeds.map { ($0.1, Value.int(disk.int($0.0) ?? 0)) }
        let hasSpeed = !before["speed"].list.isEmpty || speeds.contains { $0.1 != .int(0) }
        return .object([
            "aio": .string(disk["aio"] ?? "io_uring"), "backup": .bool(disk.flag("backup", default: true)),
            "cache": .string(disk["cache"] ?? "none"), "datastore_id": .string(parts.first ?? ""),
            "discard": .string(disk["discard"] ?? "ignore"), "file_format": .string(disk["format"] ?? format ?? "raw"),
            "file_id": .string(before["file_id"].string ?? ""),
            "import_from": .string(before["import_from"].string ?? ""), "interface": .string(interface),
            "iothread": .bool(disk.flag("iothread")), "path_in_datastore": .string(parts.last ?? ""),
            "queues": .int(disk.int("queues") ?? 0), "replicate": .bool(disk.flag("replicate", default: true)),
            "serial": .string(disk["serial"] ?? ""), "size": .int(Size.gigabytes(disk["size"]) ?? 0),
            "speed": .list(hasSpeed ? [.object(Dictionary(uniqueKeysWithValues: speeds))] : []),
            "ssd": .bool(disk.flag("ssd")),
        ])
    }

    private static let models = ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]

    private static func macAddress(_ net: Properties) -> (model: String, address: String) {
        for model in models { if let address = net[model] { return (model, address) } }
        return (net["model"] ?? "virtio", net["macaddr"] ?? "")
    }

    private static func net(_ net: Properties) -> Value {
        let (model, address) = macAddress(net)
        return .object([
            "bridge": .string(net["bridge"] ?? ""), "disconnected": .bool(net.flag("link_down")),
            "enabled": .bool(true), "firewall": .bool(net.flag("firewall")), "mac_address": .string(address),
            "model": .string(model), "mtu": .int(net.int("mtu") ?? 0), "queues": .int(net.int("queues") ?? 0),
            "rate_limit": Value(net["rate"].flatMap(Double.init) ?? 0), "trunks": .string(net["trunks"] ?? ""),
            "vlan_id": .int(net.int("tag") ?? 0),
        ])
    }

    // MARK: cloud-init

    private static func setup(_ prior: Value, _ config: JSON) -> Value {
        let before = prior["initialization"][0]
        let drive = cloudInitDrive(config)
        guard !before.isNull || GuestState.isImported(prior) && drive != nil else { return .list([]) }
        let custom = Properties(config["cicustom"].string)
        let storage = drive?.volume.split(separator: ":").first.map(String.init)
        let nets = config.numbered("ipconfig")
        let last = nets.last?.number ?? -1
        let addresses = (0..<last + 1).map { index in Properties(nets.first { $0.number == index }?.text) }
        return .list([
            .object([
                "datastore_id": .string(storage ?? ""), "dns": dns(before["dns"], config), "file_format": .string(""),
                "interface": .string(drive?.interface ?? ""),
                "ip_config": GuestState.addresses(before["ip_config"], addresses),
                "meta_data_file_id": .string(custom["meta"] ?? ""),
                "network_data_file_id": .string(custom["network"] ?? ""),
                "type": .string(config["citype"].string ?? ""),
                "upgrade": .bool(config["ciupgrade"].bool ?? true),
                "user_account": account(before["user_account"], config, isImported: before.isNull),
                "user_data_file_id": .string(custom["user"] ?? ""),
                "vendor_data_file_id": .string(custom["vendor"] ?? ""),
            ])
        ])
    }

    private static func dns(_ prior: Value, _ config: JSON) -> Value {
        let servers = (config["nameserver"].string ?? "").split(separator: " ").map(String.init)
        let domain = config["searchdomain"].string ?? ""
        guard !servers.isEmpty || !domain.isEmpty || !prior.list.isEmpty else { return .list([]) }
        return .list([
            .object(["domain": prior[0]["domain"].kept(domain), "servers": servers.isEmpty ? .null : Value(servers)])
        ])
    }

    /// The user of cloud-init; the server shows no password, so the one of the state is kept.
    private static func account(_ prior: Value, _ config: JSON, isImported: Bool) -> Value {
        let keys = (config["sshkeys"].string?.removingPercentEncoding ?? "")
            .split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
        let name = config["ciuser"].string ?? ""
        guard !prior.list.isEmpty || isImported && !(keys.isEmpty && name.isEmpty) else { return .list([]) }
        return .list([
            .object([
                "keys": keys.isEmpty ? .null : Value(keys), "password": .string(prior[0]["password"].string ?? ""),
                "username": .string(name),
            ])
        ])
    }

    // MARK: addresses

    /// Adds what the guest's agent tells, interface by interface.
    static func add(_ interfaces: JSON, to state: inout Value) {
        let all = interfaces.array
        state["network_interface_names"] = Value(all.compactMap { $0["name"].string })
        for (name, family) in [("ipv4_addresses", "ipv4"), ("ipv6_addresses", "ipv6")] {
            state[name] = .list(
                all.map { interface in
                    let found = interface["ip-addresses"].array.filter { $0["ip-address-type"].string == family }
                    return Value(found.compactMap { $0["ip-address"].string })
                })
        }
        let addresses = all.compactMap { $0["hardware-address"].string?.uppercased() }
        if !addresses.isEmpty { state["mac_addresses"] = Value(addresses) }
    }
}
