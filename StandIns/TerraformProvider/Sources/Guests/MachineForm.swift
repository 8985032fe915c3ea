import Values

/// What the API is asked to make of a planned virtual machine.
enum MachineForm {
    /// The configuration of a new VM without its disks, with the defaults of blocks that are not there.
    ///
    /// A clone keeps what it has where a block is not there.
    static func config(_ planned: Value, isClone: Bool = false) -> Form {
        var form: Form = [:]
        func takes(_ block: String) -> Bool { !isClone || !planned[block].list.isEmpty }
        form["acpi"] = planned["acpi"].or(.bool(true)).flag
        form["bios"] = planned["bios"].text ?? "seabios"
        form["tablet"] = planned["tablet_device"].or(.bool(true)).flag
        form["keyboard"] = planned["keyboard_layout"].text
        form["scsihw"] = planned["scsi_hardware"].text
        form["onboot"] = planned["on_boot"].or(.bool(true)).flag
        form["protection"] = planned["protection"].flag
        if !isClone { form["template"] = planned["template"].flag }
        form["name"] = planned["name"].text
        form["description"] = planned["description"].text?.trimmed
        form["tags"] = planned["tags"].strings.isEmpty ? nil : planned["tags"].strings.joined(separator: ";")
        form["args"] = planned["kvm_arguments"].text
        form["machine"] = planned["machine"].text
        form["hotplug"] = planned["hotplug"].text
        form["hookscript"] = planned["hook_script_file_id"].text
        form["startup"] = ContainerForm.startup(planned["startup"][0])
        form["boot"] = boot(planned, isClone: isClone)
        if takes("agent") { form["agent"] = agent(planned["agent"][0]) }
        if takes("cpu") { add(cpu: planned["cpu"][0], to: &form) }
        if takes("memory") { add(memory: planned["memory"][0], to: &form) }
        if takes("operating_system") { form["ostype"] = planned["operating_system"][0]["type"].text ?? "other" }
        for (index, device) in planned["serial_device"].list.enumerated() {
            form["serial\(index)"] = device["device"].text ?? "socket"
        }
        if let drive = planned["cdrom"].list.first {
            let file = drive["file_id"].text ?? "none"
            form[drive["interface"].text ?? "ide3"] = "file=\(file),media=cdrom"
        }
        form["vga"] = vga(planned["vga"][0])
        for (index, device) in planned["network_device"].list.enumerated() { form["net\(index)"] = net(device).text }
        add(initialization: planned["initialization"][0], to: &form)
        return form
    }

    private static func boot(_ planned: Value, isClone: Bool) -> String? {
        var order = planned["boot_order"].strings
        if order.isEmpty, !isClone {
            order = planned["disk"].list.prefix(1).compactMap { $0["interface"].text }
            if !planned["network_device"].list.isEmpty { order.append("net0") }
        }
        return order.isEmpty ? nil : "order=" + order.joined(separator: ";")
    }

    private static func agent(_ agent: Value) -> String {
        var properties = Properties()
        properties.add("enabled", agent["enabled"].bool ?? false)
        properties.add("fstrim_cloned_disks", agent["trim"].bool ?? false)
        properties.add("type", agent["type"].text ?? "virtio")
        return properties.text
    }

    private static func add(cpu: Value, to form: inout Form) {
        form["cores"] = String(cpu["cores"].int ?? 1)
        form["sockets"] = String(cpu["sockets"].int ?? 1)
        form["numa"] = cpu["numa"].flag
        let flags = cpu["flags"].strings.joined(separator: ";")
        form["cpu"] = (cpu["type"].text ?? "qemu64") + (flags.isEmpty ? "" : ",flags=\(flags)")
        form["affinity"] = cpu["affinity"].text
        form["arch"] = cpu["architecture"].text
        if let limit = cpu["limit"].double, limit > 0 { form["cpulimit"] = ContainerForm.number(limit) }
        if let units = cpu["units"].int, units > 0 { form["cpuunits"] = String(units) }
        if let hotplugged = cpu["hotplugged"].int, hotplugged > 0 { form["vcpus"] = String(hotplugged) }
    }

    private static func add(memory: Value, to form: inout Form) {
        form["memory"] = String(memory["dedicated"].int ?? 512)
        form["balloon"] = String(memory["floating"].int ?? 0)
        if let shares = memory["shared"].int, shares > 0 { form["shares"] = String(shares) }
        form["hugepages"] = memory["hugepages"].text
        if memory["keep_hugepages"].bool == true { form["keephugepages"] = "1" }
    }

    private static func vga(_ vga: Value) -> String? {
        guard !vga.isNull, !vga.isUnknown else { return nil }
        var properties = Properties()
        properties.add("clipboard", vga["clipboard"].text)
        properties.add("memory", vga["memory"].int.map(String.init))
        properties.add("type", vga["type"].text ?? "std")
        return properties.text
    }

    private static func net(_ device: Value) -> Properties {
        var properties = Properties()
        let model = device["model"].text ?? "virtio"
        if let address = device["mac_address"].text {
            properties.add(model, address)
        } else {
            properties.add("model", model)
        }
        properties.add("bridge", device["bridge"].text)
        properties.add("firewall", device["firewall"].bool ?? false)
        properties.addSet("link_down", device["disconnected"])
        properties.addNonzero("mtu", device["mtu"])
        properties.addNonzero("queues", device["queues"])
        if let rate = device["rate_limit"].double, rate > 0 { properties.add("rate", ContainerForm.number(rate)) }
        properties.addNonzero("tag", device["vlan_id"])
        properties.add("trunks", device["trunks"].text)
        return properties
    }

    private static func add(initialization: Value, to form: inout Form) {
        guard !initialization.isNull else { return }
        let drive = initialization["interface"].text ?? "ide2"
        form[drive] = "file=\(initialization["datastore_id"].text ?? "local-lvm"):cloudinit,media=cdrom"
        let dns = initialization["dns"][0]
        form["nameserver"] = dns["servers"].strings.isEmpty ? nil : dns["servers"].strings.joined(separator: " ")
        form["searchdomain"] = dns["domain"].text
        let user = initialization["user_account"][0]
        form["ciuser"] = user["username"].text
        form["cipassword"] = user["password"].text
        let keys = user["keys"].strings.map(\.trimmed).joined(separator: "\n")
        if !keys.isEmpty { form["sshkeys"] = Server.segment(keys) }
        form["citype"] = initialization["type"].text
        if let upgrade = initialization["upgrade"].bool { form["ciupgrade"] = upgrade ? "1" : "0" }
        var custom = Properties()
        for (key, name) in [
            ("meta", "meta_data"), ("network", "network_data"), ("user", "user_data"),
            ("vendor", "vendor_data"),
        ] { custom.add(key, initialization["\(name)_file_id"].text) }
        form["cicustom"] = custom.text.isEmpty ? nil : custom.text
        for (index, addresses) in initialization["ip_config"].list.enumerated() {
            var properties = Properties()
            properties.add("gw", addresses["ipv4"][0]["gateway"].text)
            properties.add("gw6", addresses["ipv6"][0]["gateway"].text)
            properties.add("ip", addresses["ipv4"][0]["address"].text)
            properties.add("ip6", addresses["ipv6"][0]["address"].text)
            if !properties.text.isEmpty { form["ipconfig\(index)"] = properties.text }
        }
    }

    // MARK: disks

    /// The volume of a disk that is made: empty for one that is imported, else by its size.
    static func newVolume(_ disk: Value) -> String {
        let size = disk["import_from"].text == nil ? disk["size"].int ?? 8 : 0
        return "\(disk["datastore_id"].text ?? "local-lvm"):\(size)"
    }

    /// A disk on a volume, with its size as the server has it.
    static func disk(_ disk: Value, volume: String, size: String? = nil) -> Properties {
        var properties = Properties()
        let isNew = size == nil
        properties.add("file", volume)
        if isNew, let source = disk["import_from"].text {
            properties.add("import-from", source)
            properties.add("size", disk["size"].int.map { String($0 << 30) })
            properties.add("format", disk["file_format"].text)
        }
        properties.add("size", size)
        properties.add("aio", disk["aio"].text)
        properties.add("backup", disk["backup"].bool)
        let interface = disk["interface"].string ?? ""
        if interface.hasPrefix("scsi") || interface.hasPrefix("virtio") {
            properties.add("iothread", disk["iothread"].bool)
            properties.addNonzero("queues", disk["queues"])
        }
        if !interface.hasPrefix("virtio") { properties.add("ssd", disk["ssd"].bool) }
        properties.add("discard", disk["discard"].text)
        properties.add("cache", disk["cache"].text)
        for (key, name) in speeds { properties.addNonzero(key, disk["speed"][0][name]) }
        properties.add("replicate", disk["replicate"].bool)
        properties.add("serial", disk["serial"].text)
        return properties
    }

    static let speeds = [
        ("mbps_rd", "read"), ("mbps_rd_max", "read_burstable"), ("mbps_wr", "write"),
        ("mbps_wr_max", "write_burstable"), ("iops_rd", "iops_read"), ("iops_rd_max", "iops_read_burstable"),
        ("iops_wr", "iops_write"), ("iops_wr_max", "iops_write_burstable"),
    ]

    // MARK: change

    /// The request that turns one configuration into another, and what has to follow it.
    struct Change {
        var form: Form
        var needsRestart = false
        var hasCloudInit = false
    }

    static func change(_ prior: Value, _ planned: Value, _ config: JSON) -> Change {
        let planned = planned.merged(computed: prior)
        let isClone = !prior["clone"].list.isEmpty
        var old = self.config(prior, isClone: isClone)
        var new = self.config(planned, isClone: isClone)
        for name in ["template", "boot"] where planned[name == "boot" ? "boot_order" : name].isZero {
            new[name] = old[name]
        }
        let disks = MachineState.disks(config)
        for before in prior["disk"].list {
            old[before["interface"].string ?? ""] = disk(before, volume: "-", size: "-").text
        }
        for after in planned["disk"].list {
            let interface = after["interface"].string ?? ""
            let now = disks.first { $0.interface == interface }?.disk
            let next = disk(after, volume: "-", size: "-").text
            if old[interface] == next, now != nil {
                new[interface] = next
            } else {
                new[interface] = disk(after, volume: now?["file"] ?? newVolume(after), size: now?["size"]).text
            }
        }
        var change = Change(form: new.filter { old[$0.key] != $0.value })
        let gone = old.keys.filter { new[$0] == nil }
        if !gone.isEmpty { change.form["delete"] = gone.sorted().joined(separator: ",") }
        let keys = Array(change.form.keys) + gone
        change.needsRestart = keys.contains { !isLive($0) }
        change.hasCloudInit = keys.contains(where: isCloudInit)
        return change
    }

    private static func isCloudInit(_ key: String) -> Bool {
        key.hasPrefix("ci") || key.hasPrefix("ipconfig") || ["nameserver", "searchdomain", "sshkeys"].contains(key)
    }

    /// Whether a running VM takes a change of a key.
    private static func isLive(_ key: String) -> Bool {
        let live: Set<String> = [
            "name", "description", "tags", "onboot", "protection", "startup", "hookscript", "boot", "delete",
        ]
        return live.contains(key) || isCloudInit(key)
            || ["net", "scsi", "virtio", "sata"].contains { key.hasPrefix($0) && key != "scsihw" }
    }
}
